package dev.dbop.jdbc;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.CommitProbe;
import dev.dbop.CommitStatus;
import dev.dbop.Deadline;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.twophase.BranchAnswer;
import dev.dbop.twophase.CommitResult;
import dev.dbop.twophase.Coordinator;
import dev.dbop.twophase.DecisionAnswer;
import dev.dbop.twophase.GroupId;
import dev.dbop.twophase.Step;
import dev.dbop.twophase.StepRound;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a transaction over several databases. What to do next is the {@link Coordinator}'s to say; this performs
 * it. {@link #beforeCommit} prepares, {@link #commit} is the commit point and what follows it, {@link #commitProbe} asks
 * for the decision when the commit point had no answer.
 */
final class TwoPhaseAttempt implements Attempt<TwoPhaseTransaction, SQLException> {
    /** The rows of groups may be deleted after {@link Recovery}'s retention: no row would then prove nothing. */
    private static final long LONGEST_PROBING_NANOS =
            Recovery.RETENTION.dividedBy(2).toNanos();

    private static final int TRIES = 2;

    private final @Nullable DecisionStore store;
    private final Deadline sending;
    private final List<Participant> participants;
    private final AttemptContext context;
    private final GroupId group;
    private final @Nullable BranchAttempt[] branches;
    private final @Nullable TwoPhaseAttempt previous;
    private final TwoPhaseTransaction transaction = new TwoPhaseTransaction(this);
    private final long begun = System.nanoTime();
    private @Nullable Coordinator coordinator;
    private boolean ended;

    private TwoPhaseAttempt(TwoPhase twoPhase, AttemptContext context) throws SQLException {
        this.store = twoPhase.store();
        this.participants = twoPhase.participants();
        this.context = context;
        this.sending = twoPhase.sendingDeadline();
        this.group = twoPhase.newGroup(context);
        this.branches = new BranchAttempt[participants.size()];
        this.previous = context.previousAttempt() instanceof TwoPhaseAttempt earlier ? earlier : null;
    }

    /** Begins with the decision row, before any work anywhere. */
    static TwoPhaseAttempt open(TwoPhase twoPhase, AttemptContext context) throws SQLException {
        TwoPhaseAttempt attempt = new TwoPhaseAttempt(twoPhase, context);
        try {
            // Without a decision row recovery judges by what is prepared, so every branch takes part in every group.
            int first = attempt.store == null ? attempt.branches.length : 1;
            for (int i = 0; i < first; i++) {
                attempt.branch(i);
            }
            return attempt;
        } catch (Throwable failure) {
            attempt.rollback(failure, Phase.OPEN, Verdict.RETRY_CONNECTION);
            throw failure;
        }
    }

    GroupId group() {
        return group;
    }

    /** The branch of a database, begun when it is first asked for. */
    BranchAttempt branch(int index) throws SQLException {
        if (ended) {
            throw new IllegalStateException(
                    "the attempt of group " + group + " has ended: ask for a connection only inside its operation");
        }
        BranchAttempt branch = branches[index];
        if (branch == null) {
            Participant participant = participants.get(index);
            String decision = index > 0 || store == null ? null : store.insert(group, participants);
            BranchAttempt before = previous == null ? null : previous.branches[index];
            branch = BranchAttempt.open(participant, context, group.branch(index), decision, before);
            branches[index] = branch;
        }
        return branch;
    }

    Participant participant(String name) {
        for (Participant participant : participants) {
            if (participant.name().equals(name)) {
                return participant;
            }
        }
        throw new IllegalArgumentException("branch is \"" + name + "\": must be one of "
                + participants.stream().map(Participant::name).toList());
    }

    @Override
    public TwoPhaseTransaction resource() {
        return transaction;
    }

    @Override
    public void beforeCommit() throws SQLException {
        for (BranchAttempt branch : branches) {
            if (branch != null) {
                branch.beforeCommit();
            }
        }
        ended = true;
        if (store == null) {
            coordinator = Coordinator.logLess(participants.size());
            return;
        }
        Coordinator now = drive(Coordinator.withDecisionRow(participants.size()), false);
        coordinator = now;
        if (now.result() instanceof CommitResult.NotCommitted notCommitted) {
            throw failure(notCommitted.cause());
        }
    }

    @Override
    public void commit() throws SQLException {
        Coordinator prepared = Objects.requireNonNull(coordinator, "beforeCommit() comes first");
        if (store == null && participants.size() > 1) {
            coordinator = drive(prepared, true);
            throwUnlessCommitted();
            return;
        }
        BranchAnswer answer = branch0().commitDecision();
        Coordinator decided = prepared.answered(new Step.CommitDecision(), answer);
        coordinator = decided;
        if (answer instanceof BranchAnswer.Unknown unknown) {
            throw failure(unknown.cause());
        }
        coordinator = drive(decided, true);
        throwUnlessCommitted();
    }

    private void throwUnlessCommitted() throws SQLException {
        CommitResult result = coordinator == null ? null : coordinator.result();
        if (result instanceof CommitResult.NotCommitted notCommitted) {
            throw failure(notCommitted.cause());
        }
        if (result instanceof CommitResult.OutcomeUnknown unknown) {
            throw failure(unknown.cause());
        }
        transaction.pending(pending(result));
    }

    private BranchAttempt branch0() {
        return Objects.requireNonNull(branches[0]);
    }

    private static SQLException failure(@Nullable Throwable cause) {
        return cause instanceof SQLException known ? known : new SQLException("a branch was not prepared", cause);
    }

    private List<String> pending(@Nullable CommitResult result) {
        return result instanceof CommitResult.Committed committed
                        && !committed.pending().isEmpty()
                ? committed.pending().stream()
                        .map(index -> participants.get(index).name())
                        .toList()
                : List.of();
    }

    /** Performs what the coordinator asks for, up to the commit point or, past it, to the end. */
    private Coordinator drive(Coordinator from, boolean pastCommitPoint) {
        StepRound round = pastCommitPoint && store != null ? StepRound.atMost(from, TRIES) : StepRound.of(from);
        while (!round.steps().isEmpty()) {
            round = round.answered(perform(round.steps()));
        }
        return round.coordinator();
    }

    /** Performs steps side by side; the last one in this thread. */
    private List<BranchAnswer> perform(List<Step> steps) {
        int last = steps.size() - 1;
        List<CompletableFuture<BranchAnswer>> others = new ArrayList<>(last);
        for (Step step : steps.subList(0, last)) {
            CompletableFuture<BranchAnswer> answer = new CompletableFuture<>();
            others.add(answer);
            sideBySide(() -> answer.complete(performed(step)));
        }
        BranchAnswer own = performed(steps.get(last));
        List<BranchAnswer> answers = new ArrayList<>(steps.size());
        others.forEach(answer -> answers.add(answer.join()));
        answers.add(own);
        return answers;
    }

    /** Where the system has no thread left, one after the other: what has begun must be brought to an end. */
    private static void sideBySide(Runnable step) {
        try {
            Canceller.inBackground(step);
        } catch (OutOfMemoryError noThread) {
            step.run();
        }
    }

    private BranchAnswer performed(Step step) {
        BranchAttempt branch = branches[step.branch()];
        if (branch == null) {
            // Never begun: there is nothing to prepare, commit or roll back.
            return step instanceof Step.Prepare ? new BranchAnswer.ReadOnly() : new BranchAnswer.Done();
        }
        if (sending.hasPassed()) {
            return new BranchAnswer.Refused(new SQLTimeoutException(
                    "the deadline of group " + group + " has passed: nothing more may be sent", "57014"));
        }
        try {
            if (step instanceof Step.Prepare) {
                return branch.prepare();
            }
            if (step instanceof Step.RollBack) {
                return branch.rollBack(null);
            }
            return branch.finish(step instanceof Step.CommitPrepared);
        } catch (RuntimeException | Error broken) {
            // Whoever waits for the answer of another thread must get one.
            return new BranchAnswer.Unknown(broken);
        }
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
        ended = true;
        Verdict raised = verdict;
        CommitResult result = coordinator == null ? null : coordinator.result();
        boolean undecided = coordinator != null && !(result instanceof CommitResult.NotCommitted);
        boolean gone = verdict == Verdict.RETRY_CONNECTION || verdict == Verdict.OUTCOME_UNKNOWN;
        for (BranchAttempt branch : branches) {
            if (branch == null) {
                continue;
            }
            if (undecided) {
                // Prepared branches wait for the decision, on the server: a session keeps others from finishing them.
                branch.giveBack(false, cause);
            } else {
                raised = raised.atLeast(branch.rollback(cause, phase, verdict));
            }
        }
        if (undecided && phase == Phase.COMMIT) {
            return gone ? Verdict.OUTCOME_UNKNOWN : raised.atLeast(Verdict.OUTCOME_UNKNOWN);
        }
        return raised;
    }

    @Override
    public @Nullable CommitProbe commitProbe() {
        DecisionStore asked = store;
        return asked == null ? null : deadline -> probe(asked, deadline);
    }

    private CommitStatus probe(DecisionStore decisions, Deadline deadline) throws SQLException {
        Coordinator asked = Objects.requireNonNull(coordinator);
        if (System.nanoTime() - begun > LONGEST_PROBING_NANOS) {
            return CommitStatus.UNKNOWN;
        }
        CommitStatus status = branch0().lease().probe(decisions.mark(group), deadline);
        DecisionAnswer answer = switch (status) {
            case COMMITTED -> new DecisionAnswer.Committed();
            case ABORTED -> new DecisionAnswer.Aborted();
            default -> new DecisionAnswer.Open();
        };
        Coordinator driven = drive(asked.probed(answer), true);
        coordinator = driven;
        transaction.pending(pending(driven.result()));
        return status;
    }

    @Override
    public void cancel() {
        for (BranchAttempt branch : branches) {
            if (branch != null) {
                branch.cancel();
            }
        }
    }
}
