package dev.dbop;

import dev.dbop.sql.Isolation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Everything about a call but scope and operation. Immutable; a runner is a thin shell around one. */
final class CallSettings {
    static final CallSettings DEFAULT = new CallSettings(new Draft());

    final String name;
    final RetryPolicy policy;
    final TimeoutRule timeoutRule;
    final boolean readOnly;
    final boolean idempotent;
    final @Nullable Isolation isolation;
    final @Nullable Classifier classifier;
    final List<RunListener> listeners;
    final Ticker ticker;
    final Sleeper sleeper;
    final Scheduler scheduler;
    final RandomSource random;

    CallSettings(Draft draft) {
        name = draft.name;
        policy = draft.policy;
        timeoutRule = draft.timeoutRule;
        readOnly = draft.readOnly;
        idempotent = draft.idempotent;
        isolation = draft.isolation;
        classifier = draft.classifier;
        listeners = draft.listeners;
        ticker = draft.ticker;
        sleeper = draft.sleeper;
        scheduler = draft.scheduler;
        random = draft.random;
    }

    boolean repeatable() {
        return readOnly || idempotent;
    }

    /** When the whole call has to be over. */
    Deadline callDeadline(Scope scope) {
        Deadline enclosing = scope.deadline();
        Duration limit = policy.maxDuration();
        return limit == null ? enclosing : enclosing.earlier(Deadline.after(limit, ticker));
    }

    /** When the next attempt has to be over. */
    Deadline attemptDeadline(Deadline call) {
        Duration limit = policy.attemptTimeout();
        return limit == null ? call : call.earlier(Deadline.after(limit, ticker));
    }

    /**
     * The verdict before the attempt raises it. Failures that carry a verdict of their own (a call inside this one that
     * has ended for good) keep it.
     */
    Verdict classify(Scope scope, Throwable failure, Phase phase, long call) {
        Verdict carried = CallEnded.verdictIn(failure, call);
        if (carried != null) {
            return carried;
        }
        if (failure instanceof IllegalStateException && phase == Phase.OPEN) {
            return Verdict.GIVE_UP;
        }
        Verdict verdict = opinion(scope, failure, phase);
        if (verdict == null) {
            verdict = phase == Phase.COMMIT ? Verdict.OUTCOME_UNKNOWN : Verdict.GIVE_UP;
        }
        return policy.adjust(verdict, failure);
    }

    /** A classifier that breaks has no opinion: the attempt has to be undone all the same. */
    private @Nullable Verdict opinion(Scope scope, Throwable failure, Phase phase) {
        try {
            return (classifier != null ? classifier : scope.classifier()).classify(failure, phase);
        } catch (Throwable broken) {
            FailedCall.suppress(failure, broken);
            return null;
        }
    }

    boolean wants(Class<? extends RunEvent> type) {
        for (int i = 0; i < listeners.size(); i++) {
            if (wants(listeners.get(i), type)) {
                return true;
            }
        }
        return false;
    }

    private boolean wants(RunListener listener, Class<? extends RunEvent> type) {
        try {
            return listener.wants(type);
        } catch (Throwable broken) {
            logBroken(broken);
            return false;
        }
    }

    void tell(RunEvent event) {
        for (RunListener listener : listeners) {
            if (wants(listener, event.getClass())) {
                try {
                    listener.on(event);
                } catch (Throwable broken) {
                    logBroken(broken);
                }
            }
        }
    }

    /** Even an error: thrown after the COMMIT it would tell the caller that durable work had failed. */
    private void logBroken(Throwable broken) {
        LoggerFactory.getLogger(DbopRunner.class)
                .warn("a listener failed on an event of call \"{}\"; the call goes on", name, broken);
    }

    void tellStarted(Scope scope, int number) {
        if (!listeners.isEmpty() && wants(RunEvent.AttemptStarted.class)) {
            tell(new RunEvent.AttemptStarted(name, scope.database(), number));
        }
    }

    /** When the call began, if a listener will want to know how long it took. */
    long startNanos() {
        return !listeners.isEmpty() && wants(RunEvent.Succeeded.class) ? ticker.nanoTime() : 0;
    }

    void succeeded(Scope scope, int number, long startNanos) {
        RetryBudget budget = policy.budget();
        if (budget != null) {
            budget.refill();
        }
        if (!listeners.isEmpty() && wants(RunEvent.Succeeded.class)) {
            Duration elapsed = Duration.ofNanos(Math.max(0, ticker.nanoTime() - startNanos));
            tell(new RunEvent.Succeeded(name, scope.database(), number, elapsed));
        }
    }

    Draft draft() {
        return new Draft(this);
    }

    /** A copy being changed, never shared. */
    static final class Draft {
        String name = "unnamed";
        RetryPolicy policy = RetryPolicy.defaults();
        TimeoutRule timeoutRule = TimeoutRule.fixed(Timeouts.none());
        boolean readOnly;
        boolean idempotent;

        @Nullable
        Isolation isolation;

        @Nullable
        Classifier classifier;

        List<RunListener> listeners = List.of(LoggingListener.defaults());
        Ticker ticker = Ticker.system();
        Sleeper sleeper = Sleeper.system();
        Scheduler scheduler = Scheduler.system();
        RandomSource random = RandomSource.system();

        Draft() {}

        Draft(CallSettings settings) {
            name = settings.name;
            policy = settings.policy;
            timeoutRule = settings.timeoutRule;
            readOnly = settings.readOnly;
            idempotent = settings.idempotent;
            isolation = settings.isolation;
            classifier = settings.classifier;
            listeners = settings.listeners;
            ticker = settings.ticker;
            sleeper = settings.sleeper;
            scheduler = settings.scheduler;
            random = settings.random;
        }
    }
}
