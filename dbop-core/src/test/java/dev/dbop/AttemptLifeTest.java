package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.Isolation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order of what happens in one attempt, and what is undone when a part of it fails. */
class AttemptLifeTest extends EveryEngine {
    @Test
    void opensRunsHookAndOperationChecksAndCommits() throws Exception {
        assertThat(this.<String>call(attempt -> "done")).isEqualTo("done");

        assertThat(scope.journal()).containsExactly("open 1", "hook 1", "run 1", "check 1", "commit 1");
    }

    @Test
    void rollsBackWaitsAndStartsFromTheBeginning() throws Exception {
        String result = call(failing(DbFailure.of(Verdict.RETRY_TRANSACTION)));

        assertThat(result).isEqualTo("done");
        assertThat(scope.journal())
                .containsExactly(
                        "open 1",
                        "hook 1",
                        "run 1",
                        "rollback 1 OPERATION RETRY_TRANSACTION",
                        "open 2",
                        "hook 2",
                        "run 2",
                        "check 2",
                        "commit 2");
        assertThat(scope.openedAt()).containsExactly(millis(0), millis(100));
    }

    @Test
    void hasNothingToUndoWhenOpeningFailed() throws Exception {
        scope.onOpen(context -> failFirst(context, DbFailure.of(Verdict.RETRY_CONNECTION)));

        assertThat(this.<String>call(attempt -> "done")).isEqualTo("done");
        assertThat(scope.journal()).containsExactly("open 1", "open 2", "hook 2", "run 2", "check 2", "commit 2");
    }

    @Test
    void rollsBackWhenTheHookFailed() throws Exception {
        call(
                runner,
                scope,
                (attempt, context) -> failFirst(context, DbFailure.of(Verdict.RETRY_TRANSACTION)),
                attempt -> "done");

        assertThat(scope.journal())
                .startsWith("open 1", "hook 1", "rollback 1 HOOK RETRY_TRANSACTION", "open 2", "hook 2")
                .endsWith("commit 2");
    }

    @Test
    void rollsBackWhenTheWorkWasLostBeforeTheCommit() throws Exception {
        scope.onCheck(context -> failFirst(context, DbFailure.of(Verdict.RETRY_TRANSACTION)));

        assertThat(this.<String>call(attempt -> "done")).isEqualTo("done");
        assertThat(scope.journal())
                .startsWith("open 1", "hook 1", "run 1", "check 1", "rollback 1 OPERATION RETRY_TRANSACTION", "open 2")
                .endsWith("commit 2");
    }

    @Test
    void rollsBackWhenTheCommitFailed() throws Exception {
        scope.onCommit(context -> failFirst(context, DbFailure.of(Verdict.RETRY_TRANSACTION)));

        assertThat(this.<String>call(attempt -> "done")).isEqualTo("done");
        assertThat(scope.journal())
                .startsWith(
                        "open 1",
                        "hook 1",
                        "run 1",
                        "check 1",
                        "commit 1",
                        "rollback 1 COMMIT RETRY_TRANSACTION",
                        "open 2")
                .endsWith("commit 2");
    }

    @Test
    void returnsTheResultOfTheAttemptThatWasCommitted() throws Exception {
        scope.onCommit(context -> failFirst(context, DbFailure.of(Verdict.RETRY_TRANSACTION)));

        assertThat(this.<Integer>call(attempt -> attempt)).isEqualTo(2);
    }

    @Test
    void returnsNullFromAnOperationThatReturnsNull() throws Exception {
        assertThat(this.<@Nullable String>call(attempt -> Null.of(String.class)))
                .isNull();
    }

    @Test
    void tellsScopeAndHookTheSameAttempt() throws Exception {
        List<AttemptContext> hooked = new ArrayList<>();
        DbopRunner reading = runner.named("read").readOnly().isolation(Isolation.SERIALIZABLE);

        call(reading, scope, (attempt, context) -> hooked.add(context), failing(DbFailure.of(Verdict.RETRY_SAVEPOINT)));

        assertThat(hooked).extracting(AttemptContext::number).containsExactly(1, 2);
        assertThat(scope.contexts()).extracting(AttemptContext::number).containsExactly(1, 2);
        assertThat(hooked).allSatisfy(context -> {
            assertThat(context.name()).isEqualTo("read");
            assertThat(context.readOnly()).isTrue();
            assertThat(context.isolation()).isEqualTo(Isolation.SERIALIZABLE);
            assertThat(context.deadline().isNone()).isTrue();
            assertThat(context.timeouts().isNone()).isTrue();
        });
    }

