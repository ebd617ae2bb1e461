package dev.dbop;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/**
 * Time that passes only when somebody waits: ticker, sleeper and scheduler in one. For one thread.
 *
 * <p>The clock starts one second before the counter of nanoseconds overflows, so that whoever compares readings instead
 * of differences fails.
 */
final class VirtualTime implements Ticker, Sleeper, Scheduler {
    private static final long START = Long.MAX_VALUE - 1_000_000_000L;

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.<Task>comparingLong(task -> task.due).thenComparingLong(task -> task.order));
    private final List<Duration> sleeps = new ArrayList<>();
    private long elapsed;
    private long scheduled;
    private boolean interruptNextSleep;

    @Override
    public long nanoTime() {
        return START + elapsed;
    }

    Duration elapsed() {
        return Duration.ofNanos(elapsed);
    }

    /** What was slept, in order. */
    List<Duration> sleeps() {
        return sleeps;
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (interruptNextSleep) {
            interruptNextSleep = false;
            throw new InterruptedException("interrupted in virtual sleep");
        }
        sleeps.add(duration);
        pass(duration);
    }

    /** The next sleep ends at once, as if another thread had interrupted it; the flag is clear then, as always. */
    void interruptNextSleep() {
        interruptNextSleep = true;
    }

    @Override
    public Cancellable schedule(Runnable task, Duration delay) {
        Task entry = new Task(elapsed + delay.toNanos(), scheduled++, task);
        tasks.add(entry);
        return () -> tasks.remove(entry);
    }

    /** Tasks that were scheduled and have neither run nor been cancelled. */
    int pending() {
        return tasks.size();
    }

    /** Lets time pass; what falls due meanwhile runs at its own moment. */
    void pass(Duration duration) {
        long until = elapsed + duration.toNanos();
        while (!tasks.isEmpty() && tasks.element().due <= until) {
            runNext();
        }
        elapsed = Math.max(elapsed, until);
    }

    /** Lets as much time pass as the future needs. */
    void passUntilDone(CompletableFuture<?> future) {
        while (!future.isDone()) {
            if (tasks.isEmpty()) {
                fail("the future can never complete: nothing is scheduled");
            }
            runNext();
        }
    }

    private void runNext() {
        Task next = tasks.remove();
        elapsed = Math.max(elapsed, next.due);
        next.work.run();
    }

    private record Task(long due, long order, Runnable work) {}
}
