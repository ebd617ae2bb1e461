package dev.dbop;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The loop over attempts for blocking clients. What follows from a failure is {@link FailedCall}'s to say. */
final class BlockingEngine<R, T extends @Nullable Object, X extends Exception> {
    private final CallSettings settings;
    private final AttemptScope<R, ? extends X> scope;
    private final PreAttemptHook<? super R, ? extends X> hook;
    private final Operation<? super R, ? extends T, ? extends X> operation;
    private final Deadline deadline;
    private final Reach reach;
    private final long call = CallEnded.nextCall();
    private @Nullable FailedCall failed;
    private @Nullable Attempt<R, ? extends X> attempt;
    private Object result = Phase.OPEN;
    private Phase phase = Phase.OPEN;

    BlockingEngine(
            CallSettings settings,
            AttemptScope<R, ? extends X> scope,
            PreAttemptHook<? super R, ? extends X> hook,
            Operation<? super R, ? extends T, ? extends X> operation) {
        this.settings = settings;
        this.scope = scope;
        this.hook = hook;
        this.operation = operation;
        this.deadline = settings.callDeadline(scope);
        this.reach = scope.reach();
    }

    /** The failed attempts, or null if there is none. */
    @Nullable
    FailedCall failed() {
        return failed;
    }

    T run() throws X {
        long start = settings.startNanos();
        Attempt<R, ? extends X> previous = null;
        for (int number = 1; ; number++) {
            AttemptContext context =
                    new AttemptContext(settings, number, settings.attemptDeadline(deadline), false, previous);
            settings.tellStarted(scope, number);
            attempt = null;
            phase = Phase.OPEN;
            Watch watch = null;
            try {
                Attempt<R, ? extends X> opened = scope.open(context);
                attempt = opened;
                if (!context.deadline().isNone()) {
                    watch = Watch.over(context, settings.scheduler, Watch.blocking(), opened::cancel);
                }
                attempt(opened, context, watch);
            } catch (Throwable failure) {
                boolean stopped = watch == null ? context.deadline().hasPassed() : watch.end();
                if (isToBeRepeated(number, failure, stopped)) {
                    previous = attempt == null ? previous : attempt;
                    continue;
                }
            }
            if (watch != null) {
                watch.end();
            }
            settings.succeeded(scope, number, start);
            return BlockingEngine.<T>result(result);
        }
    }

    private void attempt(Attempt<R, ? extends X> opened, AttemptContext context, @Nullable Watch watch) throws X {
        phase = Phase.HOOK;
        hook.beforeAttempt(opened.resource(), context);
        phase = Phase.OPERATION;
        result = operation.run(opened.resource());
        if (watch != null && watch.timeIsUp()) {
            throw new Stopped();
        }
        opened.beforeCommit();
        phase = Phase.COMMIT;
        opened.commit();
    }

    /**
     * Undoes the attempt, then waits for the next one, or throws what the caller gets.
     *
     * @return false if the attempt turns out to have been committed
     */
    private boolean isToBeRepeated(int number, Throwable thrown, boolean stopped) throws X {
        FailedCall call = failed;
        if (call == null) {
            call = new FailedCall(settings, scope, reach, deadline, this.call);
            failed = call;
        }
        Throwable failure = thrown;
        Verdict classified = settings.classify(scope, thrown, phase, this.call);
        if (stopped && !(thrown instanceof Error)) {
            failure = call.timedOut(number, thrown instanceof Stopped ? null : thrown);
            classified = call.ofOwnStop(classified, phase, failure);
        }
        Verdict raised = undo(failure, classified);
        if (failure instanceof Error) {
            throw BlockingEngine.<Error>as(failure);
        }
        boolean interrupted = Thread.currentThread().isInterrupted();
        FailedCall.Failure failed = new FailedCall.Failure(number, phase, failure, classified);
        CommitProbe probe = attempt == null ? null : attempt.commitProbe();
        Decision decision = call.failed(failed, raised, probe != null, interrupted);
        while (probe != null && decision instanceof Decision.Probe next) {
            boolean waited = slept(next.delay());
            CommitStatus status = waited ? ask(probe, call, failed) : CommitStatus.IN_DOUBT;
            if (status == CommitStatus.COMMITTED) {
                return false;
            }
            decision = call.probed(failed, status, Thread.currentThread().isInterrupted());
        }
        if (!(decision instanceof Decision.Again again)) {
            throw BlockingEngine.<X>as(call.end());
        }
        if (!slept(again.delay())) {
            call.interrupted();
            throw BlockingEngine.<X>as(call.end());
        }
        return true;
    }

    private static CommitStatus ask(CommitProbe probe, FailedCall call, FailedCall.Failure failed) {
        CommitStatus status = CommitStatus.IN_DOUBT;
        try {
            status = Objects.requireNonNull(probe.probe(call.patience()), "the probe returned no status");
        } catch (Throwable unreachable) {
            FailedCall.suppress(failed.cause(), unreachable);
        }
        call.tellProbed(failed, status);
        return status;
    }

    private Verdict undo(Throwable failure, Verdict verdict) {
        Attempt<R, ? extends X> open = attempt;
        if (open == null) {
            return verdict;
        }
        try {
            return Objects.requireNonNull(open.rollback(failure, phase, verdict), "the rollback returned no verdict");
        } catch (Throwable broken) {
            // A rollback that breaks its contract has left the connection in a state nobody knows.
            FailedCall.suppress(failure, broken);
            return Verdict.RETRY_CONNECTION;
        }
    }

    private boolean slept(Duration delay) {
        if (delay.isZero()) {
            return true;
        }
        try {
            settings.sleeper.sleep(delay);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Everything thrown inside an attempt is an X, or unchecked. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E as(Throwable failure) {
        return (E) failure;
    }

    /** What the operation returned, which was a T. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <V extends @Nullable Object> V result(Object result) {
        return (V) result;
    }

    /** The operation ended, but after its time: there is no failure of the client to report. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stopped() {
            super("stopped", null, false, false);
        }
    }
}
