package dev.dbop.vertx;

import dev.dbop.Scheduler;
import dev.dbop.sql.Database;
import dev.dbop.sql.MySqlSql;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.internal.ContextInternal;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.spi.DatabaseMetadata;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/**
 * One connection as all attempts on it share it: sends their statements, knows which of them run, and stops them so that
 * nothing late hits a statement that follows.
 *
 * <p>Thread-safe: an operation may start its statements on any thread.
 */
final class Session {
    /** How long the server may take to heed a cancel before the connection is cut. */
    static final Duration GRACE = Duration.ofSeconds(2);

    /** How long the client may take to fail what was in flight when its connection was closed. */
    private static final Duration FORGOTTEN = Duration.ofMillis(200);

    final SqlConnection raw;
    final Database database;
    private final @Nullable ContextInternal context;
    private final Stopper stopper;
    private final Map<Promise<?>, Running> running = new ConcurrentHashMap<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicInteger cancels = new AtomicInteger();
    private final Queue<Promise<Boolean>> waiting = new ConcurrentLinkedQueue<>();
    private volatile long answered = System.nanoTime();
    private volatile boolean cut;
    private volatile boolean watchesClosing;
    private volatile @Nullable Handler<Void> closeHandler;
    private volatile @Nullable Vertx vertx;

    Session(SqlConnection raw, Stopper stopper) {
        this.raw = raw;
        this.database = databaseOf(raw);
        this.context = ContextInternal.current();
        this.stopper = stopper;
        this.vertx = context == null ? null : context.owner();
    }

    /** The client's, known once a statement has been answered at the latest. */
    @Nullable
    Vertx vertx() {
        return vertx;
    }

    private static Database databaseOf(SqlConnection connection) {
        DatabaseMetadata metadata = connection.databaseMetadata();
        return Database.of(metadata.productName(), metadata.fullVersion());
    }

    /** Sends a text of our own, of one statement or several. It stops at the first failure. */
    Future<RowSet<Row>> send(String sql) {
        return run(() -> raw.query(sql).execute(), unstopped());
    }

    private Duration unstopped() {
        return database.family() == Database.Family.MYSQL ? MySqlSql.UNSTOPPED : Duration.ZERO;
    }

    /**
     * As {@link #send}, what ends the operation's work: a cancel that is on its way to one of its statements must have
     * arrived by then.
     */
    Future<RowSet<Row>> sendLast(String sql) {
        return last(() -> raw.query(sql).execute());
    }

    /** As {@link #sendLast}, counting the statements that have succeeded before one fails. */
    Future<?> sendCounting(String sql, AtomicInteger succeeded) {
        Collector<Row, ?, Object> counting =
                Collector.of(Object::new, (ignored, row) -> {}, (left, right) -> left, ignored -> {
                    succeeded.incrementAndGet();
                    return ignored;
                });
        return last(() -> raw.query(sql).collecting(counting).execute());
    }

    private <T> Future<T> last(Supplier<Future<T>> start) {
        return uncancelled().compose(connected -> run(start, unstopped()));
    }

    /** Runs something of the operation's on the connection; its future fails at once when the connection is cut. */
    <T> Future<T> run(Supplier<Future<T>> start) {
        return run(start, Duration.ZERO);
    }

    private <T> Future<T> run(Supplier<Future<T>> start, Duration unstopped) {
        if (cut) {
            // In the client's words, which say that nothing was sent: a COMMIT that was not is no unknown one.
            return Future.failedFuture(
                    new VertxException("Connection is not active now: it was cut, because the attempt's time was up"));
        }
        ContextInternal current = ContextInternal.current();
        Promise<T> told = current == null ? Promise.promise() : current.promise();
        running.put(told, new Running(System.nanoTime(), unstopped.toNanos()));
        Future<T> started;
        try {
            started = start.get();
        } catch (RuntimeException refused) {
            started = Future.failedFuture(refused);
        }
        started.onComplete((value, failure) -> {
            running.remove(told);
            answered = System.nanoTime();
            learnVertx();
            if (failure == null) {
                told.tryComplete(value);
            } else {
                told.tryFail(failure);
            }
            settle();
        });
        return told.future();
    }

    /**
     * Fails what the client forgets when the connection is closed under several pipelined statements (vertx-mysql-client
     * 5.0 does so now and then): nobody else would.
     */
    void watchClosing() {
        watchesClosing = true;
        raw.closeHandler(closed -> {
            after(FORGOTTEN, this::failForgotten);
            Handler<Void> theirs = closeHandler;
            if (theirs != null) {
                theirs.handle(null);
            }
        });
    }

