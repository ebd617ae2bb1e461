package dev.dbop.jdbc.tools;

import dev.dbop.DbopRunner;
import dev.dbop.LoggingListener;
import dev.dbop.Outcome;
import dev.dbop.RetryPolicy;
import dev.dbop.Sleeper;
import dev.dbop.Ticker;
import dev.dbop.jdbc.ConnectionSource;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.RowWatchSql;
import dev.dbop.watch.RowWait;
import dev.dbop.watch.RowWait.Step;
import dev.dbop.watch.WatchPace;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Does what a {@link RowWait} asks for: looks, and waits in between, asleep or listening. The engine of {@link RowWatch}, for
 * layers above JDBC that have looks of their own; applications use a watch. Immutable and thread-safe.
 *
 * @param source gives a connection for each look, or one for a wait that listens
 * @param channel of PostgreSQL to listen to, or null to poll
 * @param runner runs the looks; its policy, and what it says on reading and isolation, are replaced
 * @param ticker tells the time
 * @param sleeper waits between looks
 */
public record RowWatchLoop(
        ConnectionSource source, @Nullable String channel, DbopRunner runner, Ticker ticker, Sleeper sleeper) {
    private static final DbopRunner LOOKS =
            DbopRunner.create().named("row-watch").listeners(LoggingListener.at(Level.TRACE, Level.WARN, Level.DEBUG));

    /**
     * Makes a loop.
     *
     * @param source see above
     * @param channel see above
     * @param runner see above
     * @param ticker see above
     * @param sleeper see above
     * @throws IllegalArgumentException if the channel's name is empty, contains NUL or has more than 63 bytes
     */
    public RowWatchLoop {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(runner, "runner");
        Objects.requireNonNull(ticker, "ticker");
        Objects.requireNonNull(sleeper, "sleeper");
        if (channel != null) {
            RowWatchSql.listen(channel);
        }
    }

    /**
     * What is looked at.
     *
     * @param <T> what a look finds
     */
    @FunctionalInterface
    public interface Look<T> {
        /**
         * Reads the row.
         *
         * @param connection of an attempt, as {@link JdbcScope} hands it out: in a read-only transaction at READ COMMITTED, or
         *     in autocommit mode where the wait listens
         * @return what it finds, independent of the connection; null if the row is not there
         * @throws SQLException if the row cannot be read; other exceptions with one among their causes count like it
         */
        @Nullable
        T at(Connection connection) throws SQLException;
    }

    /**
     * Returns a loop that polls, in real time.
     *
     * @param source gives a connection for each look
     * @return the loop, with a runner named {@code row-watch} that logs looks at TRACE, failures that are retried at WARN, and
     *     the end of a look that failed for good at DEBUG
     */
    public static RowWatchLoop over(ConnectionSource source) {
        return new RowWatchLoop(source, null, LOOKS, Ticker.system(), Sleeper.system());
    }

    /**
     * Listens to a channel.
     *
     * @param name of the channel
     * @return a changed copy
     * @throws IllegalArgumentException if the name is empty, contains NUL or has more than 63 bytes
     */
    public RowWatchLoop notifiedBy(String name) {
        return new RowWatchLoop(source, Objects.requireNonNull(name, "channel"), runner, ticker, sleeper);
    }

    /**
     * Replaces the runner; ticker and sleeper stay.
     *
     * @param other the runner
     * @return a changed copy
     */
    public RowWatchLoop by(DbopRunner other) {
        return new RowWatchLoop(source, channel, other.ticker(ticker).sleeper(sleeper), ticker, sleeper);
    }

    /**
     * Replaces the source of elapsed time.
     *
     * @param other tells the time
     * @return a changed copy
     */
    public RowWatchLoop timedBy(Ticker other) {
        return new RowWatchLoop(source, channel, runner.ticker(other), other, sleeper);
    }

    /**
     * Replaces what waits.
     *
     * @param other waits
     * @return a changed copy
     */
    public RowWatchLoop asleepBy(Sleeper other) {
        return new RowWatchLoop(source, channel, runner.sleeper(other), ticker, other);
    }

    /**
     * Looks once outside a wait, tried for as long as a wait would be.
     *
     * @param <T> what a look finds
     * @param look reads the row
     * @param pace of the watch
     * @return what it finds, or null if the row is not there
     * @throws SQLException if the row cannot be read; what else the look throws goes to the caller as well
     */
    public <T> @Nullable T lookOnce(Look<T> look, WatchPace pace) throws SQLException {
        return polling(pace.checked().within())
                .<Connection, Optional<T>, SQLException>call(
                        JdbcScope.transaction(source), connection -> Optional.ofNullable(look.at(connection)))
                .orElse(null);
    }

    /**
     * Waits until the wait is over, blocking the calling thread.
     *
     * @param <T> what a look finds
     * @param wait just begun; not to be used again
     * @param look reads the row
     * @return what was waited for
     * @throws SQLException if the row cannot be read, for a reason that does not pass; what else the look throws goes to the
     *     caller as well
     * @throws InterruptedException if the thread is interrupted; its flag is clear then
     * @throws dev.dbop.watch.RowWatchException if the wait ends without what was waited for
     * @throws IllegalStateException if there is a channel, and the database is not of PostgreSQL's family
     */
    public <T> T run(RowWait<T> wait, Look<T> look) throws SQLException, InterruptedException {
        String listenTo = channel;
        RowWatchListening<T> listening = listenTo == null ? null : new RowWatchListening<>(this, wait, look, listenTo);
        while (true) {
            refuseInterrupted();
            Step<T> step = listening == null || listening.isRefused()
                    ? step(
                            wait,
                            limited -> polling(limited)
                                    .tryCall(
                                            JdbcScope.transaction(source),
                                            connection -> Optional.ofNullable(look.at(connection))))
                    : listening.run();
            if (step instanceof Step.Done<T> done) {
                return done.found();
            }
            if (step instanceof Step.Failed<T> failed) {
                throw failed.failure();
            }
            sleeper.sleep(((Step.Again<T>) step).delay());
        }
    }

    /** Some drivers take a pending interrupt for the end of the connection. */
    private static void refuseInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while watching a row");
        }
    }

    /** One call that ends with a look, or why there was none. */
    private interface Call<T> {
        Outcome<Optional<T>> within(Duration limit);
    }

    private static <T> Step<T> step(RowWait<T> wait, Call<T> call) throws SQLException, InterruptedException {
        Outcome<Optional<T>> outcome = call.within(wait.lookLimit());
        return outcome instanceof Outcome.Success<Optional<T>> success
                ? wait.looked(success.result().orElse(null))
                : wait.missed(passing((Outcome.Failure<?>) outcome));
    }

    /** Returns a failure that passes with time, and throws any other. */
    static Exception passing(Outcome.Failure<?> failed) throws SQLException, InterruptedException {
        Exception failure = failed.failure();
        switch (failed.reason()) {
            case RETRIES_EXHAUSTED, DEADLINE, BUDGET_EMPTY -> {
                return failure;
            }
            case INTERRUPTED -> {
                Thread.interrupted();
                InterruptedException interrupted = new InterruptedException("interrupted while watching a row");
                interrupted.addSuppressed(failure);
                throw interrupted;
            }
            case NOT_RETRYABLE, NOT_OF_THE_DATABASE, BEYOND_REACH, ERROR, OUTCOME_UNKNOWN -> {
                if (failure instanceof SQLException ofTheDatabase) {
                    throw ofTheDatabase;
                }
                throw (RuntimeException) failure;
            }
        }
        throw new IllegalStateException("unreachable", failure);
    }

    private DbopRunner polling(Duration limit) {
        return looks(limit).readOnly().isolation(Isolation.READ_COMMITTED);
    }

    /** A few quick tries; what lasts longer is waited out at the pace of the watch. */
    DbopRunner looks(Duration limit) {
        return runner.policy(
                RetryPolicy.builder().attemptTimeout(limit).maxDuration(limit).build());
    }
}
