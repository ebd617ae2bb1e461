package dev.dbop.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.twophase.BranchAnswer.Busy;
import dev.dbop.twophase.BranchAnswer.Done;
import dev.dbop.twophase.BranchAnswer.NotFound;
import dev.dbop.twophase.GroupReport.Committed;
import dev.dbop.twophase.GroupReport.Conflicting;
import dev.dbop.twophase.GroupReport.Deferred;
import dev.dbop.twophase.GroupReport.FinishedElsewhere;
import dev.dbop.twophase.GroupReport.RolledBack;
import dev.dbop.twophase.GroupReport.Why;
import dev.dbop.twophase.Step.CommitPrepared;
import dev.dbop.twophase.Step.ProbeDecision;
import dev.dbop.twophase.Step.RollBackPrepared;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecoveryRunTest {
    private static final String STORE = "00000000000000aa";
    private static final String OTHER_STORE = "00000000000000bb";
    private static final long QUIET_AFTER = 1_000;
    private static final Duration RETENTION = Duration.ofHours(1);
    private static final RecoveryRules RULES = new RecoveryRules("dbop", Set.of(STORE), RETENTION);
    private static final Done DONE = new Done();

    private final Exception cause = new Exception("down");

    private static GroupId group(int number, int branches) {
        return new GroupId("dbop", STORE, base(number), branches, null);
    }

    private static GroupId logLess(int branches) {
        List<String> participants =
                IntStream.range(0, branches).mapToObj(RecoveryRunTest::server).toList();
        return new GroupId(
                "dbop",
                GroupId.NO_STORE,
                base(1),
                branches,
                new GroupId.LogLess(
                        QUIET_AFTER, participants.stream().map(GroupId::shortId).toList()));
    }

    private static String base(int number) {
        return String.format(java.util.Locale.ROOT, "%016x", number);
    }

    private static String server(int i) {
        return "server " + i;
    }

    private static RecoveryRun run(DecisionRow... rows) {
        return RecoveryRun.begin(RULES, List.of(rows));
    }

    private static GroupRecovery only(RecoveryRun run) {
        assertThat(run.groups()).hasSize(1);
        return run.groups().get(0);
    }

    private static Deferred deferred(GroupId group, Why why) {
        return new Deferred(group, why, null);
    }

    @Nested
    class WithDecisionRow {
        private final GroupId group = group(1, 3);

        private GroupRecovery found() {
            return only(run().listed("a", List.of(group.branch(1)), 0).listed("b", List.of(group.branch(2)), 0));
        }

        @Test
        void asksForTheDecisionFirst() {
            GroupRecovery recovery = found();

            assertThat(recovery.group()).isEqualTo(group);
            assertThat(recovery.prepared()).containsExactly(Map.entry(1, "a"), Map.entry(2, "b"));
            assertThat(recovery.steps()).containsExactly(new ProbeDecision());
            assertThat(recovery.finished()).isFalse();
            assertThat(recovery.report()).isEqualTo(deferred(group, Why.UNANSWERED));
        }

        @Test
        void commitsAllThatIsPreparedIfTheDecisionIsCommitted() {
            GroupRecovery recovery = found().probed(new DecisionAnswer.Committed());

            assertThat(recovery.steps()).containsExactly(new CommitPrepared(1), new CommitPrepared(2));
            recovery = recovery.answered(new CommitPrepared(2), DONE);
            assertThat(recovery.report()).isEqualTo(deferred(group, Why.UNANSWERED));
            assertThat(recovery.steps()).isEmpty();
            recovery = recovery.answered(new CommitPrepared(1), DONE);
            assertThat(recovery.finished()).isTrue();
            assertThat(recovery.report()).isEqualTo(new Committed(group, List.of(1, 2)));
        }

        @Test
        void rollsAllThatIsPreparedBackIfTheDecisionCanNeverBeCommitted() {
            GroupRecovery recovery = found().probed(new DecisionAnswer.Aborted());

            assertThat(recovery.steps()).containsExactly(new RollBackPrepared(1), new RollBackPrepared(2));
            recovery = recovery.answered(new RollBackPrepared(1), DONE).answered(new RollBackPrepared(2), DONE);
            assertThat(recovery.report()).isEqualTo(new RolledBack(group, List.of(1, 2)));
        }

        @Test
        void leavesTheGroupOfALivingCoordinator() {
            GroupRecovery recovery = found().probed(new DecisionAnswer.Open());

            assertThat(recovery.finished()).isTrue();
            assertThat(recovery.steps()).isEmpty();
            assertThat(recovery.report()).isEqualTo(deferred(group, Why.COORDINATOR_ALIVE));
            assertThat(recovery.prepared()).hasSize(2);
        }

        @Test
        void leavesTheGroupIfTheStoreDoesNotAnswer() {
            GroupRecovery recovery = found().probed(new DecisionAnswer.Unknown(cause));

            assertThat(recovery.report()).isEqualTo(new Deferred(group, Why.STORE_UNREACHABLE, cause));
        }

        @Test
        void branchesNotFoundAreFinishedElsewhere() {
            GroupRecovery committed = found().probed(new DecisionAnswer.Committed());

            assertThat(committed
                            .answered(new CommitPrepared(1), new NotFound())
                            .answered(new CommitPrepared(2), new NotFound())
                            .report())
                    .isEqualTo(new FinishedElsewhere(group));
            assertThat(committed
                            .answered(new CommitPrepared(1), new NotFound())
                            .answered(new CommitPrepared(2), DONE)
                            .report())
                    .isEqualTo(new Committed(group, List.of(2)));
        }

        @Test
        void branchThatCannotBeFinishedDefersTheGroupAndStopsNoOther() {
            GroupRecovery recovery = found().probed(new DecisionAnswer.Committed());

            recovery = recovery.answered(new CommitPrepared(1), new BranchAnswer.Refused(cause));
            assertThat(recovery.finished()).isFalse();
            recovery = recovery.answered(new CommitPrepared(2), DONE);
            assertThat(recovery.report()).isEqualTo(new Deferred(group, Why.BRANCH_UNFINISHED, cause));
        }

        @Test
        void busyAndUnansweredBranchesAreDeferred() {
            GroupRecovery recovery = found().probed(new DecisionAnswer.Aborted())
                    .answered(new RollBackPrepared(1), new Busy())
                    .answered(new RollBackPrepared(2), new BranchAnswer.Unknown(cause));

            assertThat(recovery.finished()).isTrue();
            assertThat(recovery.report()).isEqualTo(new Deferred(group, Why.BRANCH_UNFINISHED, cause));
        }

        @Test
        void listingsThatLackItsOtherBranchesDoNotMatter() {
            GroupRecovery recovery =
                    only(run().listed("a", List.of(group.branch(2)), 0).unavailable("b", cause));

            assertThat(recovery.probed(new DecisionAnswer.Committed()).steps()).containsExactly(new CommitPrepared(2));
        }

        @Test
        void leavesTheGroupOfAnotherStore() {
            GroupId other = new GroupId("dbop", OTHER_STORE, base(1), 3, null);

            GroupRecovery recovery = only(run().listed("a", List.of(other.branch(1)), 0));

            assertThat(recovery.steps()).isEmpty();
            assertThat(recovery.finished()).isTrue();
            assertThat(recovery.report()).isEqualTo(deferred(other, Why.OTHER_STORE));
        }

        @Test
        void neverTouchesAnotherPrefix() {
            GroupId other = new GroupId("bank", STORE, base(1), 3, null);

            assertThat(run().listed("a", List.of(other.branch(1)), 0).groups()).isEmpty();
        }

        @Test
        void refusesAnswersNobodyAwaits() {
            GroupRecovery start = found();
            GroupRecovery committing = start.probed(new DecisionAnswer.Committed());
            GroupRecovery one = committing.answered(new CommitPrepared(1), DONE);
            GroupRecovery left = start.probed(new DecisionAnswer.Open());

            assertUnasked(start, new CommitPrepared(1));
            assertUnasked(committing, new RollBackPrepared(1));
            assertUnasked(committing, new CommitPrepared(3));
            assertUnasked(one, new CommitPrepared(1));
            assertUnasked(left, new CommitPrepared(1));
            assertThatThrownBy(() -> committing.probed(new DecisionAnswer.Committed()))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> left.probed(new DecisionAnswer.Committed()))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    class LogLess {
        private GroupRecovery found(GroupId group, int... prepared) {
            return only(listed(group, QUIET_AFTER + 1, prepared));
        }

        private RecoveryRun listed(GroupId group, long clock, int... prepared) {
            RecoveryRun run = run();
            for (int i = 0; i < group.branches(); i++) {
                int index = i;
                boolean there = Arrays.stream(prepared).anyMatch(p -> p == index);
                run = run.listed(server(i), there ? List.of(group.branch(i)) : List.of(), clock);
            }
            return run;
        }

        @Test
        void commitsAllAscending() {
            assertOrder(
                    found(logLess(3), 2, 0, 1), new CommitPrepared(0), new CommitPrepared(1), new CommitPrepared(2));
        }

        @Test
        void commitsASuffixAscending() {
            assertOrder(found(logLess(3), 1, 2), new CommitPrepared(1), new CommitPrepared(2));
            assertOrder(found(logLess(3), 2), new CommitPrepared(2));
        }

        @Test
        void rollsAProperPrefixBackDescending() {
            assertOrder(found(logLess(3), 0, 1), new RollBackPrepared(1), new RollBackPrepared(0));
            assertOrder(found(logLess(3), 0), new RollBackPrepared(0));
        }

        private void assertOrder(GroupRecovery recovery, Step... steps) {
            GroupRecovery now = recovery;
            for (Step step : steps) {
                assertThat(now.steps()).containsExactly(step);
                assertThat(now.finished()).isFalse();
                assertThat(now.report()).isEqualTo(deferred(now.group(), Why.UNANSWERED));
                now = now.answered(step, DONE);
            }
            List<Integer> branches = Stream.of(steps).map(Step::branch).sorted().toList();
            assertThat(now.steps()).isEmpty();
            assertThat(now.finished()).isTrue();
            assertThat(now.report())
                    .isEqualTo(
                            steps[0] instanceof CommitPrepared
                                    ? new Committed(now.group(), branches)
                                    : new RolledBack(now.group(), branches));
        }

        @ParameterizedTest
        @CsvSource({"4, 0 2", "4, 1", "4, 1 2", "4, 0 3", "4, 0 1 3", "3, 0 2", "3, 1"})
        void whatIsNeitherAllNorPrefixNorSuffixIsConflicting(int branches, String prepared) {
            int[] indexes = Arrays.stream(prepared.split(" ", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();

            GroupRecovery recovery = found(logLess(branches), indexes);

            assertThat(recovery.steps()).isEmpty();
            assertThat(recovery.report())
                    .isInstanceOfSatisfying(
                            Conflicting.class,
                            report -> assertThat(report.what()).contains("neither all, nor the first, nor the last"));
        }

        @ParameterizedTest
        @MethodSource("dev.dbop.twophase.CoordinatorTest#allButDone")
        void stopsAtTheFirstBranchThatIsNotCertainlyDone(BranchAnswer answer) {
            GroupRecovery commits = found(logLess(2), 0, 1).answered(new CommitPrepared(0), answer);
            GroupRecovery rollsBack = found(logLess(3), 0, 1).answered(new RollBackPrepared(1), answer);

            assertThat(List.of(commits, rollsBack)).allSatisfy(recovery -> {
                assertThat(recovery.steps()).isEmpty();
                assertThat(recovery.finished()).isTrue();
                assertThat(recovery.report())
                        .isInstanceOfSatisfying(
                                Deferred.class,
                                report -> assertThat(report.why()).isEqualTo(Why.BRANCH_UNFINISHED));
            });
        }

        @ParameterizedTest
        @CsvSource({"1000, 1001", "1001, 1000", "0, 1001", "1000, 1000"})
        void leavesAGroupThatIsNotQuietByEveryClock(long first, long second) {
            GroupId group = logLess(2);

            GroupRecovery recovery = only(
                    run().listed(server(0), List.of(group.branch(0)), first).listed(server(1), List.of(), second));

            assertThat(recovery.report()).isEqualTo(deferred(group, Why.NOT_QUIET));
            assertThat(recovery.steps()).isEmpty();
        }

        @Test
        void clocksOfOthersDoNotMatter() {
            GroupId group = logLess(2);

            GroupRecovery recovery = only(listed(group, QUIET_AFTER + 1, 0)
                    .listed("another", List.of(), 0)
                    .unavailable("third", cause));

            assertThat(recovery.steps()).containsExactly(new RollBackPrepared(0));
        }

        @Test
        void leavesAGroupOneOfWhoseParticipantsCouldNotBeListed() {
            GroupId group = logLess(2);

            GroupRecovery recovery = only(run().listed(server(0), List.of(group.branch(0)), QUIET_AFTER + 1)
                    .unavailable(server(1), cause));

            assertThat(recovery.report()).isEqualTo(new Deferred(group, Why.PARTICIPANT_UNLISTED, cause));
        }

        @Test
        void leavesAGroupOneOfWhoseParticipantsIsNotKnown() {
            GroupId group = logLess(2);

            GroupRecovery recovery = only(run().listed(server(0), List.of(group.branch(0)), QUIET_AFTER + 1));

            assertThat(recovery.report()).isEqualTo(deferred(group, Why.PARTICIPANT_UNLISTED));
        }

        @Test
        void branchWhereTheGroupDoesNotSayItIsIsConflicting() {
            GroupId group = logLess(2);

            GroupRecovery recovery = only(run().listed(server(0), List.of(), QUIET_AFTER + 1)
                    .listed(server(1), List.of(group.branch(0)), QUIET_AFTER + 1));

            assertThat(recovery.report())
                    .isEqualTo(new Conflicting(group, "branch 0 is not where the group says it is"));
        }

        @Test
        void needsNoStore() {
            GroupId group = logLess(2);
            RecoveryRules rules = new RecoveryRules("dbop", Set.of(), RETENTION);

            GroupRecovery recovery = only(RecoveryRun.begin(rules, List.of())
                    .listed(server(0), List.of(), QUIET_AFTER + 1)
                    .listed(server(1), List.of(group.branch(1)), QUIET_AFTER + 1));

            assertThat(recovery.steps()).containsExactly(new CommitPrepared(1));
        }

        @Test
        void refusesAnswersNobodyAwaits() {
            GroupRecovery recovery = found(logLess(2), 0, 1);

            assertUnasked(recovery, new CommitPrepared(1));
            assertUnasked(recovery, new RollBackPrepared(0));
            assertUnasked(recovery.answered(new CommitPrepared(0), DONE), new CommitPrepared(0));
            assertThatThrownBy(() -> recovery.probed(new DecisionAnswer.Committed()))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    class Nonsense {
        @Test
        void sameBranchInTwoPlaces() {
            GroupId group = group(1, 3);

            assertConflicting(
                    only(run().listed("a", List.of(group.branch(1)), 0).listed("b", List.of(group.branch(1)), 0)),
                    "branch 1 is prepared in");
        }

        @Test
        void sameBranchTwiceInOnePlace() {
            GroupId group = group(1, 3);

            assertConflicting(
                    only(run().listed("a", List.of(group.branch(1), group.branch(1)), 0)), "branch 1 is prepared in");
        }

        @Test
        void branchesOfOneGroupThatDisagree() {
            assertConflicting(
                    only(run().listed(
                                    "a",
                                    List.of(group(1, 3).branch(1), group(1, 4).branch(2)),
                                    0)),
                    "its branches disagree");
        }

        @Test
        void branch0Prepared() {
            assertConflicting(
                    only(run().listed("a", List.of(group(1, 3).branch(0)), 0)), "branch 0 holds the decision");
        }

        @Test
        void groupOfOnePrepared() {
            assertConflicting(only(run().listed("a", List.of(group(1, 1).branch(0)), 0)), "a group of one");
        }

        private void assertConflicting(GroupRecovery recovery, String what) {
            assertThat(recovery.steps()).isEmpty();
            assertThat(recovery.finished()).isTrue();
            assertThat(recovery.report())
                    .isInstanceOfSatisfying(
                            Conflicting.class,
                            report -> assertThat(report.what()).startsWith(what));
        }

        @Test
        void badGroupsStopNoOther() {
            GroupId lonely = group(1, 1);
            GroupId twice = group(2, 3);
            GroupId good = group(3, 2);
            GroupId foreign = new GroupId("dbop", OTHER_STORE, base(4), 2, null);
            GroupId quiet = logLess(2);
            RecoveryRun run = run().listed(
                            server(0),
                            List.of(lonely.branch(0), twice.branch(1), foreign.branch(1), quiet.branch(0)),
                            0)
                    .listed(server(1), List.of(twice.branch(1), good.branch(1)), 0)
                    .unavailable("c", cause);

            List<GroupRecovery> groups = run.groups();

            assertThat(groups).extracting(GroupRecovery::group).containsExactly(lonely, twice, good, foreign, quiet);
            assertThat(groups)
                    .extracting(recovery -> recovery.report().getClass().getSimpleName())
                    .containsExactly("Conflicting", "Conflicting", "Deferred", "Deferred", "Deferred");
            assertThat(groups.get(2).steps()).containsExactly(new ProbeDecision());
        }
    }

    @Nested
    class Deletes {
        private final GroupId group = group(1, 3);
        private final DecisionRow row = new DecisionRow(STORE, group.base(), List.of("a", "b"), RETENTION);

        @Test
        void anOldRowAllOfWhoseParticipantsAreListedClean() {
            assertThat(run(row).listed("a", List.of(), 0)
                            .listed("b", List.of(group(2, 3).branch(2)), 0)
                            .deletable())
                    .containsExactly(row);
        }

        @Test
        void noRowWithAParticipantThatWasNotListed() {
            assertThat(run(row).listed("a", List.of(), 0).deletable()).isEmpty();
            assertThat(run(row).listed("a", List.of(), 0)
                            .unavailable("b", cause)
                            .deletable())
                    .isEmpty();
        }

        @Test
        void noRowOfAGroupThatIsListed() {
            assertThat(run(row).listed("a", List.of(), 0)
                            .listed("b", List.of(group.branch(2)), 0)
                            .deletable())
                    .isEmpty();
        }

        @Test
        void noRowOfAGroupThatIsListedAnywhereElse() {
            assertThat(run(row).listed("a", List.of(), 0)
                            .listed("b", List.of(), 0)
                            .listed("c", List.of(group.branch(2)), 0)
                            .deletable())
                    .isEmpty();
        }

        @Test
        void noRowOfAGroupThatIsListedUnderAnotherPrefix() {
            GroupId other = new GroupId("bank", STORE, group.base(), 3, null);

            assertThat(run(row).listed("a", List.of(other.branch(1)), 0)
                            .listed("b", List.of(), 0)
                            .deletable())
                    .isEmpty();
        }

        @Test
        void aRowWhateverAnotherStoreHasUnderTheSameBase() {
            GroupId other = new GroupId("dbop", OTHER_STORE, group.base(), 3, null);

            assertThat(run(row).listed("a", List.of(other.branch(1)), 0)
                            .listed("b", List.of(), 0)
                            .deletable())
                    .containsExactly(row);
        }

        @Test
        void noYoungRow() {
            DecisionRow young = new DecisionRow(STORE, group.base(), List.of("a", "b"), RETENTION.minusNanos(1));

            assertThat(run(young)
                            .listed("a", List.of(), 0)
                            .listed("b", List.of(), 0)
                            .deletable())
                    .isEmpty();
        }

        @Test
        void theRowOfAGroupOfOneWithoutAnyListing() {
            DecisionRow single = new DecisionRow(STORE, base(7), List.of(), RETENTION);

            assertThat(run(single, row).deletable()).containsExactly(single);
        }
    }

    @Test
    void refusesAParticipantListedTwice() {
        RecoveryRun run = run().listed("a", List.of(), 0);

        assertThatThrownBy(() -> run.listed("a", List.of(), 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("participant 'a' is in this run already");
        assertThatThrownBy(() -> run.unavailable("a", cause)).isInstanceOf(IllegalStateException.class);
    }

    private static void assertUnasked(GroupRecovery recovery, Step step) {
        assertThatThrownBy(() -> recovery.answered(step, DONE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(step + " is not awaited");
    }
}
