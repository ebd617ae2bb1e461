package dev.dbop.vertx;

import dev.dbop.DbopRunner;
import dev.dbop.LoggingListener;
import dev.dbop.sql.RowWatchSql;
import dev.dbop.sql.TableName;
import dev.dbop.watch.RowDeletedException;
import dev.dbop.watch.RowMissingException;
import dev.dbop.watch.RowWait;
import dev.dbop.watch.RowWatchTimeoutException;
import dev.dbop.watch.WatchPace;
import dev.dbop.watch.WatchPlan;
import dev.dbop.watch.WatchedRow;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgChannel;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Waits until a row changes, without blocking. Looks at the row every second for a minute unless told otherwise, on
 * PostgreSQL, MySQL and MariaDB; on PostgreSQL it can be told of changes by {@link #notifiedBy NOTIFY} besides.
 *
 * <p>A watch sees what is committed and nothing else, whatever isolation level the pool's connections are set to: every look
 * is a read-only transaction of its own at READ COMMITTED. It sees states, not events: what changes and changes back between
 * two looks was never there for it, and a row deleted and inserted anew is the same row. A column that only grows, such as a
 * version, makes every change one that stays.
 *
 * <p>Each look takes a connection of the pool and gives it back; none is held in between. A look that fails in a way that
 * passes is made again and does not end the watch. A look gets ten seconds at most and is then stopped on the server. The last
 * one is made when the time of the watch is up, so that what was committed in time is seen; the watch may end a second late
 * on its account.
 *
 * <p>Looks, timers and the returned future's handlers run on the context the wait is called from; called from outside Vert.x,
 * on a context made for it. A wait ends early, its future failed with {@link java.util.concurrent.CancellationException},
 * when the verticle it was called from is undeployed, or when the future given to {@link #until} completes.
 *
 * <p>Immutable and thread-safe: every setter returns a changed copy.
 */
public final class VertxRowWatch {
    private static final DbopRunner LOOKS =
            DbopRunner.create().named("row-watch").listeners(LoggingListener.at(Level.TRACE, Level.WARN, Level.DEBUG));
    private static final Duration FIRST_RECONNECT = Duration.ofMillis(50);
    private static final int LONGEST_RECONNECT = 7;

    private final Vertx vertx;
    private final WatchPlan plan;
    private final WatchPace pace;
    private final RowWatchLooks looks;
    private final @Nullable Future<?> end;

    private VertxRowWatch(Vertx vertx, WatchPlan plan, WatchPace pace, RowWatchLooks looks, @Nullable Future<?> end) {
        this.vertx = vertx;
        this.plan = plan;
        this.pace = pace;
        this.looks = looks;
        this.end = end;
    }

    /**
     * Returns a watch of a table, to be given the row's key.
     *
     * @param vertx whose contexts and timers are used
     * @param pool gives a connection for each look
     * @param table the table
     * @return the watch
     */
    public static VertxRowWatch on(Vertx vertx, Pool pool, TableName table) {
        return new VertxRowWatch(
                Objects.requireNonNull(vertx, "vertx"),
                WatchPlan.of(table),
                WatchPace.defaults(),
                new RowWatchLooks(Objects.requireNonNull(pool, "pool"), LOOKS, null),
                null);
    }

    /**
     * Adds a column of the key; call it once for each column of a composite key.
     *
     * @param column its name, unquoted
     * @param value what it is equal to, of a type the client takes for the column
     * @return a changed copy
     * @throws IllegalArgumentException if the value is null, or the column is in the key already
     */
    public VertxRowWatch where(String column, Object value) {
        return new VertxRowWatch(vertx, plan.where(column, value), pace, looks, end);
    }

    /**
     * Watches these columns only; without it all count.
     *
     * @param columns their names, unquoted
     * @return a changed copy
     * @throws IllegalArgumentException if there is none, or one is there twice
     */
    public VertxRowWatch columns(String... columns) {
        return new VertxRowWatch(vertx, plan.columns(columns), pace, looks, end);
    }

    /**
     * Sets the time between two looks; with {@link #notifiedBy}, the longest time between two looks.
     *
     * @param interval greater than zero; a second unless set
     * @return a changed copy
     * @throws IllegalArgumentException if zero or negative
     */
    public VertxRowWatch every(Duration interval) {
        return new VertxRowWatch(vertx, plan, pace.every(interval), looks, end);
    }

    /**
     * Sets how long a wait may take.
     *
     * @param timeout greater than zero and not shorter than the interval; a minute unless set
     * @return a changed copy
     * @throws IllegalArgumentException if zero or negative
     */
    public VertxRowWatch within(Duration timeout) {
        return new VertxRowWatch(vertx, plan, pace.within(timeout), looks, end);
    }

    /**
     * Ends every wait when a future completes, in whatever way: the end of a request, somebody who has stopped caring.
     *
     * @param end of the wish for a result
     * @return a changed copy
     */
    public VertxRowWatch until(Future<?> end) {
        return new VertxRowWatch(vertx, plan, pace, looks, Objects.requireNonNull(end, "end"));
    }

    /**
     * Listens to a channel of PostgreSQL and looks whenever something is sent to it. {@link RowWatchSql#notifyTrigger} gives
     * the trigger that sends word of every change.
     *
     * <p>One subscriber, which is one connection, serves any number of waits. A wait looks when the subscriber has begun to
     * listen, anew after each reconnect, since what was sent in between is lost, and at the interval all the same: a
     * subscriber that is not connected only means polling.
     *
     * @param subscriber from {@link #subscriber}, or another with a reconnect policy; stays the caller's
     * @param channel its name; case counts
     * @return a changed copy; the future of a wait on a database that is not of PostgreSQL's family fails with {@link
     *     IllegalStateException}
     * @throws IllegalArgumentException if the name is empty, contains NUL or has more than 63 bytes
     */
    public VertxRowWatch notifiedBy(PgSubscriber subscriber, String channel) {
        Objects.requireNonNull(subscriber, "subscriber");
        RowWatchSql.listen(channel);
        return new VertxRowWatch(vertx, plan, pace, looks.heard(word -> hear(subscriber, channel, word)), end);
    }

    /** Has something run after LISTEN and for every notification; returns what ends that. */
    private static Runnable hear(PgSubscriber subscriber, String channel, Runnable word) {
        PgChannel heard = subscriber.channel(channel);
        heard.subscribeHandler(subscribed -> word.run());
        heard.handler(payload -> word.run());
        return () -> heard.handler(null);
    }

    /**
     * Returns a subscriber that comes back when its connection is lost, sooner at first, every six seconds in the end. It is
     * not connected yet; {@code connect()} it once, and {@code close()} it when no watch needs it any more.
     *
     * @param vertx runs it
     * @param options where to connect
     * @return a new subscriber
     */
    public static PgSubscriber subscriber(Vertx vertx, PgConnectOptions options) {
        return PgSubscriber.subscriber(vertx, options)
                .reconnectPolicy(retries -> FIRST_RECONNECT.toMillis() << Math.min(retries, LONGEST_RECONNECT));
    }

    /**
     * Replaces the runner of the looks: its name, listeners and classifier. How often and how long a look is tried, that it is
     * read-only, and its isolation are the watch's own.
     *
     * @param runner the runner; by default one named {@code row-watch} that logs looks at TRACE, failures that are
     *     retried at WARN, and the end of a look that failed for good at DEBUG
     * @return a changed copy
     */
    public VertxRowWatch runner(DbopRunner runner) {
        return new VertxRowWatch(vertx, plan, pace, looks.by(Objects.requireNonNull(runner, "runner")), end);
    }

    /**
     * Looks at the row once: what to decide on, and then to wait from with {@link #awaitChangeFrom}.
     *
     * @return completes with the watched columns, as last committed; fails with {@link RowMissingException} if there is no
     *     row, {@link IllegalStateException} if there is no key or the key is that of several rows, or as the look fails
     */
    public Future<WatchedRow> snapshot() {
        return start(() -> RowWait.forCondition(row(), pace, looks.ticker(), found -> true), true);
    }

    /**
     * Waits until the row differs from what the first look finds. What changed before is not noticed; use {@link #snapshot}
     * and {@link #awaitChangeFrom} where a decision was made on what was read.
     *
     * @return completes with the row as the change has left it; fails with {@link RowMissingException} if there is no row when
     *     the wait begins, {@link RowDeletedException} if it is deleted meanwhile, {@link RowWatchTimeoutException} if it has
     *     not changed when the time of the watch is up, {@link IllegalArgumentException} or {@link IllegalStateException} if
     *     the watch makes no sense, or with the failure of a look that does not pass
     */
    public Future<WatchedRow> awaitChange() {
        return start(() -> change(null), false);
    }

    /**
     * Waits until the row differs from what the caller has seen, which it may do already.
     *
     * @param seen from {@link #snapshot} or an earlier wait of a watch of the same columns
     * @return as {@link #awaitChange}; fails with {@link RowDeletedException} also if the row is not there when the wait begins
     */
    public Future<WatchedRow> awaitChangeFrom(WatchedRow seen) {
        return start(() -> change(plan.comparable(seen)), false);
    }

    /**
     * Waits until a condition holds for the row, as it may already.
     *
     * @param condition asked after each look, on the wait's context; must not block
     * @return completes with the row for which it holds; fails as {@link #awaitChange}
     */
    public Future<WatchedRow> await(Predicate<? super WatchedRow> condition) {
        return start(() -> RowWait.forCondition(row(), pace, looks.ticker(), condition), false);
    }

    private RowWait<WatchedRow> change(@Nullable WatchedRow seen) {
        return RowWait.forChange(row(), pace, looks.ticker(), WatchedRow::equals, seen);
    }

    private String row() {
        return plan.checked().toString();
    }

    private Future<WatchedRow> start(Supplier<RowWait<WatchedRow>> begin, boolean once) {
        RowWait<WatchedRow> wait;
        try {
            wait = begin.get();
        } catch (RuntimeException refused) {
            return Future.failedFuture(refused);
        }
        return RowWatching.start(vertx, wait, plan, looks, once, end);
    }

    /** Table, key and pace. */
    @Override
    public String toString() {
        return "VertxRowWatch[" + plan + ", every " + pace.every() + ", within " + pace.within() + "]";
    }
}
