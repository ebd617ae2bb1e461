package dev.dbop.jdbc;

import dev.dbop.AttemptScope;
import dev.dbop.Reach;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The scopes for plain JDBC, on PostgreSQL, MySQL, MariaDB, SQLite and their relatives.
 *
 * <p>The operation gets a {@link Connection} that belongs to its attempt: it runs statements like any other, but commit,
 * rollback and the like are refused, closing it does nothing, and it is dead when the attempt ends. What the operation
 * may not undo (isolation, read-only mode, timeouts, autocommit) is set before it runs and put back afterwards, whatever
 * happens; a connection that cannot be put back is discarded. {@code unwrap} gives the driver's own connection, without
 * this protection.
 *
 * <p>A transaction scope refuses COMMIT and its like, and fails at once with SQLSTATE 2D000 when a statement turns out to
 * have ended the transaction all the same, as a procedure may on MySQL and MariaDB. What the driver cannot tell is not
 * noticed: a procedure that commits and begins anew, or that commits and then fails.
 *
 * <p>The time limits of a call hold from the moment an attempt has its connection. Waiting for a connection is not
 * interrupted: give the pool a timeout of its own, shorter than the call's. A connection that hears nothing is cut two
 * seconds after the attempt's time is up; pgjdbc may hold the thread until its {@code cancelSignalTimeout} (10 s).
 *
 * <p>Scopes may be kept and shared by threads if what they were made of may: a data source may, a connection may not.
 */
public final class JdbcScope {
    private JdbcScope() {}

    /**
     * Returns the first failure of a statement in the attempt a connection belongs to, whether or not the operation let it
     * pass. For layers over these scopes whose client keeps a failure to itself.
     *
     * @param connection what an operation was handed, or a wrapper of it
     * @return the failure; null if there is none, or the connection is no attempt's
     * @throws SQLException if the wrapper cannot be unwrapped
     */
    public static @Nullable SQLException firstFailure(Connection connection) throws SQLException {
        JdbcAttempt attempt = AttemptConnection.enclosing(connection);
        return attempt == null ? null : attempt.first();
    }

    /**
     * Returns a scope in which every attempt is a transaction on a fresh connection, given back before a retry is waited
     * for.
     *
     * @param source gives a connection for each attempt
     * @return a scope of reach {@link Reach#CONNECTION}; opening it throws {@link IllegalStateException} if the source gives
     *     a connection with a transaction open, as one bound to a framework's transaction
     */
    public static AttemptScope<Connection, SQLException> transaction(DataSource source) {
        return transaction(ConnectionSource.of(source));
    }

    /**
     * Returns a scope as {@link #transaction(DataSource)}, that finds out whether a COMMIT whose answer never came was
     * executed: the call then returns the operation's own result, or runs the operation again.
     *
     * @param source gives a connection for each attempt, and one more for the probe
     * @param probe how to find out
     * @return a scope of reach {@link Reach#CONNECTION}; opening it throws {@link IllegalStateException} if the probe does
     *     not fit the database
     */
    public static AttemptScope<Connection, SQLException> transaction(DataSource source, JdbcCommitProbe probe) {
        return transaction(ConnectionSource.of(source), probe);
    }

    /**
     * Returns a scope as {@link #transaction(DataSource)}, on connections from something else than a data source.
     *
     * @param source gives a connection for each attempt
     * @return a scope of reach {@link Reach#CONNECTION}
     */
    public static AttemptScope<Connection, SQLException> transaction(ConnectionSource source) {
        return new DataSourceScope(source, true, null);
    }

    /**
     * Returns a scope as {@link #transaction(DataSource, JdbcCommitProbe)}, on connections from something else than a data
     * source.
     *
     * @param source gives a connection for each attempt, and one more for the probe
     * @param probe how to find out
     * @return a scope of reach {@link Reach#CONNECTION}
     */
    public static AttemptScope<Connection, SQLException> transaction(ConnectionSource source, JdbcCommitProbe probe) {
        return new DataSourceScope(source, true, Objects.requireNonNull(probe, "probe"));
    }

    /**
     * Returns a scope in which every attempt is a transaction on the caller's connection, which must not have one open.
     * The connection is left open, also while a retry is waited for.
     *
     * @param connection used for every attempt
     * @return a scope of reach {@link Reach#TRANSACTION}; opening it throws {@link IllegalStateException} if a
     *     transaction is open
     */
    public static AttemptScope<Connection, SQLException> transaction(Connection connection) {
        return ConnectionScope.transaction(connection);
    }

    /**
     * Returns a scope in which every attempt is a savepoint in the transaction open on the connection. Faults that end
     * the transaction are not retried here; they go up, to whoever can repeat the whole.
     *
     * <p>Cannot be used with pgjdbc's {@code cleanupSavepoints=true} beside {@code autosave}: the driver then releases this
     * savepoint together with its own, and the attempt fails with SQLSTATE 3B001 when it ends.
     *
     * @param connection with a transaction open, usually the one an enclosing operation was handed
     * @return a scope of reach {@link Reach#SAVEPOINT}; opening it throws {@link IllegalStateException} if no
     *     transaction is open
     */
    public static AttemptScope<Connection, SQLException> savepoint(Connection connection) {
        return ConnectionScope.savepoint(connection);
    }

