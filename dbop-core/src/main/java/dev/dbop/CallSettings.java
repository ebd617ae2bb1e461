package dev.dbop;

import dev.dbop.sql.Database;
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

    /** How many attempts there can be, as far as is known when one begins: no more than it if another is not sure. */
    int attempts(int attempt, Reach reach, Deadline deadline) {
        boolean another = !(timeoutRule instanceof FixedTimeouts)
                && attempt <= policy.maxRetries()
                && reach.covers(Verdict.RETRY_TRANSACTION)
                && isPlenty(policy.budget())
                && fitsIn(deadline, attempt);
        return another ? (int) Math.min(policy.maxRetries() + 1L, Integer.MAX_VALUE) : attempt;
    }

    /** Others take from the budget between this look and the failure. */
    private static boolean isPlenty(@Nullable RetryBudget budget) {
        return budget == null || budget.available() - 1 >= budget.capacity() / 2.0;
    }

    /** The longest the delay can be, and as much for the attempt behind it. */
    private boolean fitsIn(Deadline deadline, int attempt) {
        if (deadline.isNone()) {
            return true;
        }
        try {
            Duration longest = policy.delayBefore(attempt, policy.maxDelay(), Math.nextDown(1.0));
            return longest.compareTo(deadline.remaining().dividedBy(2)) < 0;
        } catch (RuntimeException broken) {
            // A back-off of the caller's own: it is heard of when it is needed.
            return false;
        }
    }

    /** What the classifier says, or null for no opinion. */
    @Nullable
    Verdict opinion(Scope scope, Throwable failure, Phase phase) {
        try {
            return classifier(scope).classify(failure, phase);
        } catch (Throwable broken) {
            // The attempt has to be undone all the same.
            Causes.suppress(failure, broken);
            return ofNobody(phase);
        }
    }

    /** The verdict on what nobody knows. */
    static Verdict ofNobody(Phase phase) {
        return phase == Phase.COMMIT ? Verdict.OUTCOME_UNKNOWN : Verdict.GIVE_UP;
    }

    private Classifier classifier(Scope scope) {
        return classifier != null ? classifier : scope.classifier();
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

    /** Whether a listener hears of a call before an attempt of it fails. */
    boolean isHeard() {
        return !listeners.isEmpty() && (wants(RunEvent.AttemptStarted.class) || wants(RunEvent.Succeeded.class));
    }

    /** When the call began, if a listener will want to know how long it took. */
    long startNanos() {
        boolean wanted = !listeners.isEmpty()
                && (wants(RunEvent.Succeeded.class)
                        || wants(RunEvent.GaveUp.class)
                        || wants(RunEvent.OutcomeUnknown.class));
        return wanted ? ticker.nanoTime() : 0;
    }

    /** Notes that an attempt was committed. */
    void succeeded(@Nullable CallAccount account, int number) {
        RetryBudget budget = policy.budget();
        if (budget != null) {
            budget.refill();
        }
        if (account != null) {
            account.succeeded(number);
        }
    }

    Duration elapsed(long startNanos) {
        try {
            return Duration.ofNanos(Math.max(0, ticker.nanoTime() - startNanos));
        } catch (Throwable broken) {
            logBroken(broken);
            return Duration.ZERO;
        }
    }

    /** Asked after the COMMIT too, where nothing may throw. */
    @Nullable
    Database database(Scope scope) {
        try {
            return scope.database();
        } catch (Throwable broken) {
            logBroken(broken);
            return null;
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
