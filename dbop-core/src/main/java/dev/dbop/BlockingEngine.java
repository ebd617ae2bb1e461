package dev.dbop;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The loop over attempts for blocking clients. What follows from a failure is {@link CallAccount}'s to say. */
final class BlockingEngine {
    private BlockingEngine() {}

    /**
     * Runs a call. One method, so that its state stays on the stack: a call that succeeds at once and unheard allocates
     * nothing but what its scope does.
     *
     * @param reader is given the account once there is one; null for nobody
     */
    static <R, T extends @Nullable Object, X extends Exception> T run(
            CallSettings settings,
            AttemptScope<R, ? extends X> scope,
            PreAttemptHook<? super R, ? extends X> hook,
            Operation<? super R, ? extends T, ? extends X> operation,
            @Nullable Consumer<CallAccount> reader)
            throws X {
        Deadline deadline = settings.callDeadline(scope);
        Reach reach = scope.reach();
        long call = CallEnded.nextCall();
        long start = settings.startNanos();
        scope.beforeCall();
        boolean heard = settings.isHeard();
        CallAccount account = heard ? account(settings, scope, reach, deadline, call, start, reader) : null;
        Attempt<R, ? extends X> previous = null;
        Phase phase = Phase.OPEN;
        int number = 1;
        try {
            while (true) {
                phase = Phase.OPEN;
                if (account != null) {
                    account.started(number);
                }
                AttemptContext context =
                        new AttemptContext(settings, number, settings.attemptDeadline(deadline), false, previous);
                Attempt<R, ? extends X> attempt = null;
                Watch watch = null;
                Object result = Phase.OPEN;
                boolean again = false;
                try {
                    attempt = scope.open(context);
                    watch = watch(settings, context, attempt);
                    phase = Phase.HOOK;
                    hook.beforeAttempt(attempt.resource(), context);
                    phase = Phase.OPERATION;
                    result = operation.run(attempt.resource());
                    requireInTime(watch);
                    attempt.beforeCommit();
                    phase = Phase.COMMIT;
                    attempt.commit();
                } catch (Throwable failure) {
                    boolean stopped = watch == null ? context.deadline().hasPassed() : watch.end();
                    account =
                            account != null ? account : account(settings, scope, reach, deadline, call, start, reader);
                    again = isToBeRepeated(settings, account, attempt, number, phase, failure, stopped);
                }
                if (!again) {
                    if (watch != null) {
                        watch.end();
                    }
                    settings.succeeded(account, number);
                    return BlockingEngine.<T>result(result);
                }
                previous = attempt == null ? previous : attempt;
                number++;
            }
        } catch (Throwable broken) {
            CallAccount known =
                    account != null ? account : account(settings, scope, reach, deadline, call, start, reader);
            known.broken(number, phase, broken);
            throw broken;
        }
    }

    private static CallAccount account(
            CallSettings settings,
            Scope scope,
            Reach reach,
            Deadline deadline,
            long call,
            long start,
            @Nullable Consumer<CallAccount> reader) {
        CallAccount account = new CallAccount(settings, scope, reach, deadline, call, false, start);
        if (reader != null) {
            reader.accept(account);
        }
        return account;
    }

    private static @Nullable Watch watch(CallSettings settings, AttemptContext context, Attempt<?, ?> attempt) {
        return context.deadline().isNone()
                ? null
                : Watch.over(context, settings.scheduler, Watch.blocking(), attempt::cancel);
    }

    private static void requireInTime(@Nullable Watch watch) {
        if (watch != null && watch.timeIsUp()) {
            throw new Stopped();
        }
    }

    /**
     * Undoes the attempt, then waits for the next one, or throws what the caller gets.
     *
     * @return false if the attempt turns out to have been committed
     */
    private static <X extends Exception> boolean isToBeRepeated(
            CallSettings settings,
            CallAccount account,
            @Nullable Attempt<?, ? extends X> attempt,
            int number,
            Phase phase,
            Throwable thrown,
            boolean stopped)
            throws X {
        Throwable failure = thrown;
        Verdict classified = account.classify(thrown, phase);
        if (stopped && !(thrown instanceof Error)) {
            failure = account.timedOut(number, thrown instanceof Stopped ? null : thrown);
            classified = account.ofOwnStop(classified, phase, failure);
        }
        Verdict raised = attempt == null ? classified : undo(attempt, failure, phase, classified);
        CallAccount.Failure failed = new CallAccount.Failure(number, phase, failure, classified);
        if (failure instanceof Error) {
            account.error(failed, raised);
            throw BlockingEngine.<Error>as(failure);
        }
        boolean interrupted = Thread.currentThread().isInterrupted();
        CommitProbe probe = attempt == null ? null : attempt.commitProbe();
        Decision decision = account.failed(failed, raised, probe != null, interrupted);
        while (probe != null && decision instanceof Decision.Probe next) {
            boolean waited = slept(settings.sleeper, next.delay());
            CommitStatus status = waited ? ask(probe, account, failed) : CommitStatus.IN_DOUBT;
            if (status == CommitStatus.COMMITTED) {
                return false;
            }
            decision = account.probed(failed, status, Thread.currentThread().isInterrupted());
        }
        if (!(decision instanceof Decision.Again again)) {
            throw BlockingEngine.<X>as(account.end());
        }
        if (!slept(settings.sleeper, again.delay())) {
            account.interrupted();
            throw BlockingEngine.<X>as(account.end());
        }
        return true;
    }

    private static CommitStatus ask(CommitProbe probe, CallAccount account, CallAccount.Failure failed) {
        CommitStatus status = CommitStatus.IN_DOUBT;
        try {
            status = Objects.requireNonNull(probe.probe(account.patience()), "the probe returned no status");
        } catch (Throwable unreachable) {
            Causes.suppress(failed.cause(), unreachable);
        }
        account.tellProbed(failed, status);
        return status;
    }

    private static Verdict undo(Attempt<?, ?> attempt, Throwable failure, Phase phase, Verdict verdict) {
        try {
            return Objects.requireNonNull(
                    attempt.rollback(failure, phase, verdict), "the rollback returned no verdict");
        } catch (Throwable broken) {
            // A rollback that breaks its contract has left the connection in a state nobody knows.
            Causes.suppress(failure, broken);
            return Verdict.RETRY_CONNECTION;
        }
    }

    private static boolean slept(Sleeper sleeper, Duration delay) {
        if (delay.isZero()) {
            return true;
        }
        try {
            sleeper.sleep(delay);
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
    private static <V extends @Nullable Object> V result(Object result) {
        return (V) result;
    }
}
