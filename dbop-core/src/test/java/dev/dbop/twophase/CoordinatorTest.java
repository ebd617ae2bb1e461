package dev.dbop.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.twophase.BranchAnswer.Busy;
import dev.dbop.twophase.BranchAnswer.Done;
import dev.dbop.twophase.BranchAnswer.NotFound;
import dev.dbop.twophase.BranchAnswer.ReadOnly;
import dev.dbop.twophase.CommitResult.Committed;
import dev.dbop.twophase.CommitResult.NotCommitted;
import dev.dbop.twophase.CommitResult.OutcomeUnknown;
import dev.dbop.twophase.Step.CommitDecision;
import dev.dbop.twophase.Step.CommitPrepared;
import dev.dbop.twophase.Step.Prepare;
import dev.dbop.twophase.Step.ProbeDecision;
import dev.dbop.twophase.Step.RollBack;
import dev.dbop.twophase.Step.RollBackPrepared;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoordinatorTest {
    private static final Done DONE = new Done();

    private final Exception cause = new Exception("lost");
    private final BranchAnswer refused = new BranchAnswer.Refused(cause);
    private final BranchAnswer unknown = new BranchAnswer.Unknown(cause);

    static Stream<BranchAnswer> answersThatSayNothing() {
        return Stream.of(new BranchAnswer.Unknown(new Exception("lost")), new NotFound(), new Busy());
    }

    static Stream<BranchAnswer> allButDone() {
        return Stream.concat(
                answersThatSayNothing(), Stream.of(new BranchAnswer.Refused(new Exception("no")), new ReadOnly()));
    }

    @Nested
    class WithDecisionRow {
        private Coordinator prepared(int branches) {
            Coordinator coordinator = Coordinator.withDecisionRow(branches);
            for (Step step : coordinator.steps()) {
                coordinator = coordinator.answered(step, DONE);
            }
            return coordinator;
        }

        private Coordinator committed(int branches) {
            return prepared(branches).answered(new CommitDecision(), DONE);
        }

        @Test
        void preparesAllButBranch0InParallel() {
            Coordinator coordinator = Coordinator.withDecisionRow(3);

            assertThat(coordinator.steps()).containsExactly(new Prepare(1), new Prepare(2));
            assertThat(coordinator.result()).isNull();
            assertThat(coordinator.finished()).isFalse();
        }

        @Test
        void commitsTheDecisionOnceAllArePrepared() {
            Coordinator one = Coordinator.withDecisionRow(3).answered(new Prepare(2), DONE);
            Coordinator all = one.answered(new Prepare(1), DONE);

            assertThat(one.steps()).isEmpty();
            assertThat(all.steps()).containsExactly(new CommitDecision());
            assertThat(all.result()).isNull();
        }

        @Test
        void isCommittedByTheDecisionAndCommitsTheOthersInParallel() {
            Coordinator coordinator = committed(3);

            assertThat(coordinator.steps()).containsExactly(new CommitPrepared(1), new CommitPrepared(2));
            assertThat(coordinator.result()).isEqualTo(new Committed(List.of(1, 2)));
            assertThat(coordinator.finished()).isFalse();
            assertThat(coordinator.mayForget()).isFalse();
        }

        @Test
        void mayForgetOnceItHasSeenEveryBranchCommit() {
            Coordinator one = committed(3).answered(new CommitPrepared(2), DONE);
            Coordinator all = one.answered(new CommitPrepared(1), DONE);

            assertThat(one.result()).isEqualTo(new Committed(List.of(1)));
            assertThat(one.mayForget()).isFalse();
            assertThat(all.result()).isEqualTo(new Committed(List.of()));
            assertThat(all.finished()).isTrue();
            assertThat(all.mayForget()).isTrue();
        }

        @Test
        void groupOfOneIsALocalCommit() {
            Coordinator coordinator = Coordinator.withDecisionRow(1);

            assertThat(coordinator.steps()).containsExactly(new CommitDecision());
            coordinator = coordinator.answered(new CommitDecision(), DONE);
            assertThat(coordinator.result()).isEqualTo(new Committed(List.of()));
            assertThat(coordinator.finished()).isTrue();
            assertThat(coordinator.mayForget()).isTrue();
        }

        @Test
        void groupOfOneProbesAnUnknownCommit() {
            Coordinator coordinator = Coordinator.withDecisionRow(1).answered(new CommitDecision(), unknown);

            assertThat(coordinator.steps()).containsExactly(new ProbeDecision());
            assertThat(coordinator.probed(new DecisionAnswer.Committed()).result())
                    .isEqualTo(new Committed(List.of()));
            assertThat(coordinator.probed(new DecisionAnswer.Aborted()).result())
                    .isEqualTo(new NotCommitted(cause));
        }

        @Test
        void refusedPrepareRollsBranch0BackFirst() {
            Coordinator coordinator = Coordinator.withDecisionRow(4)
                    .answered(new Prepare(1), DONE)
                    .answered(new Prepare(2), refused);

            assertThat(coordinator.steps()).containsExactly(new RollBack(0));
            assertThat(coordinator.result()).isEqualTo(new NotCommitted(cause));

            coordinator = coordinator.answered(new Prepare(3), unknown);
            assertThat(coordinator.steps()).isEmpty();

            coordinator = coordinator.answered(new RollBack(0), DONE);
            assertThat(coordinator.steps())
                    .containsExactly(new RollBackPrepared(1), new RollBack(2), new RollBackPrepared(3));
            assertThat(coordinator.finished()).isFalse();
        }

        @Test
        void prepareAnsweredAfterBranch0IsRolledBackIsCleanedUpThen() {
            Coordinator coordinator = Coordinator.withDecisionRow(3)
                    .answered(new Prepare(1), refused)
                    .answered(new RollBack(0), unknown);
            assertThat(coordinator.steps()).containsExactly(new RollBack(1));

            coordinator = coordinator.answered(new RollBack(1), DONE);
            assertThat(coordinator.finished()).isFalse();

            coordinator = coordinator.answered(new Prepare(2), DONE);
            assertThat(coordinator.steps()).containsExactly(new RollBackPrepared(2));
            assertThat(coordinator.answered(new RollBackPrepared(2), DONE).finished())
                    .isTrue();
        }

        @ParameterizedTest
        @MethodSource("dev.dbop.twophase.CoordinatorTest#answersThatSayNothing")
        void prepareWithoutAnswerEndsTheGroupAndIsRolledBackAsWellAsMayBe(BranchAnswer answer) {
            Coordinator coordinator = Coordinator.withDecisionRow(2).answered(new Prepare(1), answer);

            assertThat(coordinator.steps()).containsExactly(new RollBack(0));
            assertThat(coordinator.result()).isInstanceOf(NotCommitted.class);
            assertThat(coordinator.answered(new RollBack(0), DONE).steps()).containsExactly(new RollBackPrepared(1));
        }

        @ParameterizedTest
        @MethodSource("dev.dbop.twophase.CoordinatorTest#allButDone")
        void troubleWithTheCleanUpChangesNothing(BranchAnswer answer) {
            Coordinator coordinator = Coordinator.withDecisionRow(2)
                    .answered(new Prepare(1), unknown)
                    .answered(new RollBack(0), answer)
                    .answered(new RollBackPrepared(1), answer);

            assertThat(coordinator.result()).isEqualTo(new NotCommitted(cause));
            assertThat(coordinator.finished()).isTrue();
            assertThat(coordinator.steps()).isEmpty();
            assertThat(coordinator.mayForget()).isFalse();
        }

        @Test
        void causeIsThatOfTheFirstFailure() {
            Coordinator coordinator = Coordinator.withDecisionRow(3)
                    .answered(new Prepare(2), unknown)
                    .answered(new Prepare(1), new BranchAnswer.Refused(new Exception("second")));

            assertThat(coordinator.result()).isEqualTo(new NotCommitted(cause));
        }

        @Test
        void readOnlyBranchTakesNoPartInTheSecondPhase() {
            Coordinator coordinator = Coordinator.withDecisionRow(3)
                    .answered(new Prepare(1), new ReadOnly())
                    .answered(new Prepare(2), DONE)
                    .answered(new CommitDecision(), DONE);

            assertThat(coordinator.steps()).containsExactly(new CommitPrepared(2));
            assertThat(coordinator.result()).isEqualTo(new Committed(List.of(2)));
        }

        @Test
        void refusedCommitIsNotCommittedAndRollsBranch0BackFirst() {
            Coordinator coordinator = prepared(2).answered(new CommitDecision(), refused);

            assertThat(coordinator.result()).isEqualTo(new NotCommitted(cause));
            assertThat(coordinator.steps()).containsExactly(new RollBack(0));
            assertThat(coordinator.answered(new RollBack(0), DONE).steps()).containsExactly(new RollBackPrepared(1));
        }

        @ParameterizedTest
        @MethodSource("dev.dbop.twophase.CoordinatorTest#answersThatSayNothing")
        void commitWithoutAnswerIsProbed(BranchAnswer answer) {
            Coordinator coordinator = prepared(2).answered(new CommitDecision(), answer);

            assertThat(coordinator.steps()).containsExactly(new ProbeDecision());
            assertThat(coordinator.result()).isNull();
            assertThat(coordinator.finished()).isFalse();
        }

        @Test
        void commitProbedAsCommittedGoesOn() {
            Coordinator coordinator =
                    prepared(2).answered(new CommitDecision(), unknown).probed(new DecisionAnswer.Committed());

            assertThat(coordinator.steps()).containsExactly(new CommitPrepared(1));
            assertThat(coordinator.result()).isEqualTo(new Committed(List.of(1)));
        }

        @Test
        void commitProbedAsAbortedRollsTheOthersBack() {
            Coordinator coordinator =
                    prepared(2).answered(new CommitDecision(), unknown).probed(new DecisionAnswer.Aborted());

            assertThat(coordinator.steps()).containsExactly(new RollBackPrepared(1));
            assertThat(coordinator.result()).isEqualTo(new NotCommitted(cause));
        }

        @Test
        void decisionStillOpenOrUnreachableIsAskedForAgain() {
            Coordinator coordinator = prepared(2).answered(new CommitDecision(), unknown);

            coordinator = coordinator.probed(new DecisionAnswer.Open());
            assertThat(coordinator.steps()).containsExactly(new ProbeDecision());
            coordinator = coordinator.probed(new DecisionAnswer.Unknown(new Exception("down")));
            assertThat(coordinator.steps()).containsExactly(new ProbeDecision());
            assertThat(coordinator.result()).isNull();
        }

        @Test
        void givingUpOnTheDecisionLeavesTheOutcomeUnknown() {
            Coordinator coordinator =
                    prepared(2).answered(new CommitDecision(), unknown).giveUp();

            assertThat(coordinator.result()).isEqualTo(new OutcomeUnknown(cause));
            assertThat(coordinator.finished()).isTrue();
            assertThat(coordinator.steps()).isEmpty();
            assertThat(coordinator.probed(new DecisionAnswer.Committed())).isSameAs(coordinator);
        }

        @Test
        void givingUpBeforeTheCommitPointDecidesNothing() {
            Coordinator coordinator = Coordinator.withDecisionRow(2).giveUp();

            assertThat(coordinator.result()).isNull();
            assertThat(coordinator.steps()).as("nothing is asked for twice").isEmpty();
            coordinator = coordinator.answered(new Prepare(1), DONE);
            assertThat(coordinator.steps()).containsExactly(new CommitDecision());
            assertThat(coordinator.answered(new CommitDecision(), unknown).result())
                    .as("without patience there is no probe")
                    .isEqualTo(new OutcomeUnknown(cause));
            coordinator = coordinator.answered(new CommitDecision(), DONE);
            assertThat(coordinator.steps()).as("once is no retry").containsExactly(new CommitPrepared(1));
            assertThat(coordinator.answered(new CommitPrepared(1), unknown).finished())
                    .isTrue();
        }

        @Test
        void unknownAndBusyBranchesAreCommittedAgain() {
            Coordinator coordinator = committed(3);

            coordinator = coordinator.answered(new CommitPrepared(1), unknown);
            assertThat(coordinator.steps()).containsExactly(new CommitPrepared(1));
            coordinator = coordinator.answered(new CommitPrepared(2), new Busy());
            assertThat(coordinator.steps()).containsExactly(new CommitPrepared(2));
            assertThat(coordinator.result()).isEqualTo(new Committed(List.of(1, 2)));
        }

        @Test
        void notFoundAfterATryOfOurOwnWithoutAnswerIsFinishedElsewhere() {
            Coordinator coordinator = committed(2)
                    .answered(new CommitPrepared(1), unknown)
                    .answered(new CommitPrepared(1), new Busy())
                    .answered(new CommitPrepared(1), new NotFound());

            assertThat(coordinator.result()).isEqualTo(new Committed(List.of()));
            assertThat(coordinator.finished()).isTrue();
            assertThat(coordinator.mayForget())
                    .as("a branch attached to its session is not found either")
                    .isFalse();
        }

        @Test
        void notFoundAtTheFirstTryStaysPending() {
            Coordinator coordinator = committed(2).answered(new CommitPrepared(1), new NotFound());

            assertThat(coordinator.result()).isEqualTo(new Committed(List.of(1)));
            assertThat(coordinator.finished()).isTrue();
            assertThat(coordinator.mayForget()).isFalse();
        }

        @Test
        void refusedCommitOfAPreparedBranchStaysCommittedAndPending() {
            Coordinator coordinator = committed(2).answered(new CommitPrepared(1), refused);

            assertThat(coordinator.result()).isEqualTo(new Committed(List.of(1)));
            assertThat(coordinator.finished()).isTrue();
            assertThat(coordinator.steps()).isEmpty();
        }

        @Test
        void givingUpInTheSecondPhaseLeavesTheRestToRecovery() {
            Coordinator coordinator = committed(3)
                    .answered(new CommitPrepared(1), unknown)
                    .answered(new CommitPrepared(2), DONE)
                    .giveUp();

            assertThat(coordinator.result()).isEqualTo(new Committed(List.of(1)));
            assertThat(coordinator.finished()).isTrue();
            assertThat(coordinator.steps()).isEmpty();
        }

        @Test
        void answerAfterGivingUpIsStillTaken() {
            Coordinator coordinator = committed(2).giveUp();

            assertThat(coordinator.answered(new CommitPrepared(1), unknown)).isSameAs(coordinator);
            Coordinator done = coordinator.answered(new CommitPrepared(1), DONE);
            assertThat(done.result()).isEqualTo(new Committed(List.of()));
            assertThat(done.mayForget()).isTrue();
        }

        @Test
        void refusesAnswersNobodyAwaits() {
            Coordinator start = Coordinator.withDecisionRow(3);
            Coordinator one = start.answered(new Prepare(1), DONE);
            Coordinator aborting = one.answered(new Prepare(2), refused);
            Coordinator rollingBack = aborting.answered(new RollBack(0), DONE);
            Coordinator committed = committed(2).answered(new CommitPrepared(1), DONE);

            assertUnasked(start, new CommitDecision());
            assertUnasked(start, new RollBack(0));
            assertUnasked(one, new Prepare(1));
            assertUnasked(aborting, new RollBackPrepared(1));
            assertUnasked(rollingBack.answered(new RollBackPrepared(1), DONE), new RollBackPrepared(1));
            assertUnasked(committed, new CommitPrepared(1));
            assertUnasked(committed, new RollBackPrepared(1));
            assertThatThrownBy(() -> start.probed(new DecisionAnswer.Committed()))
                    .isInstanceOf(IllegalStateException.class);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 65})
        void refusesNumberOfBranches(int branches) {
            assertThatThrownBy(() -> Coordinator.withDecisionRow(branches))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be 1 to 64");
        }

        @Test
        void takesAsManyBranchesAsANameHolds() {
            Coordinator coordinator = committed(64);

            assertThat(coordinator.steps()).hasSize(63).last().isEqualTo(new CommitPrepared(63));
        }
    }

    @Nested
    class LogLess {
        @Test
        void preparesAndCommitsInOrder() {
            Coordinator coordinator = Coordinator.logLess(2);

            assertThat(coordinator.steps()).containsExactly(new Prepare(0));
            coordinator = coordinator.answered(new Prepare(0), DONE);
            assertThat(coordinator.steps()).containsExactly(new Prepare(1));
            assertThat(coordinator.result()).isNull();
            coordinator = coordinator.answered(new Prepare(1), DONE);
            assertThat(coordinator.steps()).containsExactly(new CommitPrepared(0));
            assertThat(coordinator.result())
                    .as("the last PREPARE is the commit point")
                    .isEqualTo(new Committed(List.of(0, 1)));
            coordinator = coordinator.answered(new CommitPrepared(0), DONE);
            assertThat(coordinator.steps()).containsExactly(new CommitPrepared(1));
            coordinator = coordinator.answered(new CommitPrepared(1), DONE);
            assertThat(coordinator.result()).isEqualTo(new Committed(List.of()));
            assertThat(coordinator.finished()).isTrue();
            assertThat(coordinator.mayForget()).isFalse();
        }

        @ParameterizedTest
        @MethodSource("dev.dbop.twophase.CoordinatorTest#allButDone")
        void stopsCommittingAtTheFirstBranchThatIsNotCertainlyDone(BranchAnswer answer) {
            Coordinator coordinator =
                    prepared(3, 3).answered(new CommitPrepared(0), DONE).answered(new CommitPrepared(1), answer);

            assertThat(coordinator.steps()).isEmpty();
            assertThat(coordinator.finished()).isTrue();
            assertThat(coordinator.result()).isEqualTo(new Committed(List.of(1, 2)));
        }

        @Test
        void refusedPrepareRollsThePreparedBackDescending() {
            Coordinator coordinator = prepared(4, 2).answered(new Prepare(2), refused);

            assertThat(coordinator.result()).isEqualTo(new NotCommitted(cause));
            assertThat(coordinator.steps()).containsExactly(new RollBackPrepared(1), new RollBack(2), new RollBack(3));
            coordinator = coordinator.answered(new RollBack(3), DONE).answered(new RollBack(2), unknown);
            assertThat(coordinator.steps()).isEmpty();
            coordinator = coordinator.answered(new RollBackPrepared(1), DONE);
            assertThat(coordinator.steps()).containsExactly(new RollBackPrepared(0));
            assertThat(coordinator.finished()).isFalse();
            assertThat(coordinator.answered(new RollBackPrepared(0), DONE).finished())
                    .isTrue();
        }

        @ParameterizedTest
        @MethodSource("dev.dbop.twophase.CoordinatorTest#allButDone")
        void stopsRollingBackAtTheFirstBranchThatIsNotCertainlyDone(BranchAnswer answer) {
            Coordinator coordinator = prepared(3, 2)
                    .answered(new Prepare(2), refused)
                    .answered(new RollBack(2), DONE)
                    .answered(new RollBackPrepared(1), answer);

            assertThat(coordinator.steps()).isEmpty();
            assertThat(coordinator.finished()).isTrue();
            assertThat(coordinator.result()).isEqualTo(new NotCommitted(cause));
        }

        @Test
        void refusedFirstPrepareLeavesNothingPrepared() {
            Coordinator coordinator = Coordinator.logLess(2).answered(new Prepare(0), refused);

            assertThat(coordinator.steps()).containsExactly(new RollBack(0), new RollBack(1));
            assertThat(coordinator.result()).isEqualTo(new NotCommitted(cause));
        }

        @Test
        void readOnlyPrepareEndsTheGroupBecauseRecoveryJudgesByWhatIsListed() {
            Coordinator coordinator = prepared(2, 1).answered(new Prepare(1), new ReadOnly());

            assertThat(coordinator.steps()).containsExactly(new RollBackPrepared(0), new RollBack(1));
            assertThat(coordinator.result()).isEqualTo(new NotCommitted(null));
        }

        @ParameterizedTest
        @MethodSource("dev.dbop.twophase.CoordinatorTest#answersThatSayNothing")
        void prepareWithoutAnswerRollsBackNothingThatMayBePrepared(BranchAnswer answer) {
            Coordinator coordinator = prepared(3, 1).answered(new Prepare(1), answer);

            assertThat(coordinator.steps()).containsExactly(new RollBack(2));
            assertThat(coordinator.result())
                    .as("the last branch is never prepared")
                    .isInstanceOf(NotCommitted.class);
            assertThat(coordinator.answered(new RollBack(2), unknown).finished())
                    .isTrue();
        }

        @ParameterizedTest
        @MethodSource("dev.dbop.twophase.CoordinatorTest#answersThatSayNothing")
        void lastPrepareWithoutAnswerLeavesTheOutcomeUnknown(BranchAnswer answer) {
            Coordinator coordinator = prepared(2, 1).answered(new Prepare(1), answer);

            assertThat(coordinator.steps()).isEmpty();
            assertThat(coordinator.finished()).isTrue();
            assertThat(coordinator.result()).isInstanceOf(OutcomeUnknown.class);
        }

        @Test
        void groupOfOneIsALocalCommitWithoutAProbe() {
            Coordinator coordinator = Coordinator.logLess(1);

            assertThat(coordinator.steps()).containsExactly(new CommitDecision());
            assertThat(coordinator.answered(new CommitDecision(), DONE).result())
                    .isEqualTo(new Committed(List.of()));
            assertThat(coordinator.answered(new CommitDecision(), unknown).result())
                    .isEqualTo(new OutcomeUnknown(cause));
            Coordinator no = coordinator.answered(new CommitDecision(), refused);
            assertThat(no.result()).isEqualTo(new NotCommitted(cause));
            assertThat(no.steps()).containsExactly(new RollBack(0));
        }

        @Test
        void givingUpChangesNothingSinceNothingIsRetried() {
            Coordinator coordinator = prepared(2, 2);

            Coordinator givenUp = coordinator.giveUp();

            assertThat(givenUp.steps()).as("nothing is asked for twice").isEmpty();
            assertThat(givenUp.result()).isEqualTo(coordinator.result());
            assertThat(givenUp.answered(new CommitPrepared(0), DONE))
                    .isEqualTo(coordinator.answered(new CommitPrepared(0), DONE));
        }

        @Test
        void refusesAnswersNobodyAwaits() {
            Coordinator coordinator = Coordinator.logLess(2);

            assertUnasked(coordinator, new Prepare(1));
            assertUnasked(coordinator, new RollBack(1));
            assertUnasked(coordinator, new CommitPrepared(0));
            assertUnasked(coordinator.answered(new Prepare(0), DONE), new Prepare(0));
            assertThatThrownBy(() -> coordinator.probed(new DecisionAnswer.Aborted()))
                    .isInstanceOf(IllegalStateException.class);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 7})
        void refusesNumberOfBranches(int branches) {
            assertThatThrownBy(() -> Coordinator.logLess(branches))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be 1 to 6");
        }

        private Coordinator prepared(int branches, int prepared) {
            Coordinator coordinator = Coordinator.logLess(branches);
            for (int i = 0; i < prepared; i++) {
                coordinator = coordinator.answered(new Prepare(i), DONE);
            }
            return coordinator;
        }
    }

    private static void assertUnasked(Coordinator coordinator, Step step) {
        assertThatThrownBy(() -> coordinator.answered(step, DONE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(step + " is not awaited");
    }
}
