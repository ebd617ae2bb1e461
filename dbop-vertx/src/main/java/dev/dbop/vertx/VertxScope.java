package dev.dbop.vertx;

import dev.dbop.AsyncAttemptScope;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.util.Objects;

/**
 * The scopes of the Vert.x SQL clients for PostgreSQL and for MySQL (with MySQL and MariaDB servers): what an attempt runs
 * on, how it begins and how it is undone.
 *
 * <p>An operation is handed a {@link SqlConnection} of its attempt, which is also the client's own ({@code PgConnection},
 * {@code MySQLConnection}) and works with the client's templates. It is valid until the operation's future completes, must
 * not be closed, and refuses {@code begin()} and statements such as COMMIT. Transactions are controlled in SQL, not by the
 * client's {@code Transaction}, which turns COMMIT into ROLLBACK after any error, a savepoint or not.
 *
 * <p>What an attempt begins with is sent together with the operation's first statement where the client pipelines ({@code
 * pipeliningLimit} above 1; the PostgreSQL client's default is 256, the MySQL client's 1). Beyond the operation's own
 * statements a transaction then costs one round trip, and a savepoint one, with all timeouts.
 *
 * <p>Every scope is immutable and thread-safe, and never blocks; so are the timeouts' settings restored when an attempt
 * ends.
 */
public final class VertxScope {
    private VertxScope() {}

    /**
     * Returns the scope whose attempts are transactions, each on a connection of its own that goes back to the pool before
     * the next attempt and before any back-off.
     *
     * @param pool gives the connections
     * @return the scope; its reach is the connection
     */
    public static AsyncAttemptScope<SqlConnection> transaction(Pool pool) {
        return new PoolScope(pool, true, null);
    }

    /**
     * Returns the scope of {@link #transaction(Pool)} that finds out what became of a COMMIT whose answer never came.
     *
     * @param pool gives the connections, and another one to the probe
     * @param probe asks the database; not used for a call that is declared read-only
     * @return the scope
     */
    public static AsyncAttemptScope<SqlConnection> transaction(Pool pool, VertxCommitProbe probe) {
        return new PoolScope(pool, true, Objects.requireNonNull(probe, "probe"));
    }

    /**
     * Returns the scope whose attempts are transactions on one connection of the caller's, who keeps it. It costs a round
     * trip to see that no transaction is open on it; if one is, the attempt fails with {@link IllegalStateException}. A
     * connection of which an attempt cannot tell what state it has left it in is closed, so that its next use fails.
     *
     * @param connection used for every attempt, one at a time
     * @return the scope; its reach is the transaction
     */
    public static AsyncAttemptScope<SqlConnection> transaction(SqlConnection connection) {
        return new ConnectionScope(connection, ConnectionScope.Mode.TRANSACTION);
    }

    /**
     * Returns the scope whose attempts are savepoints in the transaction that is open on a connection: one an attempt was
     * handed, or the caller's own on which BEGIN was sent as SQL. Where none is open, and on a connection with the
     * client's own {@code Transaction}, the attempt fails with {@link IllegalStateException}.
     *
     * @param connection used for every attempt, one at a time
     * @return the scope; its reach is the savepoint
     */
    public static AsyncAttemptScope<SqlConnection> savepoint(SqlConnection connection) {
        return new ConnectionScope(connection, ConnectionScope.Mode.SAVEPOINT);
    }

    /**
     * Returns the scope whose attempts are savepoints on a connection that a transaction's attempt was handed, else
     * transactions. A transaction the caller has begun in SQL is not joined, since the client does not tell: the attempt
     * fails as {@link #transaction(SqlConnection)} does.
     *
     * @param connection used for every attempt, one at a time
     * @return the scope
     */
    public static AsyncAttemptScope<SqlConnection> join(SqlConnection connection) {
        return new ConnectionScope(connection, ConnectionScope.Mode.JOIN);
    }

    /**
     * Returns the scope whose attempts run statements that commit on their own, each attempt on a connection of its own.
     * A write that may have happened is not repeated: the outcome is unknown.
     *
     * @param pool gives the connections
     * @return the scope; its reach is the connection
     */
    public static AsyncAttemptScope<SqlConnection> autocommit(Pool pool) {
        return new PoolScope(pool, false, null);
    }

    /**
     * Returns the scope of {@link #autocommit(Pool)} on one connection of the caller's, who keeps it.
     *
     * @param connection used for every attempt, one at a time
     * @return the scope; its reach is the transaction
     */
    public static AsyncAttemptScope<SqlConnection> autocommit(SqlConnection connection) {
        return new ConnectionScope(connection, ConnectionScope.Mode.AUTOCOMMIT);
    }
}
