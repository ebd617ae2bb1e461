package dev.dbop.jdbc.tools;

import dev.dbop.DbopRunner;
import dev.dbop.Sleeper;
import dev.dbop.Ticker;
import dev.dbop.jdbc.ConnectionSource;
import dev.dbop.sql.RowWatchSql;
import dev.dbop.sql.TableName;
import dev.dbop.watch.RowDeletedException;
import dev.dbop.watch.RowMissingException;
import dev.dbop.watch.RowWait;
import dev.dbop.watch.RowWatchTimeoutException;
import dev.dbop.watch.WatchPace;
import dev.dbop.watch.WatchPlan;
import dev.dbop.watch.WatchedRow;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Waits until a row changes, blocking the calling thread. Looks at the row every second for a minute unless told otherwise,
 * on PostgreSQL, MySQL, MariaDB and SQLite; on PostgreSQL it can be told of changes by {@link #notifiedBy NOTIFY} instead.
 *
 * <p>A watch sees what is committed and nothing else, whatever isolation level the source's connections are set to: every
 * look is a read-only transaction of its own at READ COMMITTED. It sees states, not events: what changes and changes back
 * between two looks was never there for it, and a row deleted and inserted anew is the same row. A column that only grows,
 * such as a version, makes every change one that stays.
 *
 * <p>Each look borrows a connection and gives it back as it was; none is held while the watch waits, except with {@link
 * #notifiedBy}. A look that fails in a way that passes (a lost connection, a deadlock, a busy SQLite) is made again and does
 * not end the watch. A look gets ten seconds at most and is then stopped on the server. The last one is made when the time of
 * the watch is up, so that what was committed in time is seen; the watch may end a second late on its account.
 *
 * <p>An interrupt ends the wait with {@link InterruptedException}: at once while it sleeps, when the look has ended otherwise,
 * a quarter of a second later where it listens.
 *
 * <p>Immutable and thread-safe: every setter returns a changed copy. The source must not hand out the connection of a
 * transaction of the caller's, which is refused.
 */
public final class RowWatch {
    private final WatchPlan plan;
    private final WatchPace pace;
    private final RowWatchLoop loop;

    private RowWatch(WatchPlan plan, WatchPace pace, RowWatchLoop loop) {
        this.plan = plan;
        this.pace = pace;
        this.loop = loop;
    }

    /**
     * Returns a watch of a table, to be given the row's key.
     *
     * @param source gives a connection for each look
     * @param table the table
     * @return the watch
     */
    public static RowWatch on(DataSource source, TableName table) {
        return on(ConnectionSource.of(source), table);
    }

    /**
     * Returns a watch of a table, on connections from something else than a data source.
     *
     * @param source gives a connection for each look
     * @param table the table
     * @return the watch
     */
    public static RowWatch on(ConnectionSource source, TableName table) {
        return new RowWatch(WatchPlan.of(table), WatchPace.defaults(), RowWatchLoop.over(source));
    }

    /**
     * Adds a column of the key; call it once for each column of a composite key.
     *
     * @param column its name, unquoted
     * @param value what it is equal to, of a type the driver's {@code setObject} takes for the column
     * @return a changed copy
     * @throws IllegalArgumentException if the value is null, or the column is in the key already
     */
    public RowWatch where(String column, Object value) {
        return new RowWatch(plan.where(column, value), pace, loop);
    }

    /**
     * Watches these columns only; without it all count.
     *
     * @param columns their names, unquoted
     * @return a changed copy
     * @throws IllegalArgumentException if there is none, or one is there twice
     */
    public RowWatch columns(String... columns) {
        return new RowWatch(plan.columns(columns), pace, loop);
    }

    /**
     * Sets the time between two looks; with {@link #notifiedBy}, the longest time between two looks.
     *
     * @param interval greater than zero; a second unless set
     * @return a changed copy
     * @throws IllegalArgumentException if zero or negative
     */
    public RowWatch every(Duration interval) {
        return new RowWatch(plan, pace.every(interval), loop);
    }

    /**
     * Sets how long a wait may take.
     *
     * @param timeout greater than zero and not shorter than the interval; a minute unless set
     * @return a changed copy
     * @throws IllegalArgumentException if zero or negative
     */
    public RowWatch within(Duration timeout) {
        return new RowWatch(plan, pace.within(timeout), loop);
    }

    /**
     * Listens to a channel of PostgreSQL and looks whenever something is sent to it, within milliseconds of the sender's
     * COMMIT. {@link RowWatchSql#notifyTrigger} gives the trigger that sends word of every change.
     *
     * <p>Each wait holds a connection of the source, listens on it, looks, and only then waits for word, so that no change
     * falls between. It still looks at the interval, since word can be lost: behind PgBouncer in transaction mode none
     * arrives. A connection that is lost is replaced by another, and the row is looked at anew. Where the session cannot
     * listen (a standby, CockroachDB, another driver than pgjdbc) the watch polls as it would without a channel, and logs so
     * at DEBUG.
     *
     * @param channel its name; case counts
     * @return a changed copy; a wait on a database that is not of PostgreSQL's family throws {@link IllegalStateException}
     * @throws IllegalArgumentException if the name is empty, contains NUL or has more than 63 bytes
     */
    public RowWatch notifiedBy(String channel) {
        return new RowWatch(plan, pace, loop.notifiedBy(channel));
    }

    /**
     * Replaces the runner of the looks: its name, listeners and classifier. How often and how long a look is tried, that it is
     * read-only, and its isolation are the watch's own.
     *
     * @param runner the runner; by default one named {@code row-watch} that logs looks at TRACE, failures that are
     *     retried at WARN, and the end of a look that failed for good at DEBUG
     * @return a changed copy
     */
    public RowWatch runner(DbopRunner runner) {
        return new RowWatch(plan, pace, loop.by(Objects.requireNonNull(runner, "runner")));
    }

    /**
     * Replaces the source of elapsed time of the watch and its looks.
     *
     * @param ticker tells the time
     * @return a changed copy
     */
    public RowWatch ticker(Ticker ticker) {
        return new RowWatch(plan, pace, loop.timedBy(Objects.requireNonNull(ticker, "ticker")));
    }

    /**
     * Replaces what waits between looks. A watch that listens waits for word instead.
     *
     * @param sleeper waits
     * @return a changed copy
     */
    public RowWatch sleeper(Sleeper sleeper) {
        return new RowWatch(plan, pace, loop.asleepBy(Objects.requireNonNull(sleeper, "sleeper")));
    }

    /**
     * Looks at the row once: what to decide on, and then to wait from with {@link #awaitChangeFrom}.
     *
     * @return the watched columns, as last committed
     * @throws SQLException if the row cannot be read within the time of the watch
     * @throws RowMissingException if there is no row
     * @throws IllegalStateException if there is no key, or the key is that of several rows
     */
    public WatchedRow snapshot() throws SQLException {
        WatchedRow found = loop.lookOnce(new RowWatchLook(plan.checked())::at, pace);
        RowWait.Step<WatchedRow> step = begin(null).looked(found);
        if (step instanceof RowWait.Step.Failed<WatchedRow> missing) {
            throw missing.failure();
        }
        return Objects.requireNonNull(found, "found");
    }

    /**
     * Waits until the row differs from what it is now. What changed before the call is not noticed; use {@link #snapshot}
     * and {@link #awaitChangeFrom} where a decision was made on what was read.
     *
     * @return the row as the change has left it
     * @throws SQLException if the row cannot be read, for a reason that does not pass
     * @throws InterruptedException if the thread is interrupted; its flag is clear then
     * @throws RowMissingException if there is no row when the wait begins
     * @throws RowDeletedException if the row is deleted meanwhile
     * @throws RowWatchTimeoutException if it has not changed when the time of the watch is up
     * @throws IllegalArgumentException if the interval is longer than the whole wait
     * @throws IllegalStateException if there is no key, or the key is that of several rows
     */
    public WatchedRow awaitChange() throws SQLException, InterruptedException {
        return run(begin(null));
    }

    /**
     * Waits until the row differs from what the caller has seen, which it may do already.
     *
     * @param seen from {@link #snapshot} or an earlier wait of a watch of the same columns
     * @return the row as the change has left it
     * @throws SQLException if the row cannot be read, for a reason that does not pass
     * @throws InterruptedException if the thread is interrupted; its flag is clear then
     * @throws RowDeletedException if the row is not there any more
     * @throws RowWatchTimeoutException if it has not changed when the time of the watch is up
     * @throws IllegalArgumentException if the row seen has other columns than this watch, or the interval is longer than the
     *     whole wait
     * @throws IllegalStateException if there is no key, or the key is that of several rows
     */
    public WatchedRow awaitChangeFrom(WatchedRow seen) throws SQLException, InterruptedException {
        return run(begin(plan.comparable(seen)));
    }

    /**
     * Waits until a condition holds for the row, as it may already.
     *
     * @param condition asked after each look, on the calling thread
     * @return the row for which it holds
     * @throws SQLException if the row cannot be read, for a reason that does not pass
     * @throws InterruptedException if the thread is interrupted; its flag is clear then
     * @throws RowMissingException if there is no row when the wait begins
     * @throws RowDeletedException if the row is deleted meanwhile
     * @throws RowWatchTimeoutException if the condition has not come to hold when the time of the watch is up
     * @throws IllegalArgumentException if the interval is longer than the whole wait
     * @throws IllegalStateException if there is no key, or the key is that of several rows
     */
    public WatchedRow await(Predicate<? super WatchedRow> condition) throws SQLException, InterruptedException {
        return run(RowWait.forCondition(plan.checked().toString(), pace, loop.ticker(), condition));
    }

    private RowWait<WatchedRow> begin(@Nullable WatchedRow seen) {
        return RowWait.forChange(plan.checked().toString(), pace, loop.ticker(), WatchedRow::equals, seen);
    }

    private WatchedRow run(RowWait<WatchedRow> wait) throws SQLException, InterruptedException {
        return loop.run(wait, new RowWatchLook(plan)::at);
    }

    /** Table, key and pace. */
    @Override
    public String toString() {
        return "RowWatch[" + plan + ", every " + pace.every() + ", within " + pace.within() + "]";
    }
}
