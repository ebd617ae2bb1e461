package dev.dbop.twophase;

/**
 * One thing to do to end a group, asked for by a {@link Coordinator} or a {@link GroupRecovery} and performed by a
 * driver. A driver answers every step it is given; one that it does not send is answered {@link BranchAnswer.Refused}.
 */
public sealed interface Step {
    /**
     * Returns the branch the step is for.
     *
     * @return its index, from 0; the decision is branch 0's
     */
    int branch();

    /**
     * Prepare the branch, on the session that did its work.
     *
     * @param branch its index, from 0
     */
    record Prepare(int branch) implements Step {}

    /** Commit branch 0 locally, on the session that did its work: with a decision row, the commit point. */
    record CommitDecision() implements Step {
        @Override
        public int branch() {
            return 0;
        }
    }

    /**
     * Commit the prepared branch: on the session that prepared it while the driver has it, since some servers let
     * nobody else, and on any other after that.
     *
     * @param branch its index, from 0
     */
    record CommitPrepared(int branch) implements Step {}

    /**
     * Roll the branch back locally, on the session that did its work. Not to be tried elsewhere: a session that is
     * lost is cut, which comes to the same.
     *
     * @param branch its index, from 0
     */
    record RollBack(int branch) implements Step {}

    /**
     * Roll the prepared branch back: on the session that prepared it while the driver has it, and on any other after
     * that. The branch may turn out never to have been prepared.
     *
     * @param branch its index, from 0
     */
    record RollBackPrepared(int branch) implements Step {}

    /**
     * Ask for the decision by inserting the group's decision row under a short lock timeout, on another session than
     * branch 0's, in a transaction that is never committed: a row that stayed would commit the group for everybody.
     * Answered by a {@link DecisionAnswer}.
     */
    record ProbeDecision() implements Step {
        @Override
        public int branch() {
            return 0;
        }
    }
}
