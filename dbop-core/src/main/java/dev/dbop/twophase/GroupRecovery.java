package dev.dbop.twophase;

import java.util.List;
import java.util.Map;

/**
 * The recovery of one group found prepared: like a {@link Coordinator}, steps out and answers in. Immutable. May be left
 * at any point, by a crash too; any number of recoverers may be at the same group at the same time.
 *
 * <p>Whether a prepared branch belongs to a session does not matter here: the steps for it are performed on any session.
 */
public sealed interface GroupRecovery permits LeftRecovery, RowRecovery, LogLessRecovery {
    /**
     * Returns the group.
     *
     * @return its name
     */
    GroupId group();

    /**
     * Returns the branches found prepared, finished meanwhile or not.
     *
     * @return the server identity of the participant by the branch's index, ascending; immutable
     */
    Map<Integer, String> prepared();

    /**
     * Returns the steps this state asks for, beside those that earlier states have asked for. All may be performed in
     * parallel.
     *
     * @return an immutable list of {@link Step.ProbeDecision}, {@link Step.CommitPrepared} and {@link
     *     Step.RollBackPrepared}; empty while answers are awaited, and in the end
     */
    List<Step> steps();

    /**
     * Takes the answer to a step.
     *
     * @param step performed, or not sent and therefore answered {@link BranchAnswer.Refused}
     * @param answer what became of it
     * @return the next state
     * @throws IllegalStateException if the step was not asked for, or is answered already
     */
    GroupRecovery answered(Step step, BranchAnswer answer);

    /**
     * Takes the answer to a {@link Step.ProbeDecision}.
     *
     * @param answer what the probe said
     * @return the next state
     * @throws IllegalStateException if the step was not asked for, or is answered already
     */
    GroupRecovery probed(DecisionAnswer answer);

    /**
     * Whether this run can do nothing more about the group.
     *
     * @return true if no answer is awaited
     */
    boolean finished();

    /**
     * Returns what has become of the group. What is not answered yet counts as left to a later run.
     *
     * @return the report of this state
     */
    GroupReport report();
}
