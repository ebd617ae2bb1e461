package dev.dbop.jdbc;

import dev.dbop.Scheduler;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "dbop-jdbc-cancel");
        thread.setDaemon(true);
        return thread;
    });

    private final Connection raw;
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
     * @param statementLimit cancels each statement after this time; null where the server does it
     */
    Canceller(Connection raw, @Nullable Duration statementLimit) {
        this.raw = raw;
        this.statementLimit = statementLimit;
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
        gate.lock();
        try {
            running = statement;
            limitPassed = false;
            if (statementLimit != null) {
                limit = Scheduler.system().schedule(() -> inBackground(() -> limitPassed(statement)), statementLimit);
            }
        } finally {
            gate.unlock();
        }
    }

    /** The statement is over; returns whether it was cancelled because it ran longer than its limit. */
    boolean exit() {
        gate.lock();
        try {
            running = null;
            if (limit != null) {
                limit.cancel();
                limit = null;
            }
            return limitPassed;
        } finally {
            gate.unlock();
        }
    }

    private void limitPassed(Statement statement) {
        gate.lock();
        try {
            if (running == statement && !ended) {
                limitPassed = true;
                cancel(statement);
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
        } else if (now - firstCancel > GRACE_NANOS && !aborted) {
            aborted = true;
            abort();
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

    private void abort() {
        try {
            raw.abort(Runnable::run);
        } catch (SQLException closedAlready) {
            return;
        }
    }

    /** The attempt is over: from now on nothing is cancelled. Waits for a cancel that is on its way. */
    void end() {
        ended = true;
        gate.lock();
        try {
            running = null;
        } finally {
            gate.unlock();
        }
    }
}