    /** Takes the handler of an operation, beside our own; false if there is none of ours. */
    boolean onClosing(@Nullable Handler<Void> handler) {
        if (watchesClosing) {
            closeHandler = handler;
        }
        return watchesClosing;
    }

    private void failForgotten() {
        List<Promise<?>> forgotten = List.copyOf(running.keySet());
        forgotten.forEach(running::remove);
        for (Promise<?> told : forgotten) {
            told.tryFail(new VertxException("Connection was closed, and the client did not say what became of this"));
        }
        settle();
    }

    private void learnVertx() {
        ContextInternal answered = vertx == null ? ContextInternal.current() : null;
        if (answered != null) {
            vertx = answered.owner();
        }
    }

    private AttemptException ended() {
        return new AttemptException("the connection was cut, because the attempt's time was up", "08006", null);
    }

    /** Stops what runs, if anything does that may be stopped by now; a cancel that is on its way is enough. */
    void stop() {
        if (stopping.compareAndSet(false, true)) {
            stopWhileBusy(() -> stopper.stop(this)).onComplete((done, failed) -> stopping.set(false));
        }
    }

    /**
     * Sends a cancel if anything runs that may be stopped by now; the session is not quiet before it has arrived.
     *
     * @param cancel completes, one way or the other, when it can hit nothing any more
     */
    Future<?> stopWhileBusy(Supplier<Future<?>> cancel) {
        cancels.incrementAndGet();
        // Asked only now: what ends from here on waits for the cancel.
        Future<?> sent = mayBeStopped() ? cancel.get() : Future.succeededFuture();
        return sent.onComplete((done, failed) -> {
            cancels.decrementAndGet();
            settle();
        });
    }

    /** The server runs one after the other, so nothing has run for longer than since its last answer. */
    private boolean mayBeStopped() {
        long now = System.nanoTime();
        long idle = now - answered;
        return !running.isEmpty()
                && running.values().stream().allMatch(one -> Math.min(now - one.since, idle) >= one.unstopped);
    }

    /**
     * What was sent and not answered.
     *
     * @param since the nanosecond it was sent at
     * @param unstopped for so many nanoseconds it may not be stopped
     */
    private record Running(long since, long unstopped) {}

    /**
     * Waits until nothing runs and no cancel is on its way, within the grace period; then the connection is cut.
     *
     * @return completes with true if the connection is still of use
     */
    Future<Boolean> quiet() {
        if (isQuiet()) {
            return Future.succeededFuture(isConnected());
        }
        Promise<Boolean> quiet = context == null ? Promise.promise() : context.promise();
        waiting.add(quiet);
        Scheduler.Cancellable limit = after(GRACE, this::cut);
        settle();
        return quiet.future().onComplete((done, failed) -> limit.cancel());
    }

    /**
     * Waits, after a success, for a cancel that came too late for it and would hit a statement that follows.
     *
     * @return completes with true if the connection is still of use
     */
    Future<Boolean> uncancelled() {
        return cancels.get() == 0 ? Future.succeededFuture(isConnected()) : quiet();
    }

    private boolean isQuiet() {
        return cut || (running.isEmpty() && cancels.get() == 0);
    }

    private void settle() {
        Promise<Boolean> quiet = isQuiet() ? waiting.poll() : null;
        while (quiet != null) {
            quiet.tryComplete(isConnected());
            quiet = waiting.poll();
        }
    }

    Scheduler.Cancellable after(Duration delay, Runnable task) {
        return context == null
                ? Scheduler.system().schedule(task, delay)
                : new VertxScheduler(context).schedule(task, delay);
    }

    /** Fails everything that waits for the server and closes the connection, past the pool. */
    void cut() {
        if (cut) {
            return;
        }
        cut = true;
        for (Promise<?> told : running.keySet()) {
            told.tryFail(ended());
        }
        PhysicalConnection.cut(raw);
        settle();
    }

    /** Whether the attempt's time was up and nothing less than cutting the connection ended its work. */
    boolean wasCut() {
        return cut;
    }

    boolean isConnected() {
        return !cut && PhysicalConnection.isConnected(raw);
    }

    /** How the statement that runs on a connection is stopped on the server. */
    @FunctionalInterface
    interface Stopper {
        /** Completes, one way or the other, when nothing of it can arrive any more. */
        Future<?> stop(Session session);
    }
}
