package dev.dbop.benchmarks.scale;

import dev.dbop.benchmarks.peers.AsyncPeers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asynchronous calls, started from one thread. */
final class AsyncCrowd extends Crowd {
    private final List<CompletableFuture<Integer>> running;
    private final List<CompletableFuture<Integer>> started;
    private final ScheduledThreadPoolExecutor timers = AsyncPeers.timers();
    private final Supplier<CompletionStage<Integer>> call;
    private final boolean bringsTimers;

    AsyncCrowd(String contender, int calls, Where where) {
        super(calls, where);
        this.running = new ArrayList<>(calls);
        this.started = new ArrayList<>(calls);
        this.bringsTimers = contender.equals("smallrye");
        this.call = AsyncPeers.decorate(contender, policy(), timers, this::attempt);
    }

    /** Some start attempts on threads of their own. */
    private CompletionStage<Integer> attempt() {
        if (where == Where.BACKOFF) {
            attempts.incrementAndGet();
            return CompletableFuture.failedFuture(conflict());
        }
        CompletableFuture<Integer> result = new CompletableFuture<>();
        synchronized (running) {
            running.add(result);
        }
        attempts.incrementAndGet();
        return result;
    }

    @Override
    void start() {
        for (int i = 0; i < calls; i++) {
            started.add(call.get().toCompletableFuture());
        }
    }

    @Override
    void gather() {
        while (attempts.get() < calls
                || (where == Where.BACKOFF && !bringsTimers && timers.getQueue().size() < calls)) {
            LockSupport.parkNanos(100_000);
        }
    }

    @Override
    void letGo() {
        if (where == Where.BACKOFF) {
            started.forEach(each -> each.cancel(true));
            return;
        }
        List.copyOf(running).forEach(each -> each.complete(1));
        for (CompletableFuture<Integer> each : started) {
            try {
                each.join();
            } catch (CompletionException impossible) {
                throw new IllegalStateException("a call failed that was completed", impossible);
            }
        }
    }

    @Override
    @Nullable
    Integer timers() {
        return bringsTimers ? null : timers.getQueue().size();
    }

    @Override
    void close() {
        timers.shutdownNow();
        running.clear();
        started.clear();
    }
}
