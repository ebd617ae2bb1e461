package dev.dbop.benchmarks.sick;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Sends calls at a fixed rate, however long they take, before, during and after the illness. */
final class Patient {
    private static final long WINDOW = TimeUnit.MILLISECONDS.toNanos(250);
    /** As many windows in a row must be well. */
    private static final int WELL = 4;

    private final Illness illness;
    private final Callable<Boolean> call;
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final long start = System.nanoTime();
    private long illAt;
    private long healedAt;
    private long requestsBefore;
    private long requestsAfter;

    Patient(Illness illness, Callable<Boolean> call) {
        this.illness = illness;
        this.call = call;
    }

    /** Runs the three phases. */
    void live(int perSecond, Duration healthy, Duration sick, Duration after) throws InterruptedException {
        ExecutorService threads = Executors.newCachedThreadPool();
        Duration all = healthy.plus(sick).plus(after);
        illAt = healthy.toNanos();
        healedAt = illAt + sick.toNanos();
        long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        for (long at = 0; at < all.toNanos(); at += interval) {
            waitUntil(at);
            turn(at, interval);
            long arrived = at;
            threads.execute(() -> run(arrived));
        }
        threads.shutdown();
        if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("calls still run a minute after the last one came");
        }
    }

    private void turn(long at, long interval) {
        if (at >= illAt && at < illAt + interval) {
            requestsBefore = illness.requests();
            illness.begin();
        } else if (at >= healedAt && at < healedAt + interval) {
            requestsAfter = illness.requests();
            illness.end();
        }
    }

    private void waitUntil(long at) {
        long left = start + at - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = start + at - System.nanoTime();
        }
    }

    private void run(long arrived) {
        boolean succeeded = false;
        try {
            succeeded = call.call();
        } catch (Exception failed) {
            // that is what is counted
        }
        calls.add(new Call(arrived, System.nanoTime() - start - arrived, succeeded));
    }

    /** Requests the database got per second while it was ill. */
    double requestsPerSecond() {
        return (requestsAfter - requestsBefore) * 1e9 / (healedAt - illAt);
    }

    /** The part of the calls made in the illness that failed. */
    double failed() {
        List<Call> during = between(illAt, healedAt);
        return during.stream().filter(one -> !one.succeeded()).count() / (double) Math.max(1, during.size());
    }

    /** Milliseconds that all but one of a hundred calls made in the illness stayed below. */
    double p99() {
        return percentile(between(illAt, healedAt), 0.99) / 1e6;
    }

    /** Milliseconds of the median call before the illness. */
    double healthyP50() {
        return percentile(between(0, illAt), 0.5) / 1e6;
    }

    /** Seconds after the healing from when on calls are as before: none fails, the median at most twice as long. */
    @Nullable
    Double recovery() {
        double bound = 2 * percentile(between(0, illAt), 0.5);
        int well = 0;
        for (long at = healedAt; !between(at, at + WINDOW).isEmpty(); at += WINDOW) {
            List<Call> window = between(at, at + WINDOW);
            boolean fine = window.stream().allMatch(Call::succeeded) && percentile(window, 0.5) <= bound;
            well = fine ? well + 1 : 0;
            if (well == WELL) {
                return (at - (WELL - 1) * WINDOW - healedAt) / 1e9;
            }
        }
        return null;
    }

    private List<Call> between(long from, long to) {
        List<Call> found = new ArrayList<>(calls);
        found.removeIf(one -> one.arrived() < from || one.arrived() >= to);
        return found;
    }

    private static double percentile(List<Call> calls, double part) {
        return calls.stream()
                .mapToLong(Call::nanos)
                .sorted()
                .skip((long) (part * calls.size()))
                .findFirst()
                .orElse(0);
    }

    /** Waiting for a connection ends sooner than the callers' patience. */
    static HikariDataSource impatient(HikariDataSource pool) {
        pool.setConnectionTimeout(TimeUnit.SECONDS.toMillis(5));
        return pool;
    }
}
