package dev.dbop.testkit.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Threads that run recovery again and again. */
final class Recoverers {
    private static final int PAUSE_MILLIS = 10;

    private final ScheduledExecutorService threads;
    private final List<ScheduledFuture<?>> runs = new ArrayList<>();

    Recoverers(int count, Runnable recovery) {
        threads = Executors.newScheduledThreadPool(Math.max(1, count));
        for (int i = 0; i < count; i++) {
            runs.add(threads.scheduleWithFixedDelay(recovery, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS));
        }
    }

    /** Lets each finish what it is at; none may have thrown. */
    void stop() throws InterruptedException, ExecutionException {
        for (ScheduledFuture<?> run : runs) {
            boolean threw = run.isDone();
            run.cancel(false);
            if (threw) {
                run.get();
            }
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }
}
