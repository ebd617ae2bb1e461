package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** The watch over an attempt's time with schedulers that do not do as they are told. */
class WatchTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final VirtualTime time = new VirtualTime();
    private final List<String> cancels = new ArrayList<>();
    private final AttemptContext context =
            new AttemptContext(CallSettings.DEFAULT, 1, Deadline.after(LIMIT, time), false, null);

    @Test
    void doesNotCancelAfterTheEndAlthoughTheTaskCannotBeWithdrawn() {
        Scheduler stubborn = (task, delay) -> {
            Scheduler.Cancellable ignored = time.schedule(task, delay);
            assertThat(ignored).isNotNull();
            return () -> {};
        };
        Watch watch = Watch.over(context, stubborn, Runnable::run, this::cancel);

        assertThat(watch.end()).isFalse();
        time.pass(Duration.ofMinutes(1));

        assertThat(cancels).isEmpty();
        assertThat(watch.hasExpired()).isFalse();
        assertThat(time.pending()).isZero();
    }

    @Test
    void doesNotCancelAfterTheEndAlthoughTheCancelWasOnItsWay() {
        Queue<Runnable> threads = new ArrayDeque<>();
        Watch watch = Watch.over(context, time, threads::add, this::cancel);
        time.pass(LIMIT);

        assertThat(watch.end()).isTrue();
        threads.forEach(Runnable::run);

        assertThat(threads).hasSize(1);
        assertThat(cancels).isEmpty();
    }

    @Test
    void withdrawsTheTaskItScheduledWhileItEnded() {
        Watch[] watch = {null};
        watch[0] = Watch.over(
                context, time, Runnable::run, () -> assertThat(watch[0].end()).isTrue());

        time.pass(LIMIT);

        assertThat(time.pending()).isZero();
    }

    @Test
    void knowsThatTheTimeIsUpAlthoughTheSchedulerIsLate() {
        Watch watch = Watch.over(context, (task, delay) -> () -> {}, Runnable::run, this::cancel);

        time.pass(LIMIT.minusNanos(1));
        assertThat(watch.end()).isFalse();
        time.pass(Duration.ofNanos(1));

        assertThat(watch.end()).isTrue();
        assertThat(watch.hasExpired()).isFalse();
        assertThat(cancels).isEmpty();
    }

    @Test
    void logsACancelThatThrowsAndTriesAgain() {
        RuntimeException broken = new IllegalStateException("broken");
        Watch watch = Watch.over(context, time, Runnable::run, () -> {
            cancel();
            throw broken;
        });

        try (CapturedLog log = CapturedLog.of(DbopRunner.class.getName())) {
            time.pass(LIMIT.plusMillis(100));

            assertThat(log.lines())
                    .hasSize(2)
                    .containsOnly("WARN stopping an attempt whose time is up failed; it is tried again");
            assertThat(log.failures()).containsOnly(broken);
        }
        assertThat(cancels).hasSize(2);
        assertThat(watch.end()).isTrue();
    }

    @Test
    void tellsWhetherItHadToStopTheAttempt() {
        Watch inTime = Watch.over(context, time, Runnable::run, this::cancel);
        assertThat(inTime.end()).isFalse();

        Watch late = Watch.over(context, time, Runnable::run, this::cancel);
        time.pass(LIMIT.plusMillis(250));

        assertThat(late.hasExpired()).isTrue();
        assertThat(late.end()).isTrue();
        assertThat(cancels).hasSize(3);
        assertThat(time.pending()).isZero();
    }

    @Test
    void cancelsBeforeTheTimeIsUpWithoutCallingThatATimeout() {
        AttemptContext unlimited = new AttemptContext(CallSettings.DEFAULT, 1, Deadline.none(), false, null);
        for (AttemptContext watched : List.of(context, unlimited)) {
            Watch watch = Watch.over(watched, time, Runnable::run, this::cancel);

            watch.cancel();
            time.pass(Duration.ofMillis(250));

            assertThat(cancels).hasSize(3);
            assertThat(watch.end()).isFalse();
            assertThat(time.pending()).isZero();
            cancels.clear();
        }
    }

    private void cancel() {
        cancels.add("cancel");
    }
}