    /**
     * Returns a scope as {@link #savepoint(Connection)}, on the connection the source gives at that moment: the one a
     * framework has bound to the current thread.
     *
     * @param source gives the connection of the open transaction
     * @return a scope of reach {@link Reach#SAVEPOINT}; opening it throws {@link IllegalStateException} if no
     *     transaction is open on the connection
     */
    public static AttemptScope<Connection, SQLException> savepoint(ConnectionSource source) {
        return new BorrowingScope(source, null);
    }

    /**
     * Returns a scope in which every attempt is a savepoint if a transaction is open on the connection, and a transaction
     * otherwise.
     *
     * @param connection with a transaction open or not
     * @return a scope of reach {@link Reach#SAVEPOINT} or {@link Reach#TRANSACTION}
     */
    public static AttemptScope<Connection, SQLException> join(Connection connection) {
        return ConnectionScope.join(connection);
    }

    /**
     * Returns a scope in which every attempt is a savepoint if a transaction is open on the connection the source gives, and
     * a transaction on a connection of its own otherwise.
     *
     * @param source gives the connection of the open transaction, or one without
     * @return a scope of reach {@link Reach#SAVEPOINT} or {@link Reach#CONNECTION}
     */
    public static AttemptScope<Connection, SQLException> join(ConnectionSource source) {
        return new BorrowingScope(source, new DataSourceScope(source, true, null));
    }

    /**
     * Returns a scope as the given one, whose attempts save a round trip where they can: what an attempt has to send before
     * its operation (savepoint, isolation, read-only mode, timeouts, the transaction's number for a probe) is held back and
     * travels in one text with the operation's first statement. An attempt that runs no statement sends nothing, not even
     * COMMIT.
     *
     * <p>Holds for PostgreSQL through pgjdbc, without {@code autosave}, the simple query mode or forced binary results;
     * everywhere else, and with {@link JdbcCommitProbe#tokenRow}, the scope stays as it is. A statement takes the prologue along if it is a single
     * SELECT, VALUES, TABLE, WITH, INSERT, UPDATE, DELETE or MERGE, executed by {@code execute}, {@code executeQuery}, {@code
     * executeUpdate} or {@code executeLargeUpdate}, without batch, generated keys, fetch size, limits of its own, JDBC
     * escapes and scrollable or updatable rows, and if its parameters are plain values of the JDK. Before any other the
     * prologue is sent alone, as it is before {@code unwrap}. A savepoint is held back only inside another attempt.
     *
     * <p>A prologue that fails, as on a connection that was lost in the pool, does so in the operation, at its first
     * statement. That statement's text differs with savepoint and time limits, so the driver rarely keeps it prepared:
     * worth it where a round trip takes longer than planning the statement. On the caller's own connection nothing of an
     * operation may run past the connection it is handed: the attempt fails with SQLSTATE 2D000 when it notices.
     *
     * @param scope one of this class's transaction, savepoint or join scopes
     * @return a scope of the same reach
     * @throws IllegalArgumentException if the scope is none of this class's, or an autocommit scope
     */
    public static AttemptScope<Connection, SQLException> ridingPrologue(AttemptScope<Connection, ?> scope) {
        if (scope instanceof RidingScope own && own.hasPrologue()) {
            return own.riding();
        }
        throw new IllegalArgumentException("scope is \"" + scope
                + "\": only what begins a transaction or a savepoint has a prologue; pass a transaction, savepoint or join"
                + " scope of JdbcScope");
    }

    /**
     * Returns a scope without a transaction: every statement commits on its own, on a fresh connection for each attempt.
     *
     * <p>Meant for a single statement. What begins with SELECT counts as a read, though a function in it may write. If a
     * write's connection is lost, or an earlier statement of the attempt has written already, the outcome counts as
     * unknown; declare the call read-only or idempotent if repeating is safe.
     *
     * <p>A transaction cannot be begun in it, except by a transaction scope on the connection it hands out.
     *
     * @param source gives a connection for each attempt, in autocommit mode or not
     * @return a scope of reach {@link Reach#CONNECTION}
     */
    public static AttemptScope<Connection, SQLException> autocommit(DataSource source) {
        return autocommit(ConnectionSource.of(source));
    }

    /**
     * Returns a scope as {@link #autocommit(DataSource)}, on connections from something else than a data source.
     *
     * @param source gives a connection for each attempt
     * @return a scope of reach {@link Reach#CONNECTION}
     */
    public static AttemptScope<Connection, SQLException> autocommit(ConnectionSource source) {
        return new DataSourceScope(source, false, null);
    }

    /**
     * Returns a scope without a transaction, as {@link #autocommit(DataSource)}, on the caller's connection.
     *
     * @param connection in autocommit mode
     * @return a scope of reach {@link Reach#TRANSACTION}; opening it throws {@link IllegalStateException} if autocommit
     *     is off
     */
    public static AttemptScope<Connection, SQLException> autocommit(Connection connection) {
        return ConnectionScope.autocommit(connection);
    }
}
