package dev.dbop.jdbc.tools;

import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.Phase;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.sql.RowWatchSql;
import dev.dbop.watch.RowWait;
import dev.dbop.watch.RowWait.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wait on a PostgreSQL session that listens: LISTEN first, then the look, then waiting for word or the interval, then the
 * look again. The whole is one attempt, made anew on another connection if this one is lost.
 */
final class RowWatchListening<T> {
    private static final Logger LOG = LoggerFactory.getLogger(RowWatch.class);
    private static final Duration AT_ONCE = Duration.ofNanos(1);
    /** PostgreSQL's read_only_sql_transaction: for a write another server may help, a watch reads where it is. */
    private static final String STANDBY = "25006";
    /** The driver's wait ends for no interrupt. */
    private static final Duration SLICE = Duration.ofMillis(250);
    /** What ends, and gives back, a wait that is over, before its own limit would stop it. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private final RowWatchLoop loop;
    private final RowWait<T> wait;
    private final RowWatchLoop.Look<T> look;
    private final String channel;
    private boolean refused;
    /** What has ended the wait, whatever becomes of the connection afterwards. */
    private @Nullable Supplier<Step<T>> end;

    RowWatchListening(RowWatchLoop loop, RowWait<T> wait, RowWatchLoop.Look<T> look, String channel) {
        this.loop = loop;
        this.wait = wait;
        this.look = look;
        this.channel = channel;
    }

    /** Whether it has turned out that nobody can listen here. */
    boolean isRefused() {
        return refused;
    }

    /**
     * Waits to the end.
     *
     * @return the end; or when to go on, polling if it {@link #isRefused}
     */
    Step<T> run() throws SQLException, InterruptedException {
        RetryPolicy policy =
                RetryPolicy.builder().maxDuration(wait.remaining().plus(GRACE)).build();
        // Listening twice does no more than listening once.
        DbopRunner runner = loop.runner().idempotent().policy(policy);
        Outcome<Step<T>> outcome = runner.tryCall(JdbcScope.autocommit(loop.source()), this::listen);
        Supplier<Step<T>> found = end;
        if (found != null) {
            return found.get();
        }
        if (outcome instanceof Outcome.Success<Step<T>> success) {
            return success.result();
        }
        Outcome.Failure<?> failed = (Outcome.Failure<?>) outcome;
        if (failed.failure() instanceof Interrupted) {
            throw new InterruptedException("interrupted while watching a row");
        }
        return wait.missed(RowWatchLoop.passing(failed));
    }

    private Step<T> listen(Connection connection) throws SQLException {
        Step<T> over = new Step.Again<>(AT_ONCE);
        if (end != null) {
            return over;
        }
        RowWatchNotifications notifications = notifications(connection);
        if (notifications == null || !listening(connection)) {
            refused = true;
            return over;
        }
        try {
            end = wait(connection, notifications);
        } catch (Throwable failure) {
            try {
                unlisten(connection, notifications);
            } catch (SQLException | RuntimeException lost) {
                Statements.suppress(failure, lost);
            }
            throw failure;
        }
        unlisten(connection, notifications);
        return over;
    }

    private static @Nullable RowWatchNotifications notifications(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        String version = connection.getMetaData().getDatabaseProductVersion();
        Database database = Database.of(product, version == null ? "" : version);
        if (database.family() != Database.Family.POSTGRESQL) {
            throw new IllegalStateException("notifiedBy is set, and the database is " + database.productName()
                    + ": only PostgreSQL sends notifications; leave notifiedBy out to poll");
        }
        RowWatchNotifications notifications = RowWatchNotifications.of(connection);
        if (notifications == null) {
            LOG.debug("the watch polls: the driver is not pgjdbc, which gives notifications");
        }
        return notifications;
    }

    private boolean listening(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(RowWatchSql.listen(channel));
            return true;
        } catch (SQLException failure) {
            boolean standby = STANDBY.equals(failure.getSQLState());
            if (!standby && JdbcClassifier.standard().classify(failure, Phase.OPERATION) != Verdict.GIVE_UP) {
                throw failure;
            }
            LOG.debug("the watch polls: the session cannot LISTEN", failure);
            return false;
        }
    }

    /** A change before LISTEN is seen by the first look, one after it is sent word of. */
    private Supplier<Step<T>> wait(Connection connection, RowWatchNotifications notifications) throws SQLException {
        while (true) {
            T found = look(connection);
            Step<T> step;
            try {
                step = wait.looked(found);
            } catch (Throwable ofTheCondition) {
                return () -> {
                    throw RowWatchListening.<RuntimeException>asItIs(ofTheCondition);
                };
            }
            if (!(step instanceof Step.Again<T> again)) {
                return () -> step;
            }
            long end = loop.ticker().nanoTime() + again.delay().toNanos();
            boolean word = false;
            while (!word && end - loop.ticker().nanoTime() > 0) {
                if (Thread.currentThread().isInterrupted()) {
                    Thread.interrupted();
                    throw new Interrupted();
                }
                long left = Math.max(
                        1, Duration.ofNanos(end - loop.ticker().nanoTime()).toMillis());
                word = notifications.await((int) Math.min(SLICE.toMillis(), left));
            }
        }
    }

    /** The caller's own failure is no answer of the database: it goes to the caller as it is, and nothing is tried again. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException asItIs(Throwable failure) throws E {
        throw (E) failure;
    }

    private @Nullable T look(Connection connection) throws SQLException {
        return loop.looks(wait.lookLimit())
                .<Connection, Optional<T>, SQLException>call(
                        JdbcScope.autocommit(connection), own -> Optional.ofNullable(look.at(own)))
                .orElse(null);
    }

    /** The next borrower must not find what was sent to this one. */
    private void unlisten(Connection connection, RowWatchNotifications notifications) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(RowWatchSql.unlisten(channel));
        }
        notifications.drain();
    }

    /** On its way through the engine, which lets pass what is not of the database. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Interrupted() {
            super("interrupted", null, false, false);
        }
    }
}
