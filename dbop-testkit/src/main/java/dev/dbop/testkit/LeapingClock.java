package dev.dbop.testkit;

import dev.dbop.Scheduler;
import dev.dbop.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A clock like any other until it is told to leap: the time of the attempt that runs is up then. */
final class LeapingClock implements Ticker, Scheduler {

    private final Duration leap;
    private final AtomicLong leapt = new AtomicLong();
    private final AtomicReference<@Nullable Due> due = new AtomicReference<>();

    /**
     * Makes a clock.
     *
     * @param leap as long as the attempts may take, and far longer than any other delay
     */
    LeapingClock(Duration leap) {
        this.leap = leap;
    }

    private record Due(Runnable task, Cancellable timer) {}

    @Override
    public long nanoTime() {
        return System.nanoTime() + leapt.get();
    }

    /** Only what is far off has to do with the leap: the limit of an attempt, and no back-off. */
    @Override
    public Cancellable schedule(Runnable task, Duration delay) {
        Cancellable timer = Scheduler.system().schedule(task, delay);
        if (delay.compareTo(leap.dividedBy(2)) < 0) {
            return timer;
        }
        Due scheduled = new Due(task, timer);
        due.set(scheduled);
        return () -> {
            due.compareAndSet(scheduled, null);
            timer.cancel();
        };
    }

    void leap() {
        leapt.addAndGet(leap.toNanos());
        Due now = due.getAndSet(null);
        if (now != null) {
            now.timer().cancel();
            now.task().run();
        }
    }
}
