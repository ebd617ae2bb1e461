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

    private final @Nullable Duration statementLimit;
    private final ReentrantLock gate = new ReentrantLock();
    private @Nullable Statement running;
    private boolean limitPassed;
    private Scheduler.@Nullable Cancellable limit;
    private volatile boolean expired;
    private volatile boolean ended;
    private volatile boolean aborted;
    private volatile long firstCancel;

    /**
     * Watches the statements of one attempt.
     *
     * @param driver decides what else is needed to cut the connection
     * @param deadline of the attempt
     * @param statementLimit cancels each statement after this time; null where the server does it
     */
    Canceller(Connection raw, DriverMethods driver, Deadline deadline, @Nullable Duration statementLimit)
            throws SQLException {
        this.physical = raw.unwrap(Connection.class);
        this.statementLimit = statementLimit;
        if (driver == DriverMethods.MARIADB && !deadline.isNone()) {
            networkTimeoutBefore = physical.getNetworkTimeout();
            long millis = deadline.remaining().toMillis()
                    + Duration.ofNanos(GRACE_NANOS).toMillis();
            physical.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, millis));
        }
    }

    /** Runs in background what may block: cancels, the end of lost sessions. */
    static void inBackground(Runnable task) {
        THREADS.execute(task);
    }

    /** The limit of one statement, or null. */
    @Nullable
    Duration statementLimit() {
        return statementLimit;
    }

    boolean hasExpired() {
        return expired;
    }

    boolean wasAborted() {
        return aborted;
    }

    /** A statement is about to run. */
    void enter(Statement statement) {
        if (acquire()) {
            running = statement;
            limitPassed = false;
            limitAfter(statementLimit, statement);
            gate.unlock();
        }
    }

    private void limitAfter(@Nullable Duration delay, Statement statement) {
        if (delay != null) {
            limit = Scheduler.system().schedule(() -> inBackground(() -> limitPassed(statement)), delay);
        }
    }

    /** The statement is over; returns whether it was cancelled because it ran longer than its limit. */
    boolean exit() {
        if (!acquire()) {
            return false;
        }
        running = null;
        if (limit != null) {
            limit.cancel();
            limit = null;
        }
        boolean passed = limitPassed;
        gate.unlock();
        return passed;
    }

    private void limitPassed(Statement statement) {
        gate.lock();
        try {
            if (statement.equals(running) && !ended) {
                limitPassed = true;
                cancel(statement);
                limitAfter(AGAIN, statement);
            }
        } finally {
            gate.unlock();
        }
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
                if (statement != null && !ended) {
                    cancel(statement);
                }
            } finally {
                gate.unlock();
            }
        }
    }

    private static void cancel(Statement statement) {
        try {
            statement.cancel();
        } catch (SQLException notStopped) {
            // The next turn tries again, and after the grace period the connection is cut.
            return;
        }
    }

    /** The attempt is over: from now on nothing is cancelled. Waits for a cancel that is on its way. */
    void end() {
        ended = true;
        if (acquire()) {
            running = null;
            gate.unlock();
            restoreNetworkTimeout();
        }
    }

    private void restoreNetworkTimeout() {
        Integer before = networkTimeoutBefore;
        if (before == null || aborted) {
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
        while (!held && !aborted && System.nanoTime() - since < GRACE_NANOS) {
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
        if (aborted) {
            return;
        }
        aborted = true;
        try {
            physical.abort(Runnable::run);
        } catch (SQLException closedAlready) {
            return;
        }
    }
}
