package dev.dbop.twophase;

import dev.dbop.twophase.Step.CommitDecision;
import dev.dbop.twophase.Step.CommitPrepared;
import dev.dbop.twophase.Step.Prepare;
import dev.dbop.twophase.Step.ProbeDecision;
import dev.dbop.twophase.Step.RollBack;
import dev.dbop.twophase.Step.RollBackPrepared;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Ends a group without a decision row: what is prepared is always a prefix of the branches before the commit point, and
 * a suffix or all of them after it. Everything that can still land keeps it so.
 *
 * @param stage how far the group is
 * @param branches how many there are
 * @param at the index of the branch whose PREPARE, COMMIT or roll-back of the prepared is awaited; in the end, where it
 *     stopped
 * @param local the indexes of the branches whose local roll-back is awaited
 * @param steps asked for by this state
 * @param cause of a result other than committed
 */
record LogLessCoordinator(
        Stage stage,
        int branches,
        int at,
        List<Integer> local,
        List<Step> steps,
        @Nullable Throwable cause) implements Coordinator {
    /** How far the group is. */
    enum Stage {
        PREPARING,
        /** One branch only: its local COMMIT. */
        DECIDING,
        COMMITTING,
        COMMITTED,
        /** Rolling back the prepared, the last first. */
        ROLLING_BACK,
        NOT_COMMITTED,
        UNKNOWN
    }

    static LogLessCoordinator start(int count) {
        GroupId.checkBranches(count, GroupId.MOST_LOG_LESS_BRANCHES);
        return count == 1
                ? new LogLessCoordinator(Stage.DECIDING, 1, 0, List.of(), List.of(new CommitDecision()), null)
                : new LogLessCoordinator(Stage.PREPARING, count, 0, List.of(), List.of(new Prepare(0)), null);
    }

    @Override
    public Coordinator answered(Step step, BranchAnswer answer) {
        if (step instanceof RollBack && local.contains(step.branch())) {
            List<Integer> rest = local.stream().filter(i -> i != step.branch()).toList();
            return new LogLessCoordinator(stage, branches, at, rest, List.of(), cause);
        }
        if (step.branch() == at) {
            if (stage == Stage.PREPARING && step instanceof Prepare) {
                return prepared(answer);
            }
            if (stage == Stage.DECIDING && step instanceof CommitDecision) {
                return decided(answer);
            }
            if (stage == Stage.COMMITTING && step instanceof CommitPrepared) {
                return committed(answer);
            }
            if (stage == Stage.ROLLING_BACK && step instanceof RollBackPrepared) {
                return rolledBack(answer);
            }
        }
        throw unasked(step);
    }

    private Coordinator prepared(BranchAnswer answer) {
        if (answer instanceof BranchAnswer.Done) {
            return at + 1 < branches
                    ? with(Stage.PREPARING, at + 1, List.of(new Prepare(at + 1)))
                    : with(Stage.COMMITTING, 0, List.of(new CommitPrepared(0)));
        }
        Throwable why = RowCoordinator.causeOf(answer);
        // A read-only branch is not listed, and recovery judges by what is: the order rule cannot do without it.
        if (answer instanceof BranchAnswer.Refused || answer instanceof BranchAnswer.ReadOnly) {
            return at == 0 ? ended(Stage.NOT_COMMITTED, at, at, why) : ended(Stage.ROLLING_BACK, at - 1, at, why);
        }
        // It may land at any time: were those before it rolled back, it would look like the last one left to commit.
        Stage end = at == branches - 1 ? Stage.UNKNOWN : Stage.NOT_COMMITTED;
        return ended(end, at, at + 1, why);
    }

    /** Nothing more is prepared: the sessions from an index on are rolled back locally. */
    private LogLessCoordinator ended(Stage end, int next, int unprepared, @Nullable Throwable why) {
        List<Integer> working = IntStream.range(unprepared, branches).boxed().toList();
        List<Step> ask = new ArrayList<>();
        if (end == Stage.ROLLING_BACK) {
            ask.add(new RollBackPrepared(next));
        }
        working.forEach(i -> ask.add(new RollBack(i)));
        return new LogLessCoordinator(end, branches, next, working, List.copyOf(ask), why);
    }

    private Coordinator decided(BranchAnswer answer) {
        if (answer instanceof BranchAnswer.Done) {
            return with(Stage.COMMITTED, 1, List.of());
        }
        Throwable why = RowCoordinator.causeOf(answer);
        return answer instanceof BranchAnswer.Refused
                ? ended(Stage.NOT_COMMITTED, 0, 0, why)
                : ended(Stage.UNKNOWN, 0, 1, why);
    }

    private Coordinator committed(BranchAnswer answer) {
        if (!(answer instanceof BranchAnswer.Done)) {
            // Going on would leave this branch alone, as a prefix that recovery rolls back.
            return with(Stage.COMMITTED, at, List.of());
        }
        return at + 1 < branches
                ? with(Stage.COMMITTING, at + 1, List.of(new CommitPrepared(at + 1)))
                : with(Stage.COMMITTED, branches, List.of());
    }

    private Coordinator rolledBack(BranchAnswer answer) {
        return answer instanceof BranchAnswer.Done && at > 0
                ? with(Stage.ROLLING_BACK, at - 1, List.of(new RollBackPrepared(at - 1)))
                : with(Stage.NOT_COMMITTED, at, List.of());
    }

    @Override
    public Coordinator probed(DecisionAnswer answer) {
        throw unasked(new ProbeDecision());
    }

    @Override
    public Coordinator giveUp() {
        return new LogLessCoordinator(stage, branches, at, local, List.of(), cause);
    }

    @Override
    public boolean finished() {
        return switch (stage) {
            case PREPARING, DECIDING, COMMITTING, ROLLING_BACK -> false;
            case COMMITTED, NOT_COMMITTED, UNKNOWN -> local.isEmpty();
        };
    }

    @Override
    public boolean mayForget() {
        return false;
    }

    @Override
    public @Nullable CommitResult result() {
        return switch (stage) {
            case PREPARING, DECIDING -> null;
            case COMMITTING, COMMITTED ->
                new CommitResult.Committed(IntStream.range(at, branches).boxed().toList());
            case ROLLING_BACK, NOT_COMMITTED -> new CommitResult.NotCommitted(cause);
            case UNKNOWN -> new CommitResult.OutcomeUnknown(cause);
        };
    }

    private LogLessCoordinator with(Stage next, int index, List<Step> ask) {
        return new LogLessCoordinator(next, branches, index, local, ask, cause);
    }

    private IllegalStateException unasked(Step step) {
        return new IllegalStateException(step + " is not awaited in stage " + stage + " at branch " + at + " of "
                + branches + ": answer each step once");
    }
}
