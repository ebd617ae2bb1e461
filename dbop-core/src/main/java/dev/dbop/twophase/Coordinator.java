package dev.dbop.twophase;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of one group, step by step: what its coordinator does once the work in all branches is done and, with a
 * decision row, inserted before any of it.
 *
 * <p>Immutable: each answer gives the next state, whose {@link #steps} are to be performed, in parallel if the driver
 * likes. A driver performs and answers every step of every state exactly once, in any order; a step that comes again is
 * a new try, before which it pauses. It may tell its caller the {@link #result} as soon as there is one. Crashing at any
 * point is safe: recovery finishes the group.
 */
public sealed interface Coordinator permits RowCoordinator, LogLessCoordinator {
    /**
     * Returns the coordinator of a group with a decision row in branch 0: the others prepare in parallel, branch 0
     * commits, the others commit in parallel. Any failure before that rolls branch 0 back first, and then the others.
     *
     * <p>It believes {@link DecisionAnswer.Aborted}, and so must not be given a probe's answer from a time at which
     * the row could already have been {@linkplain RecoveryRules#retention deleted} by recovery.
     *
     * @param branches 1 to {@value GroupId#MOST_BRANCHES}; a group of 1 is an ordinary transaction with a commit probe
     * @return its first state
     * @throws IllegalArgumentException if the number is outside that range
     */
    static Coordinator withDecisionRow(int branches) {
        return RowCoordinator.start(branches);
    }

    /**
     * Returns the coordinator of a group without a decision row: branches prepare one after the other, 0 first, and
     * commit in the same order; the commit point is the last PREPARE. After an unknown answer it rolls back nothing that
     * may be prepared.
     *
     * <p>Right only if the driver sends nothing after the group's deadline (a step not sent is answered {@link
     * BranchAnswer.Refused}), and every session has a server-side limit that ends its statements before the group is
     * {@linkplain GroupId.LogLess#quietAfter quiet}.
     *
     * @param branches 1 to {@value GroupId#MOST_LOG_LESS_BRANCHES}; a group of 1 is an ordinary transaction
     * @return its first state
     * @throws IllegalArgumentException if the number is outside that range
     */
    static Coordinator logLess(int branches) {
        return LogLessCoordinator.start(branches);
    }

    /**
     * Returns the steps this state asks for, beside those that earlier states have asked for. Empty while answers are
     * awaited, and in the end.
     *
     * @return an immutable list
     */
    List<Step> steps();

    /**
     * Takes the answer to a step.
     *
     * @param step performed, or not sent and therefore answered {@link BranchAnswer.Refused}
     * @param answer what became of it
     * @return the next state; this one if the coordinator has given up on the step
     * @throws IllegalStateException if the step was not asked for, or is answered already
     */
    Coordinator answered(Step step, BranchAnswer answer);

    /**
     * Takes the answer to a {@link Step.ProbeDecision}.
     *
     * @param answer what the probe said
     * @return the next state; this one if the coordinator has given up asking
     * @throws IllegalStateException if the step was not asked for, or is answered already
     */
    Coordinator probed(DecisionAnswer answer);

    /**
     * Ends the caller's patience: nothing is tried a second time, and the decision is not asked for. After the commit
     * point nothing is awaited any more either; an answer that still comes in is taken. Decides nothing: before the
     * commit point, {@link BranchAnswer.Refused} as the answer to a step not sent is what ends a group.
     *
     * @return the next state
     */
    Coordinator giveUp();

    /**
     * Whether nothing is left to do and no answer is awaited.
     *
     * @return true in the end; {@link #result} is then not null
     */
    boolean finished();

    /**
     * Whether the decision row may be deleted at once, without the listing recovery needs: this coordinator has itself
     * seen every branch commit.
     *
     * @return false until then, and for a group that has no decision row
     */
    boolean mayForget();

    /**
     * Returns the group's outcome as soon as it is certain, or certain to stay unknown. Of a committed group the pending
     * branches become fewer; nothing else changes.
     *
     * @return the result, or null while the outcome is open
     */
    @Nullable
    CommitResult result();
}
