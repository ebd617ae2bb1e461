package dev.dbop;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Stops an attempt when its time is up or its call is cancelled, again and again until it has ended: a cancel that arrives
 * between two statements stops neither, so one call is not enough.
 */
final class Watch implements Runnable {
    private static final Duration AGAIN = Duration.ofMillis(100);

    private final Deadline deadline;
    private final Scheduler scheduler;
    private final Executor executor;
    private final Runnable cancel;
    private volatile boolean cancelled;
    private volatile boolean expired;
    private volatile boolean ended;
    private volatile Scheduler.@Nullable Cancellable task;

    private Watch(Deadline deadline, Scheduler scheduler, Executor executor, Runnable cancel) {
        this.deadline = deadline;
        this.scheduler = scheduler;
        this.executor = executor;
        this.cancel = cancel;
    }

    /** Watches one attempt, with a deadline or not. The cancel runs, and may block, on the executor. */
    static Watch over(AttemptContext context, Scheduler scheduler, Executor executor, Runnable cancel) {
        Watch watch = new Watch(context.deadline(), scheduler, executor, cancel);
        if (!watch.deadline.isNone()) {
            watch.scheduleIn(watch.deadline.remaining());
        }
        return watch;
    }

    /** Threads for cancels that block; idle ones go away. */
    static Executor blocking() {
        return Blocking.THREADS;
    }

    /** Stops the attempt now, although its time is not up. */
    void cancel() {
        cancelled = true;
        Scheduler.Cancellable last = task;
        if (last != null) {
            last.cancel();
        }
        run();
    }

    boolean hasExpired() {
        return expired;
    }

    /** Whether the attempt's time is up, even if the scheduler has not come to it yet. */
    boolean timeIsUp() {
        return expired || deadline.hasPassed();
    }

    /**
     * Ends the watch and tells whether the attempt's time was up: the server, which was given the same limit, may have
     * stopped the attempt a moment before the watch came to it.
     */
    boolean end() {
        ended = true;
        Scheduler.Cancellable last = task;
        if (last != null) {
            last.cancel();
        }
        return timeIsUp();
    }

    @Override
    public void run() {
        if (ended) {
            return;
        }
        expired = !cancelled || deadline.hasPassed();
        // First, so that a cancel that throws is not the last one.
        scheduleNext();
        executor.execute(this::stop);
    }

    /** A scheduler that was closed under the call must not keep the attempt from being stopped at least once. */
    private void scheduleNext() {
        try {
            scheduleIn(AGAIN);
        } catch (RuntimeException closed) {
            LoggerFactory.getLogger(DbopRunner.class)
                    .warn("an attempt is stopped only once, because the scheduler takes no more tasks", closed);
        }
    }

    private void stop() {
        if (ended) {
            return;
        }
        try {
            cancel.run();
        } catch (RuntimeException broken) {
            LoggerFactory.getLogger(DbopRunner.class)
                    .warn("stopping an attempt whose time is up failed; it is tried again", broken);
        }
    }

    private void scheduleIn(Duration delay) {
        Scheduler.Cancellable next = scheduler.schedule(this, delay);
        task = next;
        if (ended) {
            next.cancel();
        }
    }

    private static final class Blocking {
        static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "dbop-cancel");
            thread.setDaemon(true);
            return thread;
        });
    }
}
