package dev.dbop.vertx;

import dev.dbop.AsyncAttempt;
import dev.dbop.AsyncCommitProbe;
import dev.dbop.AttemptContext;
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
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a transaction over several databases. What to do next is the {@link Coordinator}'s to say; this performs
 * it. {@link #beforeCommit} prepares, {@link #commit} is the commit point and what follows it, {@link #commitProbe} asks
 * for the decision when the commit point had no answer.
 */
final class TwoPhaseAttempt implements AsyncAttempt<VertxTwoPhaseTransaction> {
    /** Recovery deletes rows that are an hour old: no row would then prove nothing. */
    private static final long LONGEST_PROBING_NANOS = Duration.ofMinutes(30).toNanos();

    private static final int TRIES = 2;

    private final DecisionStore store;
    private final List<Participant> participants;
    private final GroupId group;
    private final List<BranchSlot> slots = new ArrayList<>();
    private final VertxTwoPhaseTransaction transaction = new VertxTwoPhaseTransaction(this);
    private final long begun = System.nanoTime();
    private final AtomicInteger probes = new AtomicInteger();
    private volatile @Nullable Coordinator coordinator;

    private TwoPhaseAttempt(VertxTwoPhase twoPhase, AttemptContext context) {
        this.store = twoPhase.store();
        this.participants = twoPhase.participants();
        this.group = twoPhase.newGroup();
        TwoPhaseAttempt previous = context.previousAttempt() instanceof TwoPhaseAttempt earlier ? earlier : null;
        for (int i = 0; i < participants.size(); i++) {
            String decision = i == 0 ? store.insert(group, participants) : null;
            Lease before = previous == null ? null : previous.leaseOf(i);
            slots.add(new BranchSlot(participants.get(i), context, group.branch(i), decision, before));
        }
    }

    private @Nullable Lease leaseOf(int index) {
        BranchAttempt branch = slots.get(index).attempt();
        return branch == null ? null : branch.lease;
    }

    /** Begins with the decision row, before any work anywhere; it is waited for before anything is prepared. */
    static Future<TwoPhaseAttempt> open(VertxTwoPhase twoPhase, AttemptContext context) {
        TwoPhaseAttempt attempt = new TwoPhaseAttempt(twoPhase, context);
        return attempt.slots.get(0).connection().map(attempt);
    }

    GroupId group() {
        return group;
    }

    Future<SqlConnection> connection(String name) {
        for (int i = 0; i < participants.size(); i++) {
            if (participants.get(i).name().equals(name)) {
                return slots.get(i).connection();
            }
        }
        throw new IllegalArgumentException("branch is \"" + name + "\": must be one of "
                + participants.stream().map(Participant::name).toList());
    }

    @Override
    public VertxTwoPhaseTransaction resource() {
        return transaction;
    }

    /** The branches that have begun; no other does any more. */
    private List<BranchAttempt> closed() {
        List<BranchAttempt> branches = new ArrayList<>();
        for (BranchSlot slot : slots) {
            BranchAttempt branch = slot.close();
            if (branch != null) {
                branches.add(branch);
            }
        }
        return branches;
    }

    @Override
    public CompletionStage<?> beforeCommit() {
        List<Future<?>> checks = new ArrayList<>();
        for (BranchAttempt branch : closed()) {
            CompletionStage<?> check = branch.beforeCommit();
            if (check != null) {
                checks.add(Future.fromCompletionStage(check));
            }
        }
        return Future.all(checks)
                .compose(fine -> drive(Coordinator.withDecisionRow(participants.size()), false))
                .compose(prepared -> {
                    coordinator = prepared;
                    return prepared.result() instanceof CommitResult.NotCommitted not
                            ? Future.<Void>failedFuture(failure(not.cause()))
                            : Future.<Void>succeededFuture();
                })
                .toCompletionStage();
    }

    private static Throwable failure(@Nullable Throwable cause) {
        return cause == null ? new IllegalStateException("a branch was not prepared") : cause;
    }

    @Override
    public CompletionStage<?> commit() {
        Coordinator prepared = Objects.requireNonNull(coordinator, "beforeCommit() comes first");
        return branch0()
                .commitDecision()
                .compose(answer -> {
                    Coordinator decided = prepared.answered(new Step.CommitDecision(), answer);
                    coordinator = decided;
                    return answer instanceof BranchAnswer.Unknown unknown
                            ? Future.<Coordinator>failedFuture(unknown.cause())
                            : drive(decided, true);
                })
                .compose(this::unlessCommitted)
                .toCompletionStage();
    }

    private Future<Void> unlessCommitted(Coordinator driven) {
        coordinator = driven;
        CommitResult result = driven.result();
        if (result instanceof CommitResult.NotCommitted not) {
            return Future.failedFuture(failure(not.cause()));
        }
        if (result instanceof CommitResult.OutcomeUnknown unknown) {
            return Future.failedFuture(failure(unknown.cause()));
        }
        transaction.pending(pending(result));
        return Future.succeededFuture();
    }

    private BranchAttempt branch0() {
        return Objects.requireNonNull(slots.get(0).attempt(), "branch 0");
    }

    private List<String> pending(@Nullable CommitResult result) {
        return result instanceof CommitResult.Committed committed
                ? committed.pending().stream()
                        .map(index -> participants.get(index).name())
                        .toList()
                : List.of();
    }

    /** Performs what the coordinator asks for, up to the commit point or, past it, to the end. */
    private Future<Coordinator> drive(Coordinator from, boolean pastCommitPoint) {
        return drive(pastCommitPoint ? StepRound.atMost(from, TRIES) : StepRound.of(from));
    }

    private Future<Coordinator> drive(StepRound round) {
        if (round.steps().isEmpty()) {
            return Future.succeededFuture(round.coordinator());
        }
        List<Future<BranchAnswer>> answers =
                round.steps().stream().map(this::performed).toList();
        return Future.join(answers)
                .compose(all -> drive(
                        round.answered(answers.stream().map(Future::result).toList())));
    }

    /** Starts a step. Whoever waits for the answers of all must get one. */
    private Future<BranchAnswer> performed(Step step) {
        BranchAttempt branch = slots.get(step.branch()).attempt();
        if (branch == null) {
            // Never begun: there is nothing to prepare, commit or roll back.
            return Future.succeededFuture(
                    step instanceof Step.Prepare ? new BranchAnswer.ReadOnly() : new BranchAnswer.Done());
        }
        try {
            return perform(branch, step).otherwise(BranchAnswer.Unknown::new);
        } catch (RuntimeException broken) {
            return Future.succeededFuture(new BranchAnswer.Unknown(broken));
        }
    }

    private static Future<BranchAnswer> perform(BranchAttempt branch, Step step) {
        if (step instanceof Step.Prepare) {
            return branch.prepare();
        }
        return step instanceof Step.RollBack ? branch.rollBack() : branch.finish(step instanceof Step.CommitPrepared);
    }

    @Override
    public CompletionStage<Verdict> rollback(Throwable cause, Phase phase, Verdict verdict) {
        List<Future<Verdict>> ends = new ArrayList<>();
        boolean undecided = undecided();
        for (BranchAttempt branch : closed()) {
            if (undecided) {
                // Prepared branches wait for the decision, on the server: a session keeps others from finishing them.
                branch.giveBack(false);
            } else {
                ends.add(Future.fromCompletionStage(branch.rollback(cause, phase, verdict)));
            }
        }
        return Future.join(ends)
                .map(ended -> {
                    Verdict raised =
                            undecided && phase == Phase.COMMIT ? verdict.atLeast(Verdict.OUTCOME_UNKNOWN) : verdict;
                    for (Future<Verdict> end : ends) {
                        raised = raised.atLeast(end.result());
                    }
                    return raised;
                })
                .toCompletionStage();
    }

    /** Whether the commit point was reached and its answer is missing. */
    private boolean undecided() {
        Coordinator at = coordinator;
        return at != null && !(at.result() instanceof CommitResult.NotCommitted);
    }

    @Override
    public @Nullable AsyncCommitProbe commitProbe() {
        return undecided() ? deadline -> probe(deadline).toCompletionStage() : null;
    }

    private Future<CommitStatus> probe(Deadline deadline) {
        if (System.nanoTime() - begun > LONGEST_PROBING_NANOS) {
            return Future.succeededFuture(CommitStatus.UNKNOWN);
        }
        // A session that is still there when it is asked for the second time is ended: its COMMIT may never arrive.
        Lease lost = probes.getAndIncrement() > 0 ? branch0().lease : null;
        return store.ask(group, deadline, lost).compose(status -> {
            Coordinator asked = Objects.requireNonNull(coordinator);
            DecisionAnswer answer = switch (status) {
                case COMMITTED -> new DecisionAnswer.Committed();
                case ABORTED -> new DecisionAnswer.Aborted();
                default -> new DecisionAnswer.Open();
            };
            return drive(asked.probed(answer), true).map(driven -> {
                coordinator = driven;
                transaction.pending(pending(driven.result()));
                return status;
            });
        });
    }

    @Override
    public void cancel() {
        slots.forEach(BranchSlot::cancel);
    }
}
