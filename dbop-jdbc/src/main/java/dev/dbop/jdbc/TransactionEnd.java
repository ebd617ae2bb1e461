package dev.dbop.jdbc;

import dev.dbop.jdbc.DriverMethods.TransactionState;
import dev.dbop.sql.Database;
import dev.dbop.sql.StatementText;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a statement has ended the transaction around it, which its text need not show: a procedure commits inside,
 * a text goes on after a semicolon. Only the driver is asked, which remembers what the server says with every answer.
 */
final class TransactionEnd {
    /** What a statement has done to the transaction. */
    enum Noticed {
        NOTHING,
        /** None is open, nor may one have been. */
        PERHAPS,
        ENDED
    }

    private final Server server;
    private final Connection raw;
    private boolean open;
    private boolean several;
    private boolean unfit;
    private boolean failed;

    TransactionEnd(Server server, Connection raw) {
        this.server = server;
        this.raw = raw;
    }

    /** A statement is about to run. */
    void before(Statement statement, @Nullable String sql) throws SQLException {
        // While its rows stream in, Connector/J knows of no transaction (measured with 9.7.0).
        unfit = (sql != null && StatementText.reads(sql)) || statement.getFetchSize() == Integer.MIN_VALUE;
        several = sql != null && StatementText.mayBeSeveral(server.database, sql);
        // After an error MariaDB's driver believes in a transaction until the next answer (measured with 3.5.11).
        open |= !open && !failed && state() == TransactionState.OPEN;
    }

    /** A statement is over. */
    Noticed after(@Nullable SQLException failure) {
        boolean tells = server.database.family() == Database.Family.POSTGRESQL;
        failed = failure != null;
        if (unfit || (failed && !(tells && open))) {
            // Errors of MySQL's protocol leave out whether a transaction is open.
            return Noticed.NOTHING;
        }
        TransactionState state = state();
        if (state != TransactionState.NONE) {
            open |= state == TransactionState.OPEN;
            return Noticed.NOTHING;
        }
        boolean ended = open || (several && tells);
        open = false;
        return ended ? Noticed.ENDED : several ? Noticed.PERHAPS : Noticed.NOTHING;
    }

    private TransactionState state() {
        try {
            return server.driver.transactionState(raw);
        } catch (SQLException closed) {
            return TransactionState.UNKNOWN;
        }
    }

    /** What to throw at the statement that did it. */
    static SQLException failure(@Nullable SQLException failed) {
        return new SQLException(
                "the statement has ended the attempt's transaction, by committing or rolling back inside: what ran before it"
                        + " can no longer be undone, so nothing more is run; use an autocommit scope for such a statement",
                "2D000",
                failed);
    }
}
