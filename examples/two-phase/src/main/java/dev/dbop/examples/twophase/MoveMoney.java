package dev.dbop.examples.twophase;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.Recovery;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/** What an application does. Any two data sources will do. */
final class MoveMoney {
    // snippet: copy
    private final TwoPhase twoPhase;

    MoveMoney(DataSource accounts, DataSource ledger) throws SQLException {
        twoPhase = TwoPhase.builder()
                .runner(DbopRunner.create().named("move").lockTimeout(Duration.ofSeconds(3)))
                .branch("accounts", accounts) // the first holds the decisions
                .branch("ledger", ledger)
                .build();
    }

    /** In both databases or in none, whoever is killed and when. */
    void move(int amount) throws SQLException {
        twoPhase.call(tx -> add(tx.connection("accounts"), -amount) + add(tx.connection("ledger"), amount));
    }

    /** Finishes what a killed process has left: run it when the application starts, or now and then, or elsewhere. */
    Recovery recovery() {
        return twoPhase.recovery();
    }

    /** Once, when the application is installed: the table of decisions, in the first database. */
    static void install(DataSource accounts) throws SQLException {
        try (Connection connection = accounts.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(DecisionTable.named("dbop_decision").create(Database.POSTGRESQL));
        }
    }
    // end snippet

    private static int add(Connection on, int amount) throws SQLException {
        try (PreparedStatement update = on.prepareStatement("UPDATE account SET balance = balance + ?")) {
            update.setInt(1, amount);
            return update.executeUpdate();
        }
    }
}
