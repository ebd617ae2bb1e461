package dev.dbop.jdbc;

import dev.dbop.RandomSource;
import dev.dbop.twophase.GroupReport;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs {@link Recovery} again and again, in a daemon thread of its own. Any number may run at the same time, in this
 * process and in others.
 */
public final class RecoveryTask implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryTask.class);
    private static final double JITTER = 0.2;
    private static final long LONGEST_STOP_SECONDS = 10;

    private final Recovery recovery;
    private final Duration interval;
    private final Consumer<? super RecoveryReport> listener;
    private final ScheduledExecutorService executor;

    private RecoveryTask(Recovery recovery, Duration interval, Consumer<? super RecoveryReport> listener) {
        this.recovery = recovery;
        this.interval = interval;
        this.listener = listener;
        this.executor = Executors.newSingleThreadScheduledExecutor(run -> {
            Thread thread = new Thread(run, "dbop-recovery");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts a task that runs at once, and then after each interval, 20 % longer or shorter by chance, so that processes
     * started together do not stay together.
     *
     * @param recovery what to run
     * @param interval between the end of one run and the begin of the next
     * @param listener gets each report, in the task's thread; what it throws is logged
     * @return the running task, to be closed
     * @throws IllegalArgumentException if the interval is shorter than 100 ms or longer than a day
     */
    public static RecoveryTask start(Recovery recovery, Duration interval, Consumer<? super RecoveryReport> listener) {
        Objects.requireNonNull(recovery, "recovery");
        Objects.requireNonNull(listener, "listener");
        if (interval.compareTo(Duration.ofMillis(100)) < 0 || interval.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("interval is " + interval + ": must be from 100 ms to a day");
        }
        RecoveryTask task = new RecoveryTask(recovery, interval, listener);
        task.executor.execute(task::run);
        return task;
    }

    private void run() {
        try {
            RecoveryReport report = recovery.recover();
            log(report);
            listener.accept(report);
        } catch (RuntimeException broken) {
            LOG.error("a run of recovery failed; the next one tries again", broken);
        }
        if (!executor.isShutdown()) {
            ScheduledFuture<?> next = executor.schedule(this::run, nextDelay(), TimeUnit.MILLISECONDS);
            LOG.trace("the next run of recovery: {}", next);
        }
    }

    private static void log(RecoveryReport report) {
        if (!report.unavailable().isEmpty() || report.groups().stream().anyMatch(RecoveryTask::isTrouble)) {
            LOG.warn("recovery left work to a later run: {}", report);
        } else if (!report.groups().isEmpty()) {
            LOG.info("recovery found {}", report.groups());
        }
    }

    /** A group whose coordinator is at work is no trouble. */
    private static boolean isTrouble(GroupReport group) {
        return group instanceof GroupReport.Conflicting
                || (group instanceof GroupReport.Deferred deferred
                        && deferred.why() != GroupReport.Why.COORDINATOR_ALIVE
                        && deferred.why() != GroupReport.Why.NOT_QUIET);
    }

    private long nextDelay() {
        double factor = 1 + JITTER * (2 * RandomSource.system().nextDouble() - 1);
        return Math.round(interval.toMillis() * factor);
    }

    /** Stops the task; waits up to 10 seconds for a run that is under way. */
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(LONGEST_STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a run of recovery is still under way; it ends by itself");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
