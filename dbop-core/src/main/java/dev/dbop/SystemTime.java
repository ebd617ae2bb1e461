package dev.dbop;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Time and chance as the Java virtual machine gives them. */
enum SystemTime implements Ticker, Sleeper, Scheduler, RandomSource {
    INSTANCE;

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Durations.nanos(duration));
    }

    @Override
    public Cancellable schedule(Runnable task, Duration delay) {
        var future = Timer.EXECUTOR.schedule(task, Durations.nanos(delay), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public double nextDouble() {
        return ThreadLocalRandom.current().nextDouble();
    }

    /** Started by the first call that needs a timer. */
    private static final class Timer {
        static final ScheduledThreadPoolExecutor EXECUTOR = create();

        private static ScheduledThreadPoolExecutor create() {
            var executor = new ScheduledThreadPoolExecutor(1, task -> {
                Thread thread = new Thread(task, "dbop-timer");
                thread.setDaemon(true);
                return thread;
            });
            // A limit that was met in time must not stay in the queue until it would have struck.
            executor.setRemoveOnCancelPolicy(true);
            return executor;
        }
    }
}
