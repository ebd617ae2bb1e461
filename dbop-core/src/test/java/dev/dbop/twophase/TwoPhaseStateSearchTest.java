package dev.dbop.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.twophase.Setup.Flaw;
import dev.dbop.twophase.Setup.Trouble;
import dev.dbop.twophase.StateSearch.End;
import dev.dbop.twophase.TwoPhaseModel.Told;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Searches every state that one group can get into, breadth first, for a mixed outcome, a caller told the wrong thing, a
 * decision row deleted too early, and a branch prepared for ever. The coordinator and the recoverers are the classes that
 * are shipped: the search performs their steps and gives them answers.
 *
 * <p>What can happen at any time, any number of times, in any order:
 *
 * <ul>
 *   <li>a call is executed and answered; or has no answer, and is executed at any later time, or never: that is the lost
 *       reply, the call in flight and the call that never left, for calls of the coordinator and of recoverers, also
 *       after they have crashed. Or a server refuses a step, or it is not sent;
 *   <li>the coordinator crashes, or gives up, once; a session ends, and with it work that is not prepared, and the open
 *       decision row with branch 0;
 *   <li>two recoverers run, run again and crash between any two of their steps, looking at one database after the other,
 *       in any order; a database cannot be listed, and can be the next time;
 *   <li>with attached branches, a prepared branch belongs to its session while that lives, and everybody else is told
 *       that there is none (MariaDB, MySQL 5.7).
 * </ul>
 *
 * <p>Bounds: one group; up to three branches; two recoverers; no branch, one or all attached. Faults are not counted, so
 * there is no bound on them. Not modelled: servers that lose what they have acknowledged; the answers Busy and ReadOnly;
 * a probe is one step, since a second one that meets the first learns that the row is held, and waits. A run of recovery in which nothing
 * that may still be seen leads to anything ends there. Of time only what
 * the protocol leans on: with a row, that it is not old while its coordinator may ask for it; without one, whether the
 * deadline and the drain have passed.
 *
 * <p>That everything gets finished is checked in every state: from there on nothing fails, calls in flight never land (a
 * state after they have is a state of its own), the coordinator goes on if it lives, sessions end, and one recoverer runs
 * three times.
 */
@Tag("one-jdk")
class TwoPhaseStateSearchTest {
    private static final Logger LOG = LoggerFactory.getLogger(TwoPhaseStateSearchTest.class);

