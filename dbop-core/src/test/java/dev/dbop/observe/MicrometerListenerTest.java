package dev.dbop.observe;

import static dev.dbop.observe.ScriptedScope.failing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.CommitStatus;
import dev.dbop.DbopRunner;
import dev.dbop.Operation;
import dev.dbop.RetryBudget;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.twophase.GroupId;
import dev.dbop.twophase.GroupReport;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MicrometerListenerTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedScope scope = ScriptedScope.on(Database.MARIADB);
    private final AtomicLong nanos = new AtomicLong();
    private final DbopRunner runner = DbopRunner.create()
            .named("rename")
            .policy(RetryPolicy.builder().jitter(0).build())
            .ticker(nanos::get)
            .sleeper(delay -> nanos.addAndGet(delay.toNanos()))
            .listeners(MicrometerListener.of(registry));

    @Test
    void timesCallsAndCountsAttemptsAndRetries() throws Exception {
        runner.call(scope, attempt -> "done");
        runner.call(scope, failing(new Fault(Verdict.RETRY_TRANSACTION), new Fault(Verdict.RETRY_CONNECTION)));

        Timer calls = registry.get("dbop.calls")
                .tags("name", "rename", "database", "mariadb", "outcome", "success", "reason", "none")
                .timer();
        assertThat(calls.count()).isEqualTo(2);
        assertThat(calls.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(300);
        assertThat(counter("dbop.attempts")).isEqualTo(4);
        assertThat(counter("dbop.retries", "verdict", "retry_transaction")).isEqualTo(1);
        assertThat(counter("dbop.retries", "verdict", "retry_connection")).isEqualTo(1);
        assertThat(registry.get("dbop.backoff").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(300);
    }

    @Test
    void tellsHowCallsEnd() {
        assertFails(failing(new Fault(Verdict.GIVE_UP)));
        assertFails(failing(new IllegalStateException("out of stock")));
        assertFails(attempt -> {
            throw new AssertionError("broken");
        });
        scope.commitsFail(new Fault(Verdict.OUTCOME_UNKNOWN));
        assertFails(attempt -> "done");

        assertThat(ended("gave_up", "not_retryable")).isEqualTo(1);
        assertThat(ended("gave_up", "not_of_the_database")).isEqualTo(1);
        assertThat(ended("gave_up", "error")).isEqualTo(1);
        assertThat(ended("outcome_unknown", "outcome_unknown")).isEqualTo(1);
    }

    @Test
    void countsProbesByWhatTheyFound() throws Exception {
        scope.commitsFail(new Fault(Verdict.OUTCOME_UNKNOWN)).probesSay(CommitStatus.IN_DOUBT, CommitStatus.COMMITTED);

        runner.call(scope, attempt -> "done");

        assertThat(counter("dbop.commit.probes", "status", "in_doubt")).isEqualTo(1);
        assertThat(counter("dbop.commit.probes", "status", "committed")).isEqualTo(1);
    }

    @Test
    void countsAsynchronousCallsToo() {
        assertThat(runner.callAsync(
                        AsyncAttemptScope.blocking(scope, Runnable::run),
                        attempt -> CompletableFuture.completedFuture("done")))
                .isCompletedWithValue("done");

        assertThat(ended("success", "none")).isEqualTo(1);
    }

    @Test
    void keepsCallsOfDifferentNamesAndDatabasesApart() throws Exception {
        runner.call(ScriptedScope.on(null), attempt -> "done");
        runner.named("other").call(scope, attempt -> "done");

        assertThat(registry.get("dbop.attempts")
                        .tags("name", "rename", "database", "unknown")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("dbop.attempts")
                        .tags("name", "other", "database", "mariadb")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void makesNoMeterTwice() throws Exception {
        runner.call(scope, attempt -> "done");
        List<Meter> before = new ArrayList<>(registry.getMeters());

        runner.call(scope, attempt -> "done");

        assertThat(registry.getMeters()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void asksForNoEventItDoesNotCount() {
        assertThat(MicrometerListener.of(registry).wants(RunEvent.AttemptStarted.class))
                .isFalse();
    }

    @Test
    void showsTheLevelOfABudget() throws Exception {
        RetryBudget budget = RetryBudget.of(10, 0.1);
        RetryBudgetMetrics.of(budget, "orders").bindTo(registry);

        runner.policy(RetryPolicy.builder().jitter(0).budget(budget).build())
                .call(scope, failing(new Fault(Verdict.RETRY_SAVEPOINT), new Fault(Verdict.RETRY_SAVEPOINT)));

        assertThat(gauge("dbop.budget.available", "budget", "orders")).isEqualTo(8.1);
        assertThat(gauge("dbop.budget.capacity", "budget", "orders")).isEqualTo(10);
    }

    @Test
    void showsWhatRecoveryLeftAndHowOldThatIs() {
        InDoubtMetrics metrics = InDoubtMetrics.of("orders", nanos::get);
        metrics.bindTo(registry);
        assertThat(gauge("dbop.twophase.in.doubt", "state", "deferred")).isNaN();
        assertThat(gauge("dbop.twophase.report.age", "recovery", "orders")).isNaN();

        GroupId group = GroupId.create(GroupId.DEFAULT_PREFIX, "1234567890abcdef", 2);
        metrics.update(
                List.of(
                        new GroupReport.Committed(group, List.of(0)),
                        new GroupReport.FinishedElsewhere(group),
                        new GroupReport.Deferred(group, GroupReport.Why.COORDINATOR_ALIVE, null),
                        new GroupReport.Deferred(group, GroupReport.Why.NOT_QUIET, null),
                        new GroupReport.Deferred(group, GroupReport.Why.STORE_UNREACHABLE, null),
                        new GroupReport.Conflicting(group, "two decisions")),
                3);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(7));

        assertThat(gauge("dbop.twophase.in.doubt", "state", "working")).isEqualTo(2);
        assertThat(gauge("dbop.twophase.in.doubt", "state", "deferred")).isEqualTo(1);
        assertThat(gauge("dbop.twophase.in.doubt", "state", "conflicting")).isEqualTo(1);
        assertThat(gauge("dbop.twophase.unavailable", "recovery", "orders")).isEqualTo(3);
        assertThat(gauge("dbop.twophase.report.age", "recovery", "orders")).isEqualTo(7);
    }

    private void assertFails(Operation<Integer, String, Exception> operation) {
        assertThat(catchThrowable(() -> runner.call(scope, operation))).isNotNull();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private double counter(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private long ended(String outcome, String reason) {
        return registry.get("dbop.calls")
                .tags("outcome", outcome, "reason", reason)
                .timer()
                .count();
    }
}
