package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.sql.Isolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DbopRunnerTest {
    private final VirtualTime time = new VirtualTime();
    private final RecordingScope scope = new RecordingScope(time);
    private final DbopRunner runner = EveryEngine.runner(time, new ArrayList<>());

    @AfterEach
    void everyAttemptEnded() {
        scope.assertNothingLeftOpen();
    }

    static Stream<UnaryOperator<DbopRunner>> setters() {
        return Stream.of(
                runner -> runner.named("x"),
                runner -> runner.policy(RetryPolicy.noRetries()),
                runner -> runner.timeouts(Timeouts.none()),
                runner -> runner.timeouts((attempt, attempts) -> Timeouts.none()),
                runner -> runner.initialLockTimeout(Duration.ofMillis(8)),
                runner -> runner.lockTimeout(Duration.ofSeconds(1)),
                runner -> runner.statementTimeout(Duration.ofSeconds(1)),
                DbopRunner::readOnly,
                DbopRunner::idempotent,
                runner -> runner.isolation(Isolation.SERIALIZABLE),
                runner -> runner.classifier(Classifier.none()),
                runner -> runner.listener(event -> {}),
                DbopRunner::listeners,
                runner -> runner.ticker(Ticker.system()),
                runner -> runner.sleeper(Sleeper.system()),
                runner -> runner.scheduler(Scheduler.system()),
                runner -> runner.random(RandomSource.system()));
    }

    @ParameterizedTest
    @MethodSource("setters")
    void isNeverChangedItself(UnaryOperator<DbopRunner> setter) throws Exception {
        DbopRunner copy = setter.apply(runner.listeners());
        assertThat(copy).isNotSameAs(runner);

        runner.call(scope.blocking(), attempt -> "done");
        AttemptContext context = scope.contexts().get(0);
        assertThat(context.name()).isEqualTo("unnamed");
        assertThat(context.timeouts().isNone()).isTrue();
        assertThat(context.readOnly()).isFalse();
        assertThat(context.isolation()).isNull();
        assertThat(runner.toString()).contains("maxRetries=5");
    }

    @Test
    void runsAnOperationWithoutResult() throws Exception {
        List<String> log = new ArrayList<>();

        runner.run(scope.blocking(), attempt -> {
            log.add("run " + attempt);
        });
        runner.run(scope.blocking(), (attempt, context) -> log.add("hook " + attempt), attempt -> {
            log.add("run " + attempt);
        });

        assertThat(log).containsExactly("run 1", "hook 1", "run 1");
        assertThat(scope.journal()).endsWith("check 1", "commit 1");
    }

    @Test
    void retriesAnOperationWithoutResult() throws Exception {
        Operation<Integer, String, Exception> failing = EveryEngine.failing(DbFailure.of(Verdict.RETRY_SAVEPOINT));

        runner.run(scope.blocking(), attempt -> {
            failing.run(attempt);
        });

        assertThat(scope.opened()).isEqualTo(2);
    }

    @Test
    void theFunctionsWithEveryPartNamedDoTheSame() throws Exception {
        RetryPolicy immediate =
                RetryPolicy.builder().initialDelay(Duration.ZERO).build();
        List<Integer> hooked = new ArrayList<>();
        Classifier savepoint = (failure, phase) -> Verdict.RETRY_SAVEPOINT;

        String result = Dbop.execute(
                EveryEngine.failing(DbFailure.unclassified()),
                immediate,
                scope.blocking(),
                (attempt, context) -> hooked.add(attempt),
                savepoint);
        CompletableFuture<String> future = Dbop.executeAsync(
                attempt -> attempt == 1
                        ? CompletableFuture.failedFuture(DbFailure.unclassified())
                        : CompletableFuture.completedFuture("done later"),
                immediate,
                scope.async(),
                (attempt, context) -> {
                    hooked.add(attempt);
                    return CompletableFuture.completedStage("ready");
                },
                savepoint);

        assertThat(result).isEqualTo("done");
        assertThat(future).isCompletedWithValue("done later");
        assertThat(hooked).containsExactly(1, 2, 1, 2);
    }

    @Test
    void returnsASuccessWithTheFailuresBeforeIt() {
        DbFailure first = DbFailure.of(Verdict.RETRY_SAVEPOINT);

        Outcome<String> outcome = runner.tryCall(scope.blocking(), EveryEngine.failing(first));

        assertThat(outcome)
                .isEqualTo(new Outcome.Success<>(
                        "done",
                        List.of(new AttemptRecord(
                                1, Phase.OPERATION, Verdict.RETRY_SAVEPOINT, first, Duration.ofMillis(100)))));
        assertThat(runner.tryCall(scope.blocking(), attempt -> "at once"))
                .isEqualTo(new Outcome.Success<>("at once", List.of()));
    }

    @Test
    void returnsAFailureWithEveryAttempt() {
        DbFailure first = DbFailure.of(Verdict.RETRY_SAVEPOINT);
        DbFailure second = DbFailure.of(Verdict.GIVE_UP);

        Outcome<String> outcome = runner.tryCall(scope.blocking(), EveryEngine.failing(first, second));

        assertThat(outcome)
                .isEqualTo(new Outcome.Failure<String>(
                        second,
                        GiveUpReason.NOT_RETRYABLE,
                        List.of(
                                new AttemptRecord(
                                        1, Phase.OPERATION, Verdict.RETRY_SAVEPOINT, first, Duration.ofMillis(100)),
                                new AttemptRecord(2, Phase.OPERATION, Verdict.GIVE_UP, second, null))));
        assertThat(second.getSuppressed()).contains(first);
    }

    @Test
    void theHistoryOfAnOutcomeCannotBeChanged() {
        Outcome<String> outcome =
                runner.tryCall(scope.blocking(), EveryEngine.failing(DbFailure.of(Verdict.RETRY_SAVEPOINT)));
        AttemptRecord record = outcome.failures().get(0);

        assertThatThrownBy(() -> outcome.failures().add(record)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void throwsAnErrorInsteadOfReturningAnOutcome() {
        Error error = new AssertionError("broken");

        assertThatThrownBy(() -> runner.tryCall(scope.blocking(), EveryEngine.failing(error)))
                .isSameAs(error);
    }

    @Test
    void returnsTheDefaultWhenTheCallFailsForGood() {
        assertThat(runner.<Integer, String>callOrElse(
                        scope.blocking(), EveryEngine.failing(DbFailure.of(Verdict.GIVE_UP)), "default"))
                .isEqualTo("default");
        assertThat(runner.<Integer, String>callOrElse(scope.blocking(), EveryEngine.failing(), "default"))
                .isEqualTo("done");
    }

    @Test
    void throwsAnUnknownOutcomeInsteadOfReturningTheDefault() {
        scope.onCommit(context -> {
            throw DbFailure.of(Verdict.OUTCOME_UNKNOWN);
        });

        assertThatThrownBy(() -> runner.<Integer, String>callOrElse(scope.blocking(), attempt -> "done", "default"))
                .isInstanceOf(OutcomeUnknownException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\t"})
    void refusesABlankName(String name) {
        assertThatThrownBy(() -> runner.named(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "name is \"" + name + "\": must not be blank; name the operation, as in \"rename-project\"");
    }

    static Stream<Arguments> nulls() {
        return Stream.of(
                refused(runner -> runner.policy(Null.of(RetryPolicy.class)), "policy"),
                refused(runner -> runner.timeouts(Null.of(Timeouts.class)), "timeouts"),
                refused(runner -> runner.timeouts(Null.of(TimeoutRule.class)), "rule"),
                refused(runner -> runner.lockTimeout(Null.of(Duration.class)), "lock timeout"),
                refused(runner -> runner.statementTimeout(Null.of(Duration.class)), "statement timeout"),
                refused(runner -> runner.isolation(Null.of(Isolation.class)), "level"),
                refused(runner -> runner.classifier(Null.of(Classifier.class)), "classifier"),
                refused(runner -> runner.listener(Null.of(RunListener.class)), "listener"),
                refused(runner -> runner.ticker(Null.of(Ticker.class)), "ticker"),
                refused(runner -> runner.sleeper(Null.of(Sleeper.class)), "sleeper"),
                refused(runner -> runner.scheduler(Null.of(Scheduler.class)), "scheduler"),
                refused(runner -> runner.random(Null.of(RandomSource.class)), "random"));
    }

    @ParameterizedTest
    @MethodSource("nulls")
    void refusesNullByName(UnaryOperator<DbopRunner> setter, String name) {
        assertThatThrownBy(() -> setter.apply(runner))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(name);
    }

    @Test
    void refusesToRunNothing() {
        AttemptScope<Integer, Exception> noScope = nothing(AttemptScope.class);
        Operation<Integer, String, Exception> noOperation = nothing(Operation.class);
        PreAttemptHook<Integer, Exception> noHook = nothing(PreAttemptHook.class);
        Operation<Integer, String, Exception> operation = attempt -> "done";

        assertThatThrownBy(() -> runner.call(noScope, operation)).hasMessage("scope");
        assertThatThrownBy(() -> runner.call(scope.blocking(), noOperation)).hasMessage("op");
        assertThatThrownBy(() -> runner.call(scope.blocking(), noHook, operation))
                .hasMessage("hook");
        assertThatThrownBy(() -> runner.tryCall(scope.blocking(), noOperation)).hasMessage("op");
        assertThat(scope.opened()).isZero();
    }

    @Test
    void describesItself() {
        assertThat(DbopRunner.create().named("rename"))
                .hasToString("DbopRunner[rename, RetryPolicy[maxRetries=5, initialDelay=PT0.1S, maxDelay=PT1S,"
                        + " jitter=0.2, backoff=exponential, maxDuration=null, attemptTimeout=null, budget=null]]");
    }

    @Test
    void describesWhatIsNotTheDefault() {
        DbopRunner limited = DbopRunner.create()
                .statementTimeout(Duration.ofSeconds(30))
                .lockTimeout(Duration.ofSeconds(3))
                .isolation(Isolation.SERIALIZABLE)
                .readOnly()
                .idempotent();

        assertThat(limited.toString())
                .endsWith(", budget=null], lockTimeout=PT3S, statementTimeout=PT30S, isolation=SERIALIZABLE, readOnly,"
                        + " idempotent]");
        assertThat(DbopRunner.create().lockTimeout(Duration.ofMillis(250)).toString())
                .endsWith("], lockTimeout=PT0.25S]");
        assertThat(DbopRunner.create()
                        .timeouts((attempt, attempts) -> Timeouts.none().withLock(Duration.ofSeconds(attempt)))
                        .statementTimeout(Duration.ofSeconds(30))
                        .toString())
                .endsWith("], timeouts by attempt]");
        assertThat(limited.initialLockTimeout(Duration.ofMillis(8)).toString())
                .contains("], initialLockTimeout=PT0.008S, lockTimeout=PT3S, statementTimeout=PT30S, isolation");
    }

    private static Arguments refused(UnaryOperator<DbopRunner> setter, String name) {
        return Arguments.of(setter, name);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T> T nothing(Class<?> type) {
        return (T) Null.of(type);
    }
}
