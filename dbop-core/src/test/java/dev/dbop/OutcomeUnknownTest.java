package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What may have happened is never repeated blindly. */
class OutcomeUnknownTest extends EveryEngine {
    private final DbFailure cut = DbFailure.of(Verdict.OUTCOME_UNKNOWN);

    @Test
    void anUnansweredCommitEndsTheCall() {
        scope.onCommit(failingWith(cut));

        Throwable thrown = failureOf(runner.named("transfer"), attempt -> "done");

        assertThat(thrown)
                .asInstanceOf(type(OutcomeUnknownException.class))
                .satisfies(unknown -> assertThat(unknown.attempts())
                        .containsExactly(new AttemptRecord(1, Phase.COMMIT, Verdict.OUTCOME_UNKNOWN, cut, null)))
                .extracting(Throwable::getMessage)
                .asString()
                .startsWith("call \"transfer\" may or may not have been committed")
                .contains("look in the database", "idempotent")
                .doesNotContain("\n");
        assertThat(thrown).hasCause(cut);
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void listenersHearOfAnUnknownOutcomeAndNotThatTheWorkIsUndone() {
        scope.onCommit(failingWith(cut));

        Throwable thrown = failureOf(attempt -> "done");

        assertThat(events(RunEvent.GaveUp.class)).isEmpty();
        assertThat(events(RunEvent.OutcomeUnknown.class))
                .singleElement()
                .extracting(RunEvent.OutcomeUnknown::failure)
                .isSameAs(thrown);
    }

    @Test
    void aFailureNobodyKnowsLeavesTheOutcomeUnknownInACommit() {
        DbFailure failure = DbFailure.unclassified();
        scope.onCommit(failingWith(failure));

        assertThat(failureOf(attempt -> "done"))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasCause(failure);
    }

    @Test
    void aFailureNobodyKnowsIsGivenUpInTheOtherPhases() throws Exception {
        DbFailure failure = DbFailure.unclassified();

        assertThat(failureOf(failing(failure))).isSameAs(failure);
        scope.onCheck(failingWith(failure));
        assertThat(failureOf(attempt -> "done")).isSameAs(failure);
        scope.onOpen(failingWith(failure));
        assertThat(failureOf(attempt -> "done")).isSameAs(failure);
        assertThat(scope.opened()).isEqualTo(3);
    }

    @Test
    void aServersAnswerToTheCommitIsNoUnknownOutcome() {
        DbFailure violated = DbFailure.of(Verdict.GIVE_UP);
        scope.onCommit(failingWith(violated));

        assertThat(failureOf(attempt -> "done")).isSameAs(violated);
    }

    @Test
    void anAttemptMayFindOutThatItsStatementWasAnAutocommitWrite() {
        DbFailure lost = DbFailure.of(Verdict.RETRY_CONNECTION);
        scope.onRollback((cause, phase, verdict) -> Verdict.OUTCOME_UNKNOWN);

        assertThat(failureOf(failing(lost)))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasCause(lost);
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void anIdempotentOperationIsRepeated() throws Exception {
        scope.onCommit(failingOnce(cut));

        assertThat(this.<String>call(runner.idempotent(), attempt -> "done")).isEqualTo("done");
        assertThat(scope.opened()).isEqualTo(2);
    }

    @Test
    void aReadOnlyOperationIsRepeated() throws Exception {
        scope.onCommit(failingOnce(cut));

        assertThat(this.<String>call(runner.readOnly(), attempt -> "done")).isEqualTo("done");
        assertThat(scope.opened()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Reach.class,
            names = {"SAVEPOINT", "TRANSACTION"})
    void isNotRepeatedOnAConnectionThatBelongsToSomebodyElse(Reach reach) {
        scope.reach(reach).onCommit(failingWith(cut));

        failureOf(runner.idempotent(), attempt -> "done");
        failureOf(runner.readOnly(), attempt -> "done");

        assertThat(scope.opened()).isEqualTo(2);
    }

    @Test
    void anIdempotentOperationThatFailsForGoodLaterMayStillHaveHappened() {
        DbFailure violated = DbFailure.of(Verdict.GIVE_UP);
        scope.onCommit(failingOnce(cut));

        Throwable thrown = failureOf(
                runner.idempotent(),
                attempt -> attempt == 1 ? "done" : failing(violated).run(2));

        assertThat(thrown).isInstanceOf(OutcomeUnknownException.class).hasCause(violated);
        assertThat(((OutcomeUnknownException) thrown).attempts())
                .containsExactly(
                        new AttemptRecord(1, Phase.COMMIT, Verdict.OUTCOME_UNKNOWN, cut, millis(100)),
                        new AttemptRecord(2, Phase.OPERATION, Verdict.GIVE_UP, violated, null));
        assertThat(violated.getSuppressed()).contains(cut);
    }

    @Test
    void anIdempotentOperationThatGoesBeyondItsReachLaterMayStillHaveHappened() {
        DbFailure stopped = DbFailure.of(Verdict.RETRY_CONNECTION);
        scope.onCommit(failingOnce(cut));
        DbopRunner once = with(RetryPolicy.builder().maxRetries(1)).idempotent();

        assertThat(failureOf(
                        once,
                        attempt -> attempt == 1 ? "done" : failing(stopped).run(2)))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasCause(stopped);
    }

    @Test
    void aReadOnlyOperationThatFailsForGoodLaterHasJustFailed() {
        DbFailure invalid = DbFailure.of(Verdict.GIVE_UP);
        scope.onCommit(failingOnce(cut));

        assertThat(failureOf(
                        runner.readOnly(),
                        attempt -> attempt == 1 ? "done" : failing(invalid).run(2)))
                .isSameAs(invalid);
        assertThat(events(RunEvent.OutcomeUnknown.class)).isEmpty();
        assertThat(events(RunEvent.GaveUp.class)).hasSize(1);
    }

    @Test
    void aReadOnlyOperationWhoseRetriesAreExhaustedHasJustFailed() {
        scope.onCommit(context -> {
            throw DbFailure.of(Verdict.OUTCOME_UNKNOWN);
        });

        assertThat(failureOf(runner.readOnly(), attempt -> "done")).isInstanceOf(DbFailure.class);
        assertThat(scope.opened()).isEqualTo(6);
    }

    @Test
    void anIdempotentOperationWhoseRetriesAreExhaustedMayHaveHappened() {
        scope.onCommit(context -> {
            throw DbFailure.of(Verdict.OUTCOME_UNKNOWN);
        });

        Throwable thrown = failureOf(runner.idempotent(), attempt -> "done");

        assertThat(thrown).isInstanceOf(OutcomeUnknownException.class);
        assertThat(((OutcomeUnknownException) thrown).attempts()).hasSize(6);
    }

    @Test
    void theExceptionOutlivesSerializationWithoutItsAttempts() throws Exception {
        scope.onCommit(failingWith(cut));
        Throwable thrown = failureOf(attempt -> "done");

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(thrown);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            OutcomeUnknownException copy = (OutcomeUnknownException) in.readObject();
            assertThat(copy).hasMessage(thrown.getMessage());
            assertThat(copy.attempts()).isEmpty();
        }
    }

    private static RecordingScope.Step failingWith(Exception failure) {
        return context -> {
            throw failure;
        };
    }

    private static RecordingScope.Step failingOnce(Exception failure) {
        return context -> {
            if (context.number() == 1) {
                throw failure;
            }
        };
    }
}
