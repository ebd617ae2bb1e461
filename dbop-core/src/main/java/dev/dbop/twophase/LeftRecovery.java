package dev.dbop.twophase;

import java.util.List;
import java.util.Map;

/**
 * A group nothing is done about.
 *
 * @param prepared the participant by the branch's index
 * @param report why
 */
record LeftRecovery(Map<Integer, String> prepared, GroupReport report) implements GroupRecovery {
    @Override
    public GroupId group() {
        return report.group();
    }

    @Override
    public List<Step> steps() {
        return List.of();
    }

    @Override
    public GroupRecovery answered(Step step, BranchAnswer answer) {
        throw unasked(step, group());
    }

    @Override
    public GroupRecovery probed(DecisionAnswer answer) {
        throw unasked(new Step.ProbeDecision(), group());
    }

    @Override
    public boolean finished() {
        return true;
    }

    static IllegalStateException unasked(Step step, GroupId group) {
        return new IllegalStateException(step + " is not awaited for group " + group + ": answer each step once");
    }
}
