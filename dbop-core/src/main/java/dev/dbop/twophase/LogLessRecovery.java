package dev.dbop.twophase;

import dev.dbop.twophase.GroupReport.Why;
import dev.dbop.twophase.Step.CommitPrepared;
import dev.dbop.twophase.Step.ProbeDecision;
import dev.dbop.twophase.Step.RollBackPrepared;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recovers a group without a decision row: one branch after the other, in the order that keeps what is left a suffix
 * (committing) or a prefix (rolling back). Stops at the first branch that is not certainly done; going on past it would
 * turn the one into the other for the next run.
 *
 * @param group its name
 * @param prepared the participant by the branch's index
 * @param commit true to commit, false to roll back
 * @param order the indexes of the branches, in the order they are finished
 * @param done how many of them are
 * @param stopped the answer at which it stopped, or null
 */
record LogLessRecovery(
        GroupId group,
        Map<Integer, String> prepared,
        boolean commit,
        List<Integer> order,
        int done,
        @Nullable BranchAnswer stopped)
        implements GroupRecovery {
    @Override
    public List<Step> steps() {
        if (finished()) {
            return List.of();
        }
        int next = order.get(done);
        return List.of(commit ? new CommitPrepared(next) : new RollBackPrepared(next));
    }

    @Override
    public GroupRecovery answered(Step step, BranchAnswer answer) {
        if (!steps().contains(step)) {
            throw LeftRecovery.unasked(step, group);
        }
        return answer instanceof BranchAnswer.Done
                ? new LogLessRecovery(group, prepared, commit, order, done + 1, null)
                : new LogLessRecovery(group, prepared, commit, order, done, answer);
    }

    @Override
    public GroupRecovery probed(DecisionAnswer answer) {
        throw LeftRecovery.unasked(new ProbeDecision(), group);
    }

    @Override
    public boolean finished() {
        return stopped != null || done == order.size();
    }

    @Override
    public GroupReport report() {
        if (stopped != null) {
            return new GroupReport.Deferred(group, Why.BRANCH_UNFINISHED, RowCoordinator.causeOf(stopped));
        }
        if (!finished()) {
            return new GroupReport.Deferred(group, Why.UNANSWERED, null);
        }
        List<Integer> sorted = order.stream().sorted().toList();
        return commit ? new GroupReport.Committed(group, sorted) : new GroupReport.RolledBack(group, sorted);
    }
}
