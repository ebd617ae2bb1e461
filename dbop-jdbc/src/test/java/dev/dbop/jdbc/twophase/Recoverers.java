package dev.dbop.jdbc.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.jdbc.Recovery;
import dev.dbop.jdbc.RecoveryReport;
import dev.dbop.twophase.GroupReport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
    private final List<RecoveryReport> reports = new CopyOnWriteArrayList<>();

    Recoverers(int count, Recovery recovery) {
        threads = Executors.newScheduledThreadPool(Math.max(1, count));
        for (int i = 0; i < count; i++) {
            runs.add(threads.scheduleWithFixedDelay(
                    () -> reports.add(recovery.recover()), 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS));
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

    List<RecoveryReport> reports() {
        return reports;
    }

    /** Counts what was committed or rolled back. */
    static long finished(List<RecoveryReport> reports) {
        return reports.stream()
                .flatMap(report -> report.groups().stream())
                .filter(group -> group instanceof GroupReport.Committed || group instanceof GroupReport.RolledBack)
                .count();
    }
}
