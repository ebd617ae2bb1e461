package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Calls that share a budget make no more retries than it holds. */
class BudgetedCallsTest extends EveryEngine {
    private static final Operation<Integer, String, Exception> ALWAYS_FAILING = attempt -> {
        throw DbFailure.of(Verdict.RETRY_SAVEPOINT);
    };

    private final RetryBudget budget = RetryBudget.of(3, 0.5);
    private final DbopRunner budgeted = with(RetryPolicy.builder().budget(budget));

    @Test
    void anEmptyBudgetEndsACallWithWhatItHas() {
        Throwable thrown = failureOf(budgeted, ALWAYS_FAILING);

        assertThat(thrown).isInstanceOf(DbFailure.class);
        assertThat(scope.opened()).isEqualTo(4);
        assertThat(budget.available()).isZero();
        assertThat(events(RunEvent.GaveUp.class))
                .singleElement()
                .extracting(RunEvent.GaveUp::reason)
                .isEqualTo(GiveUpReason.BUDGET_EMPTY);
        assertThat(events(RunEvent.AttemptFailed.class))
                .last()
                .extracting(RunEvent.AttemptFailed::delay)
                .isNull();
    }

    @Test
    void callsOfOtherRunnersShareIt() {
        DbopRunner other = runner.named("other")
                .policy(RetryPolicy.builder().budget(budget).maxRetries(2).build());

        failureOf(other, ALWAYS_FAILING);
        failureOf(budgeted, ALWAYS_FAILING);
        failureOf(budgeted, ALWAYS_FAILING);

        assertThat(scope.opened()).isEqualTo(3 + 2 + 1);
    }

    @Test
    void aSuccessPutsAPartOfATokenBack() throws Exception {
        failureOf(budgeted, ALWAYS_FAILING);

        this.<String>call(budgeted, attempt -> "done");
        assertThat(budget.available()).isEqualTo(0.5);
        this.<String>call(budgeted, attempt -> "done");
        assertThat(call(budgeted, failing(DbFailure.of(Verdict.RETRY_SAVEPOINT))))
                .isEqualTo("done");

        assertThat(budget.available()).isEqualTo(0.5);
    }

    @Test
    void aFailureThatIsNotRetriedTakesNothing() {
        failureOf(budgeted, failing(DbFailure.of(Verdict.GIVE_UP)));
        failureOf(budgeted, failing(DbFailure.of(Verdict.OUTCOME_UNKNOWN)));

        assertThat(budget.available()).isEqualTo(3);
    }
}
