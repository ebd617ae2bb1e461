package dev.dbop.examples.twophase;

import java.sql.SQLException;
import java.util.Objects;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The process that is killed: moves 50, once. The URLs are in its environment, since they hold passwords. */
final class Mover {
    static final String ACCOUNTS = "ACCOUNTS_URL";
    static final String LEDGER = "LEDGER_URL";

    private Mover() {}

    public static void main(String[] arguments) throws SQLException {
        PGSimpleDataSource accounts = new PGSimpleDataSource();
        accounts.setUrl(url(ACCOUNTS));
        new MoveMoney(accounts, new MariaDbDataSource(url(LEDGER))).move(50);
    }

    private static String url(String variable) {
        return Objects.requireNonNull(System.getenv(variable), variable + " is not set: it must be a JDBC URL");
    }
}
