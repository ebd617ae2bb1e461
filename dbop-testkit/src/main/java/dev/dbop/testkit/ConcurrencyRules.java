package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Backoff;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.Scope;
import dev.dbop.sql.Isolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many calls at once: nothing is lost, nothing happens twice, every connection comes back. */
abstract class ConcurrencyRules<R, S extends Scope> extends WrongStateRules<R, S> {

    private static final int THREADS = 50;
    private static final int CONNECTIONS = 5;

    ConcurrencyRules(TestDatabase database) {
        super(database);
    }

    private DbopRunner patient() {
        return runner.policy(RetryPolicy.builder()
                .maxRetries(200)
                .initialDelay(Duration.ofMillis(2))
                .maxDelay(Duration.ofMillis(50))
                .backoff(Backoff.fullJitter())
                .build());
    }

    @Test
    void losesNothingWhenFiftyThreadsShareFiveConnections() throws Exception {
        ScopeSource<S> source = source(CONNECTIONS);
        inParallel(
                THREADS,
                number -> call(patient(), source.transaction(), r -> {
                    note(r, "thread " + number);
                    raise(r, 1);
                    return true;
                }));

        assertThat(counter(1)).isEqualTo(THREADS);
        assertThat(notes()).hasSize(THREADS).doesNotHaveDuplicates();
    }

    @Test
    void losesNoUpdateThatWasComputedFromWhatWasRead() throws Exception {
        needs(ScopeFeature.ISOLATION);
        ScopeSource<S> source = source(CONNECTIONS);
        int threads = 10;
        inParallel(
                threads,
                number -> call(patient().isolation(Isolation.SERIALIZABLE), source.transaction(), r -> {
                    long read = millis(r, "select v from counter where id = 2");
                    run(r, "update counter set v = " + (read + 1) + " where id = 2");
                    return true;
                }));

        assertThat(counter(2)).isEqualTo(threads);
    }

    /** Part of a test that is run by several threads. */
    @FunctionalInterface
    private interface Part {
        void run(int number) throws Exception;
    }

    private static void inParallel(int threads, Part part) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                parts.add(executor.submit(() -> {
                    start.await();
                    part.run(number);
                    return true;
                }));
            }
            start.countDown();
            for (Future<?> each : parts) {
                each.get(50, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
