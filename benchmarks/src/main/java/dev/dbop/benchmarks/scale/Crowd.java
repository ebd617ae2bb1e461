package dev.dbop.benchmarks.scale;

import dev.dbop.benchmarks.peers.Contended;
import dev.dbop.benchmarks.peers.Pace;
import dev.dbop.benchmarks.peers.Policy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Many calls at once that are held where they wait, measured, and let go. */
abstract class Crowd {
    /** Below this many calls, what else is on the heap hides theirs. */
    private static final int ENOUGH = 100;

    /** Where the calls wait. */
    enum Where {
        OPERATION,
        BACKOFF
    }

    /**
     * What was found.
     *
     * @param bytes of a waiting call; null where they are too few
     * @param timers alive while they wait; null where they cannot be seen
     * @param timersAfter alive when all calls have ended
     */
    record Found(
            @Nullable Double bytes,
            @Nullable Integer timers,
            @Nullable Integer timersAfter) {}

    final int calls;
    final Where where;
    final AtomicInteger attempts = new AtomicInteger();

    Crowd(int calls, Where where) {
        this.calls = calls;
        this.where = where;
    }

    /** Long enough for nobody to come back by himself. */
    static Policy policy() {
        Duration hour = Duration.ofHours(1);
        return new Policy(3, new Pace(Pace.Form.EXP, hour, hour), Contended::is);
    }

    /** Fails the first attempt where the calls are to wait for the next. */
    static SQLException conflict() {
        return new Conflict();
    }

    private static final class Conflict extends SQLException {
        private static final long serialVersionUID = 1;

        Conflict() {
            super("conflict", "40001");
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it changes nothing
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    abstract void start();

    /** Waits until every call waits. */
    abstract void gather() throws InterruptedException;

    abstract void letGo() throws InterruptedException;

    abstract @Nullable Integer timers();

    abstract void close();

    /** Holds them, looks, and lets them go. */
    final Found hold() throws InterruptedException {
        long before = Heap.used();
        start();
        gather();
        double bytes = (Heap.used() - before) / (double) calls;
        Integer timers = timers();
        letGo();
        Integer after = timers();
        close();
        return new Found(calls < ENOUGH ? null : bytes, timers, after);
    }

    /** Starts them, lets them go at once, and takes the time. */
    final double callsPerSecond() throws InterruptedException {
        long begun = System.nanoTime();
        start();
        gather();
        letGo();
        double seconds = (System.nanoTime() - begun) / 1e9;
        close();
        return calls / seconds;
    }
}
