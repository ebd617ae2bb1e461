package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.PreAttemptHook;
import dev.dbop.Timeouts;
import dev.dbop.sql.Database;
import dev.dbop.sql.PostgresSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Server timeouts on a connection of your own, for a scope of your own: apply them when an attempt opens, restore what
 * was there when it ends. The scopes of {@link JdbcScope} do this themselves.
 *
 * <p>On PostgreSQL timeouts set inside a transaction end with it ({@code SET LOCAL}). MySQL, MariaDB and SQLite keep them
 * on the session, so there {@link #restore} must be called, or the next borrower of the connection inherits them. On
 * MySQL the statement timeout covers SELECTs only, on SQLite the time a statement waits for the lock only.
 */
public final class JdbcTimeouts {
    private final @Nullable Work work;

    private JdbcTimeouts(@Nullable Work work) {
        this.work = work;
    }

    /**
     * Returns the hook that sets an attempt's timeouts until its transaction ends. PostgreSQL and its relatives only.
     *
     * @return a hook; on other databases it throws {@link IllegalStateException}, since nothing could restore what was
     *     there
     */
    public static PreAttemptHook<Connection, SQLException> hook() {
        return (connection, context) -> {
            Server server = Server.of(connection);
            if (server.database.family() != Database.Family.POSTGRESQL || connection.getAutoCommit()) {
                throw new IllegalStateException("JdbcTimeouts.hook() is used on " + server.database.productName()
                        + (connection.getAutoCommit() ? " outside a transaction" : "")
                        + ": only a PostgreSQL transaction ends its timeouts by itself; call JdbcTimeouts.apply in the"
                        + " scope's open, and restore() when the attempt ends");
            }
            apply(connection, context.timeouts());
        };
    }

    /**
     * Sets an attempt's timeouts, already clamped to the time left.
     *
     * @param connection inside a transaction or in autocommit mode
     * @param context the attempt
     * @return restores what was there
     * @throws SQLException if the server refuses
     */
    public static JdbcTimeouts apply(Connection connection, AttemptContext context) throws SQLException {
        return apply(connection, context.timeouts());
    }

    /**
     * Sets timeouts. One round trip, or none if there is nothing to set.
     *
     * @param connection inside a transaction or in autocommit mode
     * @param timeouts unset ones are left alone
     * @return restores what was there
     * @throws SQLException if the server refuses
     */
    public static JdbcTimeouts apply(Connection connection, Timeouts timeouts) throws SQLException {
        if (timeouts.isNone()) {
            return new JdbcTimeouts(null);
        }
        Server server = Server.of(connection);
        Control control = new Control(connection, server, null);
        if (server.database.family() == Database.Family.POSTGRESQL && !connection.getAutoCommit()) {
            List<String> local = PostgresSql.setLocal(timeouts);
            control.runJoined(local);
            return new JdbcTimeouts(null);
        }
        Work work = Work.of(server, connection, control);
        work.beginAutocommit(false, timeouts);
        return new JdbcTimeouts(work);
    }

    /**
     * Restores the timeouts found by {@link #apply(Connection, Timeouts)}; does nothing where the transaction's end has
     * done so.
     *
     * @throws SQLException if the server refuses; the connection must then not be used any more
     */
    public void restore() throws SQLException {
        if (work != null) {
            work.endAutocommit();
        }
    }
}
