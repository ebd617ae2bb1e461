package dev.dbop.twophase;

import dev.dbop.twophase.Step.CommitDecision;
import dev.dbop.twophase.Step.CommitPrepared;
import dev.dbop.twophase.Step.Prepare;
import dev.dbop.twophase.Step.ProbeDecision;
import dev.dbop.twophase.Step.RollBack;
import dev.dbop.twophase.Step.RollBackPrepared;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Ends a group that has a decision row.
 *
 * @param stage how far the group is
 * @param branches how far each branch is, by index
 * @param steps asked for by this state
 * @param cause of a result other than committed
 * @param patient false once the caller has given up
 */
record RowCoordinator(
        Stage stage,
        List<Branch> branches,
        List<Step> steps,
        @Nullable Throwable cause,
        boolean patient) implements Coordinator {
    /** How far the group is. */
    enum Stage {
        PREPARING,
        DECIDING,
        PROBING,
        COMMITTING,
        /** Branch 0 is being rolled back; nothing else is, before that is answered. */
        ABORTING,
        ROLLING_BACK,
        UNKNOWN
    }

    /** How far a branch is. */
    enum Branch {
        WORKING,
        PREPARING,
        PREPARED,
        /** PREPARE is without an answer, or with one that says nothing. */
        UNSURE,
        REFUSED,
        COMMITTING,
        /** Being committed, and an earlier try of our own has no answer. */
        COMMITTING_AGAIN,
        ROLLING_BACK,
        FINISHED,
        /** Committed by our own try without an answer, or by recovery: not found, and the decision is durable. */
        GONE,
        /** For recovery. */
        LEFT
    }

    private static final Set<Branch> AWAITED =
            Set.of(Branch.PREPARING, Branch.COMMITTING, Branch.COMMITTING_AGAIN, Branch.ROLLING_BACK);

    static RowCoordinator start(int count) {
        GroupId.checkBranches(count, GroupId.MOST_BRANCHES);
        Branch[] branches = new Branch[count];
        Arrays.fill(branches, Branch.PREPARING);
        branches[0] = Branch.WORKING;
        if (count == 1) {
            return deciding(branches, true);
        }
        List<Step> steps = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            steps.add(new Prepare(i));
        }
        return new RowCoordinator(Stage.PREPARING, List.of(branches), List.copyOf(steps), null, true);
    }

    @Override
    public Coordinator answered(Step step, BranchAnswer answer) {
        if (step instanceof Prepare prepare) {
            return prepared(prepare.branch(), answer);
        }
        if (step instanceof CommitDecision && stage == Stage.DECIDING) {
            return decided(answer);
        }
        if (step instanceof CommitPrepared commit && stage == Stage.COMMITTING) {
            return committed(commit.branch(), answer);
        }
        if (step instanceof RollBack && step.branch() == 0 && stage == Stage.ABORTING) {
            Branch[] next = copy();
            next[0] = left(answer);
            return rollingBack(next, cause);
        }
        if ((step instanceof RollBack || step instanceof RollBackPrepared) && stage == Stage.ROLLING_BACK) {
            return rolledBack(step, answer);
        }
        throw unasked(step);
    }

    private Coordinator prepared(int i, BranchAnswer answer) {
        if (at(i) != Branch.PREPARING) {
            throw unasked(new Prepare(i));
        }
        Branch[] next = copy();
        next[i] = afterPrepare(answer);
        if (stage == Stage.ROLLING_BACK) {
            return rollingBack(next, cause);
        }
        if (stage == Stage.ABORTING) {
            return with(stage, next, List.of(), cause);
        }
        if (next[i] == Branch.UNSURE || next[i] == Branch.REFUSED) {
            return aborting(next, causeOf(answer));
        }
        boolean all = !List.of(next).contains(Branch.PREPARING);
        return all ? deciding(next, patient) : with(stage, next, List.of(), null);
    }

    private static Branch afterPrepare(BranchAnswer answer) {
        if (answer instanceof BranchAnswer.Done) {
            return Branch.PREPARED;
        }
        if (answer instanceof BranchAnswer.ReadOnly) {
            return Branch.FINISHED;
        }
        return answer instanceof BranchAnswer.Refused ? Branch.REFUSED : Branch.UNSURE;
    }

    private static RowCoordinator deciding(Branch[] next, boolean patient) {
        next[0] = Branch.COMMITTING;
        return new RowCoordinator(Stage.DECIDING, List.of(next), List.of(new CommitDecision()), null, patient);
    }

    private Coordinator decided(BranchAnswer answer) {
        Branch[] next = copy();
        if (answer instanceof BranchAnswer.Done) {
            next[0] = Branch.FINISHED;
            return committing(next);
        }
        if (answer instanceof BranchAnswer.Refused refused) {
            // A refused COMMIT may leave the transaction open: SQLite answers SQLITE_BUSY and keeps it.
            return aborting(next, refused.cause());
        }
        next[0] = Branch.UNSURE;
        return probing(next, causeOf(answer));
    }

    private RowCoordinator probing(Branch[] next, @Nullable Throwable why) {
        return patient
                ? with(Stage.PROBING, next, List.of(new ProbeDecision()), why)
                : with(Stage.UNKNOWN, next, List.of(), why);
    }

    @Override
    public Coordinator probed(DecisionAnswer answer) {
        if (stage == Stage.UNKNOWN) {
            return this;
        }
        if (stage != Stage.PROBING) {
            throw unasked(new ProbeDecision());
        }
        Branch[] next = copy();
        if (answer instanceof DecisionAnswer.Committed) {
            next[0] = Branch.FINISHED;
            return committing(next);
        }
        if (answer instanceof DecisionAnswer.Aborted) {
            next[0] = Branch.LEFT;
            return rollingBack(next, cause);
        }
        return probing(next, cause);
    }

    private RowCoordinator committing(Branch[] next) {
        List<Step> steps = new ArrayList<>();
        for (int i = 1; i < next.length; i++) {
            if (next[i] == Branch.PREPARED) {
                next[i] = Branch.COMMITTING;
                steps.add(new CommitPrepared(i));
            }
        }
        return with(Stage.COMMITTING, next, steps, null);
    }

    private Coordinator committed(int i, BranchAnswer answer) {
        Branch was = at(i);
        if (was == Branch.LEFT && !(answer instanceof BranchAnswer.Done)) {
            return this;
        }
        if (was != Branch.LEFT && was != Branch.COMMITTING && was != Branch.COMMITTING_AGAIN) {
            throw unasked(new CommitPrepared(i));
        }
        Branch[] next = copy();
        next[i] = afterCommit(was, answer);
        boolean again = AWAITED.contains(next[i]);
        if (again && !patient) {
            next[i] = Branch.LEFT;
            again = false;
        }
        return with(stage, next, again ? List.of(new CommitPrepared(i)) : List.of(), cause);
    }

    private static Branch afterCommit(Branch was, BranchAnswer answer) {
        if (answer instanceof BranchAnswer.Done || answer instanceof BranchAnswer.ReadOnly) {
            return Branch.FINISHED;
        }
        if (answer instanceof BranchAnswer.NotFound) {
            return was == Branch.COMMITTING_AGAIN ? Branch.GONE : Branch.LEFT;
        }
        if (answer instanceof BranchAnswer.Busy) {
            return was;
        }
        return answer instanceof BranchAnswer.Unknown ? Branch.COMMITTING_AGAIN : Branch.LEFT;
    }

    private RowCoordinator aborting(Branch[] next, @Nullable Throwable why) {
        next[0] = Branch.ROLLING_BACK;
        return with(Stage.ABORTING, next, List.of(new RollBack(0)), why);
    }

    /** Branch 0 is over: rolls back whatever else is at rest; what is not will come here when it is answered. */
    private RowCoordinator rollingBack(Branch[] next, @Nullable Throwable why) {
        List<Step> steps = new ArrayList<>();
        for (int i = 1; i < next.length; i++) {
            if (next[i] == Branch.PREPARED || next[i] == Branch.UNSURE) {
                steps.add(new RollBackPrepared(i));
                next[i] = Branch.ROLLING_BACK;
            } else if (next[i] == Branch.REFUSED) {
                steps.add(new RollBack(i));
                next[i] = Branch.ROLLING_BACK;
            }
        }
        return with(Stage.ROLLING_BACK, next, steps, why);
    }

    private Coordinator rolledBack(Step step, BranchAnswer answer) {
        if (at(step.branch()) != Branch.ROLLING_BACK) {
            throw unasked(step);
        }
        Branch[] next = copy();
        next[step.branch()] = left(answer);
        return with(stage, next, List.of(), cause);
    }

    private static Branch left(BranchAnswer answer) {
        return answer instanceof BranchAnswer.Done ? Branch.FINISHED : Branch.LEFT;
    }

    @Override
    public Coordinator giveUp() {
        Branch[] next = copy();
        if (stage == Stage.COMMITTING) {
            for (int i = 1; i < next.length; i++) {
                next[i] = AWAITED.contains(next[i]) ? Branch.LEFT : next[i];
            }
        }
        Stage now = stage == Stage.PROBING ? Stage.UNKNOWN : stage;
        return new RowCoordinator(now, List.of(next), List.of(), cause, false);
    }

    @Override
    public boolean finished() {
        return switch (stage) {
            case PREPARING, DECIDING, PROBING, ABORTING -> false;
            case COMMITTING, ROLLING_BACK -> branches.stream().noneMatch(AWAITED::contains);
            case UNKNOWN -> true;
        };
    }

    @Override
    public boolean mayForget() {
        return stage == Stage.COMMITTING && branches.stream().allMatch(Branch.FINISHED::equals);
    }

    @Override
    public @Nullable CommitResult result() {
        return switch (stage) {
            case PREPARING, DECIDING, PROBING -> null;
            case COMMITTING -> new CommitResult.Committed(pending());
            case ABORTING, ROLLING_BACK -> new CommitResult.NotCommitted(cause);
            case UNKNOWN -> new CommitResult.OutcomeUnknown(cause);
        };
    }

    private List<Integer> pending() {
        List<Integer> pending = new ArrayList<>();
        for (int i = 1; i < branches.size(); i++) {
            if (at(i) != Branch.FINISHED && at(i) != Branch.GONE) {
                pending.add(i);
            }
        }
        return pending;
    }

    private Branch at(int i) {
        return branches.get(i);
    }

    private Branch[] copy() {
        return branches.toArray(Branch[]::new);
    }

    private RowCoordinator with(Stage next, Branch[] now, List<Step> ask, @Nullable Throwable why) {
        return new RowCoordinator(next, List.of(now), List.copyOf(ask), why, patient);
    }

    private IllegalStateException unasked(Step step) {
        return new IllegalStateException(
                step + " is not awaited in stage " + stage + " of " + branches + ": answer each step once");
    }

    static @Nullable Throwable causeOf(BranchAnswer answer) {
        if (answer instanceof BranchAnswer.Refused refused) {
            return refused.cause();
        }
        return answer instanceof BranchAnswer.Unknown unknown ? unknown.cause() : null;
    }
}
