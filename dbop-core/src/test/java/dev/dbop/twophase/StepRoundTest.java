package dev.dbop.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Rounds end where another kind of step begins, and when patience does. */
class StepRoundTest {
    private static final BranchAnswer DONE = new BranchAnswer.Done();
    private static final BranchAnswer LOST = new BranchAnswer.Unknown(new IllegalStateException("cut"));

    private static Coordinator decided() {
        Coordinator prepared = StepRound.of(Coordinator.withDecisionRow(3))
                .answered(List.of(DONE, DONE))
                .coordinator();
        return prepared.answered(new Step.CommitDecision(), DONE);
    }

    @Test
    void theFirstRoundPreparesAllOthersAndEndsBeforeTheCommitPoint() {
        StepRound first = StepRound.of(Coordinator.withDecisionRow(3));
        assertThat(first.steps()).containsExactlyInAnyOrder(new Step.Prepare(1), new Step.Prepare(2));

        StepRound second = first.answered(List.of(DONE, DONE));
        assertThat(second.steps()).isEmpty();
        assertThat(second.coordinator().result()).isNull();
    }

    @Test
    void whatFailsToCommitIsTriedAgainUpToTheLimit() {
        StepRound first = StepRound.atMost(decided(), 2);
        assertThat(first.steps()).hasSize(2);

        StepRound second = first.answered(List.of(DONE, LOST));
        assertThat(second.steps()).hasSize(1);
        assertThat(second.coordinator().finished()).isFalse();

        StepRound third = second.answered(List.of(LOST));
        assertThat(third.steps()).isEmpty();
        assertThat(third.coordinator().result())
                .isInstanceOfSatisfying(
                        CommitResult.Committed.class,
                        committed -> assertThat(committed.pending()).hasSize(1));
    }

    @Test
    void whatIsDoneIsNotTriedAgain() {
        StepRound over = StepRound.atMost(decided(), 2).answered(List.of(DONE, DONE));

        assertThat(over.steps()).isEmpty();
        assertThat(over.coordinator().finished()).isTrue();
    }

    @Test
    void refusesAnswersThatDoNotMatchAndNoRoundAtAll() {
        StepRound first = StepRound.of(Coordinator.withDecisionRow(3));

        assertThatThrownBy(() -> first.answered(List.of(DONE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 answers to 2 steps");
        assertThatThrownBy(() -> StepRound.atMost(decided(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rounds is 0");
    }
}
