package dev.dbop.jdbc;

import dev.dbop.Deadline;
import dev.dbop.Scheduler;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stops the statement that runs in an attempt, from another thread, so that nothing late hits a statement that follows:
 * a cancel holds the gate, and a statement neither begins nor is over for us while the gate is held.
 *
 * <p>{@link Statement#cancel} only: a driver's connection-wide cancel may arrive late (measured with pgjdbc: 366 of 600
 * hit the following statement, with {@code Statement.cancel} none).
 */
final class Canceller {
    /** How long the server may take to heed a cancel before the connection is cut. */
    private static final long GRACE_NANOS = Duration.ofSeconds(2).toNanos();

    private static final Duration AGAIN = Duration.ofMillis(500);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final long GATE_LOOK_MILLIS = 50;

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "dbop-jdbc-cancel");
        thread.setDaemon(true);
        return thread;
    });

    private final Connection physical;
    /**
     * Set where neither abort nor close ends a read that hears nothing: MariaDB's driver first kills through another
     * connection, or drains the socket, and waits as long itself (measured with 3.5.11). Null where it was not set.
     */
    private @Nullable Integer networkTimeoutBefore;

    private final Deadline deadline;
    private final @Nullable Duration statementLimit;
    /** Of the attempt around this one, which stops what runs in it too. */
    private final @Nullable Canceller outer;
    /** One for all attempts on a connection. */
    private final ReentrantLock gate;

    private @Nullable Statement running;
    private @Nullable Statement latest;
    private long began;
    private long spent;
    private long unstopped;
    private boolean limitPassed;
    private long limitPassedAt;
    private Scheduler.@Nullable Cancellable limit;
    private volatile boolean opening;
    private volatile Scheduler.@Nullable Cancellable watch;
    private volatile boolean expired;
    private volatile boolean ended;
    private volatile long firstCancel;
    private final AtomicReference<State> state = new AtomicReference<>(State.LIVE);

    /** What has become of the connection, as far as the attempt may cut it. */
    private enum State {
        LIVE,
        CUT,
        LEFT_ALONE
    }

    /**
     * Watches the statements of one attempt, from now on the attempt's own first ones.
     *
     * @param driver decides what else is needed to cut the connection
     * @param deadline of the attempt
     * @param statementLimit cancels each statement after this time; null where the server does it
     * @param outer of the enclosing attempt; null if nothing may stop that
     */
    Canceller(
            Connection raw,
            DriverMethods driver,
            Deadline deadline,
            @Nullable Duration statementLimit,
            @Nullable Canceller outer)
            throws SQLException {
        this.physical = raw.unwrap(Connection.class);
        this.deadline = deadline;
        this.statementLimit = statementLimit;
        this.outer = outer;
        this.gate = outer == null ? new ReentrantLock() : outer.gate;
        if (deadline.isNone()) {
            return;
        }
        if (driver == DriverMethods.MARIADB) {
            networkTimeoutBefore = physical.getNetworkTimeout();
            long millis = deadline.remaining().toMillis()
                    + Duration.ofNanos(GRACE_NANOS).toMillis();
            physical.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, millis));
        }
        opening = true;
        watchOpening(deadline.remaining());
    }

    /** Nobody else watches an attempt that is being opened. */
    private void watchOpening(Duration delay) {
        Runnable look = () -> {
            if (opening) {
                watchOpening(LOOK);
                cancel();
            }
        };
        watch = Scheduler.system().schedule(() -> inBackground(look), delay);
    }

    /** The attempt is open: whoever opened it watches over its time. */
    void opened() {
        opening = false;
        unwatch();
    }

    private void unwatch() {
        Scheduler.Cancellable last = watch;
        if (last != null) {
            last.cancel();
        }
    }

    /** Runs in background what may block: cancels, the end of lost sessions. */
    static void inBackground(Runnable task) {
        THREADS.execute(task);
    }

    boolean hasExpired() {
        return expired || (outer != null && outer.hasExpired());
    }

    /** Whether the enclosing attempt is being stopped, so that nothing inside needs to be tried again. */
    boolean outerHasExpired() {
        return outer != null && outer.hasExpired();
    }

    boolean wasAborted() {
        return state.get() == State.CUT;
    }

    /**
     * A statement is about to run.
     *
     * @param goesOn whether it has run before and is asked for more, which counts as the same statement
     */
    void enter(Statement statement, boolean goesOn) {
        enter(statement, goesOn, Duration.ZERO);
    }

    /**
     * As {@link #enter(Statement, boolean)}.
     *
     * @param unstopped how long it is not cancelled, whatever passes
     */
    void enter(Statement statement, boolean goesOn, Duration unstopped) {
        if (!ended && acquire()) {
            for (Canceller at = this; at != null; at = at.outer) {
                at.begin(statement, goesOn, unstopped);
            }
            gate.unlock();
        }
    }

    private void begin(Statement statement, boolean goesOn, Duration unstopped) {
        running = statement;
        this.unstopped = unstopped.toNanos();
        limitPassed = false;
        began = System.nanoTime() - (goesOn && statement.equals(latest) ? spent : 0);
        latest = statement;
        if (statementLimit != null && limit == null) {
            lookAtLimitIn(statementLimit);
        }
    }

    /** One task for all statements: it is costly beside a row that has arrived already. */
    private void lookAtLimitIn(Duration delay) {
        limit = Scheduler.system().schedule(() -> inBackground(this::lookAtLimit), delay);
    }

    /** The statement is over; returns the limit it was cancelled for, or null. */
    @Nullable
    Duration exit() {
        if (ended || !acquire()) {
            return null;
        }
        Duration passed = null;
        for (Canceller at = this; at != null; at = at.outer) {
            if (at.over()) {
                passed = at.statementLimit;
            }
        }
        gate.unlock();
        return passed;
    }

    private boolean over() {
        boolean passed = limitPassed;
        running = null;
        limitPassed = false;
        spent = System.nanoTime() - began;
        return passed;
    }

    private void lookAtLimit() {
        gate.lock();
        try {
            limit = null;
            Statement statement = running;
            Duration longest = statementLimit;
            if (statement == null || longest == null || ended) {
                return;
            }
            Duration left = longest.minusNanos(System.nanoTime() - began);
            Duration spared = spared();
            if (isPositive(left)) {
                lookAtLimitIn(left);
            } else if (isPositive(spared)) {
                // not longer than the limit, which may be the next statement's
                lookAtLimitIn(spared.compareTo(longest) < 0 ? spared : longest);
            } else {
                passLimit(statement);
            }
        } finally {
            gate.unlock();
        }
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isZero() && !duration.isNegative();
    }

    private void passLimit(Statement statement) {
        long now = System.nanoTime();
        if (!limitPassed) {
            limitPassed = true;
            limitPassedAt = now;
        } else if (now - limitPassedAt > GRACE_NANOS) {
            cut();
            return;
        }
        cancel(statement);
        lookAtLimitIn(AGAIN);
    }

    /** The attempt's time is up: cancels what runs, keeps further statements from running, at last cuts the connection. */
    void cancel() {
        if (ended) {
            return;
        }
        long now = System.nanoTime();
        if (!expired) {
            firstCancel = now;
            expired = true;
        } else if (now - firstCancel > GRACE_NANOS) {
            cut();
            return;
        }
        // An earlier cancel may still be on its way; one at a time.
        if (gate.tryLock()) {
            try {
                Statement statement = running;
                if (statement != null && !ended && !isPositive(spared())) {
                    cancel(statement);
                }
            } finally {
                gate.unlock();
            }
        }
    }

    /** How long what runs may not be cancelled yet. */
    private Duration spared() {
        return Duration.ofNanos(unstopped - (System.nanoTime() - began));
    }

    private static void cancel(Statement statement) {
        try {
            statement.cancel();
        } catch (SQLException notStopped) {
            // The next turn tries again, and after the grace period the connection is cut.
            return;
        }
    }

    /**
     * The operation is over: from now on nothing is cancelled. Waits for a cancel that is on its way. What the attempt
     * sends to undo and to put back gets the grace period, if there was a deadline; then the connection is cut.
     */
    void operationEnded() {
        if (ended) {
            return;
        }
        ended = true;
        opened();
        if (acquire()) {
            running = null;
            if (limit != null) {
                limit.cancel();
                limit = null;
            }
            gate.unlock();
        }
        if (!deadline.isNone()) {
            watch = Scheduler.system().schedule(() -> inBackground(this::cut), Duration.ofNanos(GRACE_NANOS));
        }
    }

    /** The attempt is over: unless it has been cut by now, the connection is left alone. */
    void end() {
        operationEnded();
        if (state.compareAndSet(State.LIVE, State.LEFT_ALONE)) {
            unwatch();
            restoreNetworkTimeout();
        }
    }

    private void restoreNetworkTimeout() {
        Integer before = networkTimeoutBefore;
        if (before == null) {
            return;
        }
        try {
            physical.setNetworkTimeout(Runnable::run, before);
        } catch (SQLException closed) {
            // A closed connection has nothing to restore.
            networkTimeoutBefore = null;
        }
    }

    /**
     * Waits for a cancel that is on its way, so that it cannot strike later. One that does not come back (its own
     * connection hears nothing) makes the connection useless: it is cut, and nothing it may still do matters.
     *
     * @return whether the gate is held
     */
    private boolean acquire() {
        if (gate.tryLock()) {
            return true;
        }
        long since = System.nanoTime();
        boolean interrupted = false;
        boolean held = false;
        while (!held && !wasAborted() && System.nanoTime() - since < GRACE_NANOS) {
            try {
                held = gate.tryLock(GATE_LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (!held) {
            cut();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return held;
    }

    /** Cuts the connection, past the pool, which may have given it up when a cancel failed. */
    private void cut() {
        if (outer != null) {
            outer.cut();
        }
        if (!state.compareAndSet(State.LIVE, State.CUT)) {
            return;
        }
        try {
            physical.abort(Runnable::run);
        } catch (SQLException closedAlready) {
            return;
        }
    }
}
