package dev.dbop.twophase;

import dev.dbop.twophase.GroupReport.Why;
import dev.dbop.twophase.Step.CommitPrepared;
import dev.dbop.twophase.Step.ProbeDecision;
import dev.dbop.twophase.Step.RollBackPrepared;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recovers a group that has a decision row: asks for the decision, and does to every prepared branch what it says.
 *
 * @param group its name
 * @param prepared the participant by the branch's index
 * @param stage how far the group is
 * @param awaited the indexes of the branches whose answer is awaited
 * @param done the indexes of the branches finished here
 * @param left true once a branch is left to a later run
 * @param cause why it is
 * @param steps asked for by this state
 */
record RowRecovery(
        GroupId group,
        Map<Integer, String> prepared,
        Stage stage,
        List<Integer> awaited,
        List<Integer> done,
        boolean left,
        @Nullable Throwable cause,
        List<Step> steps)
        implements GroupRecovery {
    /** How far the group is. */
    enum Stage {
        PROBING,
        COMMITTING,
        ROLLING_BACK
    }

    static RowRecovery start(GroupId group, Map<Integer, String> prepared) {
        return new RowRecovery(
                group, prepared, Stage.PROBING, List.of(), List.of(), false, null, List.of(new ProbeDecision()));
    }

    @Override
    public GroupRecovery probed(DecisionAnswer answer) {
        if (stage != Stage.PROBING) {
            throw LeftRecovery.unasked(new ProbeDecision(), group);
        }
        if (answer instanceof DecisionAnswer.Committed) {
            return finishing(Stage.COMMITTING);
        }
        if (answer instanceof DecisionAnswer.Aborted) {
            return finishing(Stage.ROLLING_BACK);
        }
        GroupReport report = answer instanceof DecisionAnswer.Unknown unknown
                ? new GroupReport.Deferred(group, Why.STORE_UNREACHABLE, unknown.cause())
                : new GroupReport.Deferred(group, Why.COORDINATOR_ALIVE, null);
        return new LeftRecovery(prepared, report);
    }

    private GroupRecovery finishing(Stage next) {
        List<Integer> all = List.copyOf(prepared.keySet());
        List<Step> ask = all.stream().map(i -> step(next, i)).toList();
        return new RowRecovery(group, prepared, next, all, List.of(), false, null, ask);
    }

    private static Step step(Stage stage, int branch) {
        return stage == Stage.COMMITTING ? new CommitPrepared(branch) : new RollBackPrepared(branch);
    }

    @Override
    public GroupRecovery answered(Step step, BranchAnswer answer) {
        if (!awaited.contains(step.branch()) || !step.equals(step(stage, step.branch()))) {
            throw LeftRecovery.unasked(step, group);
        }
        List<Integer> rest = awaited.stream().filter(i -> i != step.branch()).toList();
        List<Integer> here = new ArrayList<>(done);
        boolean gone = answer instanceof BranchAnswer.NotFound;
        boolean finished = answer instanceof BranchAnswer.Done || answer instanceof BranchAnswer.ReadOnly;
        if (finished) {
            here.add(step.branch());
        }
        Throwable why = cause == null ? RowCoordinator.causeOf(answer) : cause;
        return new RowRecovery(
                group, prepared, stage, rest, List.copyOf(here), left || !(gone || finished), why, List.of());
    }

    @Override
    public boolean finished() {
        return stage != Stage.PROBING && awaited.isEmpty();
    }

    @Override
    public GroupReport report() {
        if (!finished()) {
            return new GroupReport.Deferred(group, Why.UNANSWERED, cause);
        }
        if (left) {
            return new GroupReport.Deferred(group, Why.BRANCH_UNFINISHED, cause);
        }
        if (done.isEmpty()) {
            return new GroupReport.FinishedElsewhere(group);
        }
        List<Integer> sorted = done.stream().sorted().toList();
        return stage == Stage.COMMITTING
                ? new GroupReport.Committed(group, sorted)
                : new GroupReport.RolledBack(group, sorted);
    }
}
