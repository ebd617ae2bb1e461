package dev.dbop.jdbc.tools;

import dev.dbop.Attempt;
import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One transaction, rolled back unless it is committed. Its connection goes back as it came: isolation level and autocommit
 * are what they were.
 *
 * <pre>{@code
 * try (Transaction transaction = Transaction.begin(dataSource, Isolation.SERIALIZABLE)) {
 *     move(transaction.connection(), 10);
 *     transaction.commit();
 * }
 * }</pre>
 *
 * <p>Nothing is retried. What is to be is run in a call with {@link JdbcScope#transaction}, which is the same transaction
 * begun anew for each attempt; a step of this one may be, in a call with {@link JdbcScope#savepoint} on its connection.
 *
 * <p>Belongs to one thread at a time. All methods that begin or end it block.
 */
public final class Transaction implements AutoCloseable {
    private final AttemptScope<Connection, SQLException> scope;
    private final Attempt<Connection, SQLException> attempt;
    private boolean ended;

    private Transaction(AttemptScope<Connection, SQLException> scope, Attempt<Connection, SQLException> attempt) {
        this.scope = scope;
        this.attempt = attempt;
    }

    /**
     * Begins a transaction at the isolation level of the session.
     *
     * @param source gives the connection, and gets it back when the transaction ends
     * @return the transaction
     * @throws SQLException if no connection can be had, or the transaction does not begin; on SQLite, where it begins with
     *     BEGIN IMMEDIATE, also if another one writes for longer than the busy timeout
     * @throws IllegalStateException if the source gives a connection with a transaction open
     */
    public static Transaction begin(DataSource source) throws SQLException {
        return begin(JdbcScope.transaction(source), null);
    }

    /**
     * Begins a transaction.
     *
     * @param source gives the connection, and gets it back when the transaction ends
     * @param isolation the level; SQLite has one only, which counts as every level
     * @return the transaction
     * @throws SQLException as {@link #begin(DataSource)}
     * @throws IllegalStateException if the source gives a connection with a transaction open
     */
    public static Transaction begin(DataSource source, Isolation isolation) throws SQLException {
        return begin(JdbcScope.transaction(source), Objects.requireNonNull(isolation, "isolation"));
    }

    /**
     * Begins a transaction on the caller's connection, at the isolation level of the session.
     *
     * @param connection without a transaction open; stays open when the transaction ends, unless it could not be put back
     *     as it was
     * @return the transaction
     * @throws SQLException if the transaction does not begin
     * @throws IllegalStateException if a transaction is open on the connection
     */
    public static Transaction begin(Connection connection) throws SQLException {
        return begin(JdbcScope.transaction(connection), null);
    }

    /**
     * Begins a transaction on the caller's connection.
     *
     * @param connection as for {@link #begin(Connection)}
     * @param isolation the level; SQLite has one only, which counts as every level
     * @return the transaction
     * @throws SQLException if the transaction does not begin
     * @throws IllegalStateException if a transaction is open on the connection
     */
    public static Transaction begin(Connection connection, Isolation isolation) throws SQLException {
        return begin(JdbcScope.transaction(connection), Objects.requireNonNull(isolation, "isolation"));
    }

    private static Transaction begin(AttemptScope<Connection, SQLException> scope, @Nullable Isolation isolation)
            throws SQLException {
        DbopRunner named = DbopRunner.create().named("transaction");
        DbopRunner runner = isolation == null ? named : named.isolation(isolation);
        return new Transaction(scope, scope.open(AttemptContexts.of(runner, scope)));
    }

    /**
     * Returns the connection of the transaction.
     *
     * @return as an operation in a {@link JdbcScope} gets it: commit and rollback are refused, closing it does nothing, and
     *     it is dead when the transaction has ended
     */
    public Connection connection() {
        return attempt.resource();
    }

    /**
     * Commits, and gives the connection back. Never ends normally where the work is rolled back instead.
     *
     * @throws SQLException if the transaction is not committed: a statement that has failed had ended it, though its
     *     failure was swallowed (PostgreSQL would roll back and call it a success), or the COMMIT fails. It is rolled back
     *     then, except if the connection failed before the answer came: whether it was committed is not known then, and
     *     {@link dev.dbop.jdbc.JdbcClassifier} has {@link Verdict#OUTCOME_UNKNOWN} for it
     * @throws IllegalStateException if the transaction has ended
     */
    public void commit() throws SQLException {
        end();
        Phase phase = Phase.OPERATION;
        try {
            attempt.beforeCommit();
            phase = Phase.COMMIT;
            attempt.commit();
        } catch (Throwable failure) {
            Verdict known = scope.classifier().classify(failure, phase);
            Verdict ofNobody = phase == Phase.COMMIT ? Verdict.OUTCOME_UNKNOWN : Verdict.GIVE_UP;
            attempt.rollback(failure, phase, known == null ? ofNobody : known);
            throw failure;
        }
    }

    /**
     * Rolls back, and gives the connection back.
     *
     * @throws SQLException if the server could not be told so: the connection is discarded then, which rolls back, too
     * @throws IllegalStateException if the transaction has ended
     */
    public void rollback() throws SQLException {
        end();
        undo();
    }

    private void end() {
        if (ended) {
            throw new IllegalStateException(
                    "the transaction has been committed or rolled back: must be open; begin another one");
        }
        ended = true;
    }

    /** Rolls back as {@link #rollback}, if the transaction has not ended; does nothing otherwise. */
    @Override
    public void close() throws SQLException {
        if (!ended) {
            ended = true;
            undo();
        }
    }

    /** The attempt collects what goes wrong in the cause of the rollback; here nobody has one. */
    private void undo() throws SQLException {
        SQLException cause = new SQLException("the transaction was not to be committed");
        attempt.rollback(cause, Phase.OPERATION, Verdict.GIVE_UP);
        Throwable[] failures = cause.getSuppressed();
        if (failures.length > 0) {
            SQLException failed = new SQLException(
                    "the rollback has failed, and the connection is discarded, which rolls back, too", failures[0]);
            for (int i = 1; i < failures.length; i++) {
                failed.addSuppressed(failures[i]);
            }
            throw failed;
        }
    }
}