    @Test
    void tellsTheDefaultsWhenNothingIsSet() throws Exception {
        this.<String>call(attempt -> "done");

        AttemptContext context = scope.contexts().get(0);
        assertThat(context.name()).isEqualTo("unnamed");
        assertThat(context.readOnly()).isFalse();
        assertThat(context.isolation()).isNull();
        assertThat(context.previousAttempt()).isNull();
    }

    @Test
    void handsTheScopeTheLastAttemptThatWasOpened() throws Exception {
        scope.onOpen(context -> {
            if (context.number() == 3) {
                throw DbFailure.of(Verdict.RETRY_CONNECTION);
            }
        });
        DbFailure first = DbFailure.of(Verdict.RETRY_CONNECTION);
        DbFailure second = DbFailure.of(Verdict.RETRY_CONNECTION);

        call(failing(first, second));

        List<AttemptContext> contexts = scope.contexts();
        assertThat(contexts).hasSize(4);
        assertThat(contexts.get(0).previousAttempt()).isNull();
        assertThat(contexts.get(1).previousAttempt()).isNotNull();
        assertThat(contexts.get(2).previousAttempt())
                .isNotNull()
                .isNotSameAs(contexts.get(1).previousAttempt());
        assertThat(contexts.get(3).previousAttempt()).isSameAs(contexts.get(2).previousAttempt());
    }

    @Test
    void tellsWhetherTheAttemptMayBeCancelled() throws Exception {
        this.<String>call(attempt -> "done");
        this.<String>call(with(RetryPolicy.builder().maxDuration(millis(1))), attempt -> "done");

        assertThat(scope.contexts())
                .extracting(AttemptContext::mayBeCancelled)
                .containsExactly(engine != Engine.BLOCKING, true);
    }

    @Test
    void neverRetriesAScopeThatRefusesToOpen() {
        IllegalStateException refusal = new IllegalStateException("no transaction is open");
        scope.classifier((failure, phase) -> Verdict.RETRY_SAVEPOINT).onOpen(context -> {
            throw refusal;
        });
        DbopRunner eager = with(RetryPolicy.builder().retryOn(IllegalStateException.class));

        assertThat(failureOf(eager, attempt -> "done")).isSameAs(refusal);
        assertThat(scope.journal()).containsExactly("open 1");
    }

    @Test
    void retriesAnIllegalStateOfTheOperationWhenTheClassifierSaysSo() throws Exception {
        scope.classifier((failure, phase) -> Verdict.RETRY_SAVEPOINT);

        assertThat(call(failing(new IllegalStateException("spurious")))).isEqualTo("done");
    }

    @Test
    void usesTheClassifierOfTheCallRatherThanTheScopes() throws Exception {
        scope.classifier((failure, phase) -> Verdict.GIVE_UP);
        DbopRunner own = runner.classifier((failure, phase) -> Verdict.RETRY_SAVEPOINT);

        assertThat(call(own, failing(DbFailure.unclassified()))).isEqualTo("done");
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void rollsBackAndRethrowsAnErrorAtOnce(Phase phase) {
        Error error = new AssertionError("broken");
        scope.classifier((failure, in) -> Verdict.RETRY_SAVEPOINT);

        Throwable thrown = failureIn(phase, error);

        assertThat(thrown).isSameAs(error).hasNoSuppressedExceptions();
        assertThat(scope.opened()).isEqualTo(1);
        assertThat(time.elapsed()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void classifiesAFailureInThePhaseInWhichItArose(Phase phase) {
        List<Phase> phases = new ArrayList<>();
        scope.classifier((failure, in) -> {
            phases.add(in);
            return Verdict.GIVE_UP;
        });
        DbFailure failure = DbFailure.unclassified();

        assertThat(failureIn(phase, failure)).isSameAs(failure);
        assertThat(phases).containsExactly(phase);
    }

    /** Fails the phase of every attempt. */
    private Throwable failureIn(Phase phase, Throwable failure) {
        scope.onOpen(context -> failWhen(phase == Phase.OPEN, failure))
                .onCommit(context -> failWhen(phase == Phase.COMMIT, failure));
        try {
            call(
                    runner,
                    scope,
                    (attempt, context) -> failWhen(phase == Phase.HOOK, failure),
                    attempt -> failWhen(phase == Phase.OPERATION, failure));
        } catch (Throwable thrown) {
            return thrown;
        }
        throw new AssertionError("the call succeeded");
    }

    private static String failWhen(boolean condition, Throwable failure) throws Exception {
        if (condition) {
            throw failure instanceof Error error ? throwing(error) : (Exception) failure;
        }
        return "done";
    }

    private static Exception throwing(Error error) {
        throw error;
    }

    private static void failFirst(AttemptContext context, Exception failure) throws Exception {
        if (context.number() == 1) {
            throw failure;
        }
    }
}
