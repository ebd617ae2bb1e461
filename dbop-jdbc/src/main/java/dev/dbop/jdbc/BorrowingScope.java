package dev.dbop.jdbc;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.Classifier;
import dev.dbop.CommitProbe;
import dev.dbop.Deadline;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Attempts in the transaction on whatever connection a source gives at that moment: the one bound to the caller's thread. */
final class BorrowingScope implements RidingScope {
    private final ConnectionSource source;
    /** Begins a transaction where none is open; null where one has to be. */
    private final @Nullable DataSourceScope otherwise;

    private final boolean riding;

    BorrowingScope(ConnectionSource source, @Nullable DataSourceScope otherwise) {
        this(source, otherwise, false);
    }

    private BorrowingScope(ConnectionSource source, @Nullable DataSourceScope otherwise, boolean riding) {
        this.source = Objects.requireNonNull(source, "source");
        this.otherwise = otherwise;
        this.riding = riding;
    }

    @Override
    public boolean hasPrologue() {
        return true;
    }

    @Override
    public BorrowingScope riding() {
        return new BorrowingScope(source, otherwise == null ? null : otherwise.riding(), true);
    }

    @Override
    public Reach reach() {
        if (otherwise == null) {
            return Reach.SAVEPOINT;
        }
        try {
            return borrowed(connection -> ConnectionScope.join(connection).reach() == Reach.SAVEPOINT)
                    ? Reach.SAVEPOINT
                    : Reach.CONNECTION;
        } catch (SQLException | RuntimeException cannotTell) {
            // The narrower reach never undoes, or repeats, too much.
            return Reach.SAVEPOINT;
        }
    }

    @Override
    public Classifier classifier() {
        Database database = database();
        return database == null ? JdbcClassifier.standard() : JdbcClassifier.of(database);
    }

    @Override
    public @Nullable Database database() {
        return Server.known(source.identity());
    }

    @Override
    public Deadline deadline() {
        try {
            return borrowed(connection -> ConnectionScope.join(connection).deadline());
        } catch (SQLException | RuntimeException none) {
            return Deadline.none();
        }
    }

    /** What is asked of a connection before an attempt begins. */
    private interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    private <T> T borrowed(Question<T> question) throws SQLException {
        Connection connection = source.acquire();
        try {
            return question.ask(connection);
        } finally {
            source.release(connection);
        }
    }

    @Override
    public Attempt<Connection, SQLException> open(AttemptContext context) throws SQLException {
        Connection connection = source.acquire();
        Attempt<Connection, SQLException> attempt;
        try {
            Server server = Server.of(source.identity(), connection);
            if (otherwise == null || ConnectionScope.join(connection).on(server).reach() == Reach.SAVEPOINT) {
                ConnectionScope savepoint =
                        ConnectionScope.savepoint(connection).on(server);
                attempt = (riding ? savepoint.riding() : savepoint).open(context);
                return new Borrowed(attempt, source, connection);
            }
        } catch (Throwable failure) {
            giveBack(connection, failure);
            throw failure;
        }
        source.release(connection);
        return otherwise.open(context);
    }

    private void giveBack(Connection connection, Throwable cause) {
        try {
            source.release(connection);
        } catch (SQLException | RuntimeException notReturned) {
            JdbcAttempt.suppress(cause, notReturned);
        }
    }

    @Override
    public String toString() {
        return (otherwise == null ? "savepoint" : "join") + " on a connection source";
    }

    /** An attempt as it was before it was put around a borrowed connection. */
    static @Nullable Object bare(@Nullable Object attempt) {
        return attempt instanceof Borrowed borrowed ? borrowed.attempt : attempt;
    }

    private record Borrowed(Attempt<Connection, SQLException> attempt, ConnectionSource source, Connection connection)
            implements Attempt<Connection, SQLException> {
        @Override
        public Connection resource() {
            return attempt.resource();
        }

        @Override
        public void beforeCommit() throws SQLException {
            attempt.beforeCommit();
        }

        @Override
        public void commit() throws SQLException {
            attempt.commit();
            try {
                source.release(connection);
            } catch (SQLException | RuntimeException notReturned) {
                LoggerFactory.getLogger(BorrowingScope.class)
                        .debug("a connection could not be given back to its source", notReturned);
            }
        }

        @Override
        public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            Verdict raised = attempt.rollback(cause, phase, verdict);
            try {
                source.release(connection);
            } catch (SQLException | RuntimeException notReturned) {
                JdbcAttempt.suppress(cause, notReturned);
            }
            return raised;
        }

        @Override
        public @Nullable CommitProbe commitProbe() {
            return attempt.commitProbe();
        }

        @Override
        public void cancel() {
            attempt.cancel();
        }
    }
}
