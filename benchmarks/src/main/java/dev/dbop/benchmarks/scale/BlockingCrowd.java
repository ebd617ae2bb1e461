package dev.dbop.benchmarks.scale;

import dev.dbop.benchmarks.peers.Peers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Blocking calls, each on a virtual thread. */
final class BlockingCrowd extends Crowd {
    private final CountDownLatch go = new CountDownLatch(1);
    private final Callable<Integer> call;
    private final List<Thread> threads;

    BlockingCrowd(String contender, int calls, Where where) {
        super(calls, where);
        this.threads = new ArrayList<>(calls);
        this.call = Peers.of(contender, policy()).decorate(this::attempt);
    }

    private Integer attempt() throws Exception {
        int number = attempts.incrementAndGet();
        if (where == Where.BACKOFF) {
            throw conflict();
        }
        go.await();
        return number;
    }

    private void call() {
        try {
            call.call();
        } catch (Exception interrupted) {
            // the crowd is let go
        }
    }

    @Override
    void start() {
        for (int i = 0; i < calls; i++) {
            threads.add(Threads.start(this::call));
        }
    }

    @Override
    void gather() {
        while (attempts.get() < calls
                || threads.stream().anyMatch(thread -> thread.getState() == Thread.State.RUNNABLE)) {
            LockSupport.parkNanos(100_000);
        }
    }

    @Override
    void letGo() throws InterruptedException {
        go.countDown();
        if (where == Where.BACKOFF) {
            threads.forEach(Thread::interrupt);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** A thread that sleeps needs none of ours. */
    @Override
    @Nullable
    Integer timers() {
        return null;
    }

    @Override
    void close() {
        threads.clear();
    }
}
