package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a rollback may change: raise the verdict, add to the cause, and nothing else. */
class RollbackTest extends EveryEngine {
    private final DbFailure failure = DbFailure.of(Verdict.RETRY_SAVEPOINT);

    @Test
    void learnsTheCauseTheCallFailsWith() {
        Throwable[] seen = {null, null};
        scope.reach(Reach.SAVEPOINT).onRollback((cause, phase, verdict) -> {
            seen[0] = cause;
            return Verdict.RETRY_CONNECTION;
        });

        assertThat(failureOf(failing(failure))).isSameAs(failure).isSameAs(seen[0]);
    }

    @ParameterizedTest
    @EnumSource(Verdict.class)
    void mayRaiseTheVerdict(Verdict raised) {
        scope.onRollback((cause, phase, verdict) -> raised);

        failureOf(runner.policy(RetryPolicy.noRetries()), failing(failure));

        assertThat(events(RunEvent.AttemptFailed.class))
                .singleElement()
                .extracting(RunEvent.AttemptFailed::verdict)
                .isEqualTo(raised);
    }

    @ParameterizedTest
    @CsvSource({
        "RETRY_TRANSACTION, RETRY_SAVEPOINT",
        "RETRY_CONNECTION, RETRY_TRANSACTION",
        "GIVE_UP, RETRY_CONNECTION",
        "GIVE_UP, RETRY_SAVEPOINT",
        "OUTCOME_UNKNOWN, GIVE_UP",
        "OUTCOME_UNKNOWN, RETRY_SAVEPOINT"
    })
    void cannotLowerTheVerdict(Verdict classified, Verdict returned) {
        scope.onRollback((cause, phase, verdict) -> returned);

        failureOf(runner.policy(RetryPolicy.noRetries()), failing(DbFailure.of(classified)));

        assertThat(events(RunEvent.AttemptFailed.class))
                .singleElement()
                .extracting(RunEvent.AttemptFailed::verdict)
                .isEqualTo(classified);
    }

    @Test
    void thatThrowsIsSuppressedAndTheAttemptRepeatedOnAnotherConnection() throws Exception {
        IllegalStateException broken = new IllegalStateException("rollback is broken");
        scope.onRollback((cause, phase, verdict) -> {
            throw broken;
        });

        assertThat(call(failing(failure))).isEqualTo("done");
        assertThat(failure).hasSuppressedException(broken);
        assertThat(events(RunEvent.AttemptFailed.class))
                .singleElement()
                .extracting(RunEvent.AttemptFailed::verdict)
                .isEqualTo(Verdict.RETRY_CONNECTION);
    }

    @Test
    void thatThrowsGoesUpFromAConnectionThatBelongsToSomebodyElse() {
        scope.reach(Reach.TRANSACTION).onRollback((cause, phase, verdict) -> {
            throw new IllegalStateException("rollback is broken");
        });

        assertThat(failureOf(failing(failure))).isSameAs(failure);
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void thatThrowsTheCauseItselfChangesNothing() {
        RuntimeException cause = new RuntimeException("thrown twice");
        scope.onRollback((known, phase, verdict) -> {
            throw cause;
        });

        assertThat(failureOf(failing(cause))).isSameAs(cause).hasNoSuppressedExceptions();
    }

    @Test
    void thatThrowsAnErrorDoesNotHideTheCause() {
        StackOverflowError broken = new StackOverflowError();
        scope.reach(Reach.SAVEPOINT).onRollback((cause, phase, verdict) -> {
            throw broken;
        });

        assertThat(failureOf(failing(failure))).isSameAs(failure).hasSuppressedException(broken);
    }

    @Test
    void thatThrowsDoesNotHideAnError() {
        Error error = new AssertionError("broken");
        scope.onRollback((cause, phase, verdict) -> {
            throw new IllegalStateException("rollback is broken");
        });

        assertThat(failureOf(failing(error))).isSameAs(error);
        assertThat(error.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class);
    }
}
