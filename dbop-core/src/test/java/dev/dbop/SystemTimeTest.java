package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The system's time and chance, as far as that can be said without waiting. */
@Timeout(60)
class SystemTimeTest {
    @Test
    void elapsedTimeNeverGoesBack() {
        long first = Ticker.system().nanoTime();

        assertThat(Ticker.system().nanoTime() - first).isNotNegative();
    }

    @Test
    void sleepingStopsAtAnInterrupt() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Sleeper.system().sleep(Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void sleepingNoTimeReturns() throws Exception {
        Sleeper.system().sleep(Duration.ZERO);
        Sleeper.system().sleep(Duration.ofNanos(1));

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void tasksRunOnADaemonThread() throws Exception {
        CompletableFuture<Boolean> daemon = new CompletableFuture<>();

        Scheduler.Cancellable task = Scheduler.system()
                .schedule(() -> daemon.complete(Thread.currentThread().isDaemon()), Duration.ZERO);

        assertThat(daemon.get(20, TimeUnit.SECONDS)).isTrue();
        task.cancel();
    }

    @Test
    void aTaskThatIsCancelledDoesNotRun() throws Exception {
        CompletableFuture<String> cancelled = new CompletableFuture<>();
        CompletableFuture<String> later = new CompletableFuture<>();
        // One thread runs the tasks in order of time, so the second comes after the first would have.
        CompletableFuture<String> busy = new CompletableFuture<>();
        Scheduler.Cancellable holding = Scheduler.system().schedule(busy::join, Duration.ZERO);
        Scheduler.Cancellable first = Scheduler.system().schedule(() -> cancelled.complete("ran"), Duration.ZERO);
        Scheduler.Cancellable second = Scheduler.system().schedule(() -> later.complete("ran"), Duration.ofNanos(1));

        first.cancel();
        busy.complete("go on");

        assertThat(later.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
        assertThat(cancelled).isNotDone();
        second.cancel();
        holding.cancel();
    }

    @Test
    void chanceIsAtLeastZeroAndBelowOne() {
        for (int i = 0; i < 1000; i++) {
            assertThat(RandomSource.system().nextDouble())
                    .isGreaterThanOrEqualTo(0)
                    .isLessThan(1);
        }
    }
}