    @Nested
    class WithDecisionRow {
        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3})
        void hasNoTroubleInAnyState(int branches) {
            assertSound(Setup.of(branches), RowModel::new);
        }

        @ParameterizedTest
        @ValueSource(ints = {2, 3})
        void hasNoTroubleWhereBranchesStayWithTheirSessions(int branches) {
            assertSound(Setup.of(branches).withAllAttached(), RowModel::new);
        }

        @ParameterizedTest
        @CsvSource({"2, 1", "3, 1"})
        void hasNoTroubleWhereOneBranchStaysWithItsSession(int branches, int attached) {
            assertSound(Setup.of(branches).withAttached(attached), RowModel::new);
        }

        @ParameterizedTest
        @ValueSource(ints = {2, 3})
        void hasNoTroubleWithARecovererOfAnotherStoreOnASharedDatabase(int branches) {
            assertSound(Setup.of(branches).withForeigner(), RowModel::new);
        }

        @Test
        void isBrokenIfTheRowIsInsertedLast() {
            List<String> trace =
                    assertBroken(Setup.of(2).with(Flaw.ROW_INSERTED_LAST, Trouble.MIXED_OUTCOME), RowModel::new);

            assertThat(trace)
                    .containsSubsequence("recoverer 1: ProbeDecision 0 Aborted", "coordinator: inserts the row");
        }

        @Test
        void isBrokenIfTheProbeOnlyLooksForTheRow() {
            List<String> trace =
                    assertBroken(Setup.of(2).with(Flaw.PROBE_BY_SELECT, Trouble.MIXED_OUTCOME), RowModel::new);

            assertThat(trace)
                    .containsSubsequence("coordinator: ProbeDecision 0 Aborted", "database 0: late COMMIT lands");
        }

        @Test
        void isBrokenIfTheRowIsDeletedAfterAnIncompleteListing() {
            List<String> trace =
                    assertBroken(Setup.of(2).with(Flaw.HIDDEN_IS_EMPTY, Trouble.MIXED_OUTCOME), RowModel::new);

            assertThat(trace)
                    .containsSubsequence("recoverer 2: cannot list database 1", "recoverer 2: deletes the row");
        }

        @Test
        void deletesTheRowTooEarlyAfterAnIncompleteListing() {
            List<String> trace =
                    assertBroken(Setup.of(2).with(Flaw.HIDDEN_IS_EMPTY, Trouble.ROW_DELETED_TOO_EARLY), RowModel::new);

            assertThat(trace).endsWith("recoverer 1: cannot list database 1", "recoverer 1: deletes the row");
        }

        @Test
        void isBrokenIfTheRowIsDeletedWhileItsCoordinatorMayStillAskForIt() {
            List<String> trace = assertBroken(
                    Setup.of(2).with(Flaw.ROW_DELETED_YOUNG, Trouble.TOLD_NOT_COMMITTED_BUT_COMMITTED), RowModel::new);

            assertThat(trace).endsWith("recoverer 1: deletes the row", "coordinator: ProbeDecision 0 Aborted");
        }

        @Test
        void isBrokenForTwoStoresSharingAParticipantIfNamesDoNotCarryTheStore() {
            Setup setup = Setup.of(2).withForeigner().with(Flaw.NO_STORE_IN_NAME, Trouble.MIXED_OUTCOME);

            List<String> trace = assertBroken(setup, RowModel::new);

            assertThat(trace).endsWith("recoverer 2: ProbeDecision 0 Aborted", "recoverer 2: RollBackPrepared 1 Done");
        }
    }

    @Nested
    class WithoutDecisionRow {
        @ParameterizedTest
        @ValueSource(ints = {2, 3})
        void hasNoTroubleInAnyState(int branches) {
            assertSound(Setup.of(branches), LogLessModel::new);
        }

        @ParameterizedTest
        @ValueSource(ints = {2, 3})
        void hasNoTroubleWhereBranchesStayWithTheirSessions(int branches) {
            assertSound(Setup.of(branches).withAllAttached(), LogLessModel::new);
        }

        @ParameterizedTest
        @CsvSource({"2, 0", "2, 1", "3, 0", "3, 1", "3, 2"})
        void hasNoTroubleWhereOneBranchStaysWithItsSession(int branches, int attached) {
            assertSound(Setup.of(branches).withAttached(attached), LogLessModel::new);
        }

        @Test
        void isBrokenIfTwoLooksStandInForDeadlineAndDrain() {
            List<String> trace = assertBroken(
                    Setup.of(2).with(Flaw.TWO_LOOKS_INSTEAD_OF_DEADLINE, Trouble.MIXED_OUTCOME), LogLessModel::new);

            assertThat(trace)
                    .containsSubsequence(
                            "recoverer 1: lists all databases again",
                            "coordinator: Prepare 1 Done",
                            "recoverer 1: RollBackPrepared 0 Done");
        }

        @Test
        void isBrokenIfAGroupIsJudgedFromViewsOfDifferentTimes() {
            List<String> trace = assertBroken(
                    Setup.of(2).with(Flaw.LOOKS_OF_DIFFERENT_TIMES, Trouble.MIXED_OUTCOME), LogLessModel::new);

            assertThat(trace)
                    .containsSubsequence(
                            "recoverer 1: lists database 1",
                            "coordinator: Prepare 1 Done",
                            "clock: the drain is over",
                            "recoverer 1: lists database 0");
        }

        @Test
        void isBrokenWithADeadlineButNoDrain() {
            List<String> trace = assertBroken(
                    Setup.of(2).with(Flaw.DEADLINE_WITHOUT_DRAIN, Trouble.MIXED_OUTCOME), LogLessModel::new);

            assertThat(trace)
                    .containsSubsequence(
                            "clock: the deadline passes",
                            "recoverer 1: lists database 1",
                            "coordinator: Prepare 1 Done",
                            "recoverer 1: RollBackPrepared 0 Done");
        }

        @Test
        void isBrokenIfADatabaseMissingFromOneRunIsBackInTheNext() {
            List<String> trace =
                    assertBroken(Setup.of(2).with(Flaw.HIDDEN_IS_EMPTY, Trouble.MIXED_OUTCOME), LogLessModel::new);

            assertThat(trace)
                    .containsSubsequence(
                            "recoverer 1: cannot list database 1",
                            "recoverer 1: RollBackPrepared 0 Done",
                            "recoverer 1: CommitPrepared 1 Done");
        }

        @Test
        void isBrokenIfTheCoordinatorRollsBackAfterAnUnknownPrepare() {
            List<String> trace = assertBroken(
                    Setup.of(2).with(Flaw.ROLLS_BACK_AFTER_UNKNOWN_PREPARE, Trouble.MIXED_OUTCOME), LogLessModel::new);

            assertThat(trace)
                    .containsSubsequence("coordinator: Prepare 1 no answer", "coordinator: RollBackPrepared 0 Done")
                    .contains("database 1: late PREPARE lands");
        }

        @Test
        void isBrokenIfNotFoundCountsAsDone() {
            Setup setup = Setup.of(2).withAllAttached().with(Flaw.NOT_FOUND_IS_DONE, Trouble.MIXED_OUTCOME);

            List<String> trace = assertBroken(setup, LogLessModel::new);

            assertThat(trace)
                    .containsSubsequence(
                            "recoverer 1: CommitPrepared 0 NotFound",
                            "recoverer 1: CommitPrepared 1 Done",
                            "recoverer 1: RollBackPrepared 0 Done");
        }
    }

    private static void assertSound(Setup setup, Function<Setup, TwoPhaseModel> model) {
        TwoPhaseModel searched = model.apply(setup);

        End end = StateSearch.run(searched);

        LOG.info("{} {}: {}", searched.getClass().getSimpleName(), setup, end);
        assertThat(end.wrong()).as("after %s", end.trace()).isNull();
        assertThat(searched.everTold())
                .as("what callers are told in some state")
                .containsExactly(Told.values());
    }

    /** The steps of a shortest way into the trouble. */
    private static List<String> assertBroken(Setup setup, Function<Setup, TwoPhaseModel> model) {
        End end = StateSearch.run(model.apply(setup));

        LOG.info("{}: {}", setup, end);
        assertThat(end.wrong()).isEqualTo(String.valueOf(setup.looksFor()));
        assertThat(end.trace()).isNotEmpty();
        return end.trace();
    }
}
