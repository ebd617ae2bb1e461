package dev.dbop;

import dev.dbop.sql.Isolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations, configured once and shared. Immutable and thread-safe: every setter returns a changed copy.
 *
 * <p>The order in which things are set does not matter; the order of concerns is fixed: deadline, retry, connection,
 * transaction or savepoint, hook, operation.
 *
 * <p>Without further ado a runner retries five times (see {@link RetryPolicy}), sets no timeouts, uses the scope's own
 * classifier and logs through {@link LoggingListener}.
 */
public final class DbopRunner {
    private static final DbopRunner DEFAULT = new DbopRunner(CallSettings.DEFAULT);

    private final CallSettings settings;

    private DbopRunner(CallSettings settings) {
        this.settings = settings;
    }

    /**
     * Returns the runner with every default.
     *
     * @return a shared instance
     */
    public static DbopRunner create() {
        return DEFAULT;
    }

    /**
     * Returns a runner with the policy and timeouts of the settings, named as in {@link RetryPolicy#from(Map)}, with
     * {@code dbop.lock-timeout} and {@code dbop.statement-timeout} besides.
     *
     * @param settings keys that do not begin with {@code dbop.} are ignored
     * @return the runner
     * @throws IllegalArgumentException if a key beginning with {@code dbop.} is unknown, or a value cannot be read or is
     *     outside its bounds
     */
    public static DbopRunner from(Map<String, String> settings) {
        return from(Settings.of(settings));
    }

    /**
     * Returns a runner with the policy and timeouts of the properties, as {@link #from(Map)} does.
     *
     * @param properties their defaults included
     * @return the runner
     * @throws IllegalArgumentException as {@link #from(Map)}
     */
    public static DbopRunner fromProperties(Properties properties) {
        return from(Settings.of(properties));
    }

    /**
     * Returns a runner with the policy and timeouts of this process's environment: {@code DBOP_MAX_RETRIES}, {@code
     * DBOP_LOCK_TIMEOUT} and so on. Variables that begin with {@code DBOP_TEST_} are ignored.
     *
     * @return the runner
     * @throws IllegalArgumentException as {@link #from(Map)}
     */
    public static DbopRunner fromEnvironment() {
        return from(Settings.ofEnvironment(System.getenv()));
    }

    private static DbopRunner from(Settings settings) {
        return create().policy(settings.policy()).timeouts(settings.timeouts());
    }

    private DbopRunner with(Consumer<CallSettings.Draft> change) {
        CallSettings.Draft draft = settings.draft();
        change.accept(draft);
        return new DbopRunner(new CallSettings(draft));
    }

    /**
     * Names the calls, for logs, events and messages.
     *
     * @param name not blank; low in cardinality, since metrics use it
     * @return a changed copy
     * @throws IllegalArgumentException if blank
     */
    public DbopRunner named(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    "name is \"" + name + "\": must not be blank; name the operation, as in \"rename-project\"");
        }
        return with(draft -> draft.name = name);
    }

    /**
     * Sets how often, how fast and how long calls are retried.
     *
     * @param policy the policy
     * @return a changed copy
     */
    public DbopRunner policy(RetryPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        return with(draft -> draft.policy = policy);
    }

    /**
     * Sets the server timeouts of every attempt.
     *
     * @param timeouts restored on the server when the attempt ends
     * @return a changed copy
     */
    public DbopRunner timeouts(Timeouts timeouts) {
        return timeouts(TimeoutRule.fixed(timeouts));
    }

    /**
     * Sets the rule for the server timeouts of each attempt.
     *
     * @param rule asked for each attempt
     * @return a changed copy
     */
    public DbopRunner timeouts(TimeoutRule rule) {
        Objects.requireNonNull(rule, "rule");
        return with(draft -> draft.timeoutRule = rule);
    }

    /**
     * Sets how long the server may wait for one lock.
     *
     * @param timeout greater than zero
     * @return a changed copy
     * @throws IllegalArgumentException if zero, negative or longer than 292 years
     */
    public DbopRunner lockTimeout(Duration timeout) {
        Durations.positive("lock timeout", timeout);
        TimeoutRule rule = settings.timeoutRule;
        return timeouts(attempt -> rule.forAttempt(attempt).withLock(timeout));
    }

    /**
     * Sets how long the server may run one statement.
     *
     * @param timeout greater than zero
     * @return a changed copy
     * @throws IllegalArgumentException if zero, negative or longer than 292 years
     */
    public DbopRunner statementTimeout(Duration timeout) {
        Durations.positive("statement timeout", timeout);
        TimeoutRule rule = settings.timeoutRule;
        return timeouts(attempt -> rule.forAttempt(attempt).withStatement(timeout));
    }

    /**
     * Declares the operations read-only: the server refuses writes, and an attempt whose outcome is unknown is simply
     * repeated.
     *
     * @return a changed copy
     */
    public DbopRunner readOnly() {
        return with(draft -> draft.readOnly = true);
    }

    /**
     * Declares that running an operation twice does no more than running it once, so that an attempt whose outcome is
     * unknown may be repeated. Only the caller can know.
     *
     * @return a changed copy
     */
    public DbopRunner idempotent() {
        return with(draft -> draft.idempotent = true);
    }

    /**
     * Sets the isolation level of the transactions a scope begins. A savepoint cannot change it and refuses another one
     * than its transaction's.
     *
     * @param level the level
     * @return a changed copy
     */
    public DbopRunner isolation(Isolation level) {
        Objects.requireNonNull(level, "level");
        return with(draft -> draft.isolation = level);
    }

    /**
     * Replaces the scope's own classifier. To add rules to it instead: {@code
     * runner.classifier(JdbcClassifier.standard().overriding(rules))}.
     *
     * @param classifier says what a failure calls for
     * @return a changed copy
     */
    public DbopRunner classifier(Classifier classifier) {
        Objects.requireNonNull(classifier, "classifier");
        return with(draft -> draft.classifier = classifier);
    }

    /**
     * Adds a listener.
     *
     * @param listener hears the events of every call
     * @return a changed copy
     */
    public DbopRunner listener(RunListener listener) {
        Objects.requireNonNull(listener, "listener");
        return with(draft -> {
            List<RunListener> all = new ArrayList<>(draft.listeners);
            all.add(listener);
            draft.listeners = List.copyOf(all);
        });
    }

    /**
     * Replaces all listeners, the logging one included.
     *
     * @param listeners the new ones; none for silence
     * @return a changed copy
     */
    public DbopRunner listeners(RunListener... listeners) {
        List<RunListener> all = List.of(listeners);
        return with(draft -> draft.listeners = all);
    }

    /**
     * Replaces the source of elapsed time.
     *
     * @param ticker tells the time
     * @return a changed copy
     */
    public DbopRunner ticker(Ticker ticker) {
        Objects.requireNonNull(ticker, "ticker");
        return with(draft -> draft.ticker = ticker);
    }

    /**
     * Replaces what waits between the attempts of blocking calls.
     *
     * @param sleeper waits
     * @return a changed copy
     */
    public DbopRunner sleeper(Sleeper sleeper) {
        Objects.requireNonNull(sleeper, "sleeper");
        return with(draft -> draft.sleeper = sleeper);
    }

    /**
     * Replaces what starts the attempts of asynchronous calls later and stops attempts that ran out of time.
     *
     * @param scheduler runs short tasks later
     * @return a changed copy
     */
    public DbopRunner scheduler(Scheduler scheduler) {
        Objects.requireNonNull(scheduler, "scheduler");
        return with(draft -> draft.scheduler = scheduler);
    }

    /**
     * Replaces the source of jitter.
     *
     * @param random draws
     * @return a changed copy
     */
    public DbopRunner random(RandomSource random) {
        Objects.requireNonNull(random, "random");
        return with(draft -> draft.random = random);
    }

    /**
     * Runs an operation, blocking the calling thread until it is durable or has failed for good.
     *
     * @param <R> the resource
     * @param <T> the result
     * @param <X> the checked exception of the client; inferred
     * @param scope opens what an attempt runs on
     * @param op run once per attempt
     * @return what the operation returned in the attempt that was committed
     * @throws X the last failure, as it is, when there is no further attempt; earlier ones are suppressed in it, oldest
     *     first
     * @throws OutcomeUnknownException if the work may have become durable and was not declared safe to repeat
     * @throws AttemptTimeoutException if the last attempt ran out of time
     */
    public <R, T extends @Nullable Object, X extends Exception> T call(
            AttemptScope<R, ? extends X> scope, Operation<? super R, ? extends T, ? extends X> op) throws X {
        return this.<R, T, X>call(scope, PreAttemptHook.none(), op);
    }

    /**
     * Runs an operation after a hook, as {@link #call(AttemptScope, Operation)} does.
     *
     * @param <R> the resource
     * @param <T> the result
     * @param <X> the checked exception of the client; inferred
     * @param scope opens what an attempt runs on
     * @param hook runs inside the scope before each attempt
     * @param op run once per attempt
     * @return what the operation returned in the attempt that was committed
     * @throws X as {@link #call(AttemptScope, Operation)}
     */
    public <R, T extends @Nullable Object, X extends Exception> T call(
            AttemptScope<R, ? extends X> scope,
            PreAttemptHook<? super R, ? extends X> hook,
            Operation<? super R, ? extends T, ? extends X> op)
            throws X {
        return this.<R, T, X>engine(scope, hook, op).run();
    }

    /**
     * Runs an operation without a result, as {@link #call(AttemptScope, Operation)} does.
     *
     * @param <R> the resource
     * @param <X> the checked exception of the client; inferred
     * @param scope opens what an attempt runs on
     * @param op run once per attempt
     * @throws X as {@link #call(AttemptScope, Operation)}
     */
    public <R, X extends Exception> void run(
            AttemptScope<R, ? extends X> scope, VoidOperation<? super R, ? extends X> op) throws X {
        this.<R, X>run(scope, PreAttemptHook.none(), op);
    }

    /**
     * Runs an operation without a result after a hook, as {@link #call(AttemptScope, Operation)} does.
     *
     * @param <R> the resource
     * @param <X> the checked exception of the client; inferred
     * @param scope opens what an attempt runs on
     * @param hook runs inside the scope before each attempt
     * @param op run once per attempt
     * @throws X as {@link #call(AttemptScope, Operation)}
     */
    public <R, X extends Exception> void run(
            AttemptScope<R, ? extends X> scope,
            PreAttemptHook<? super R, ? extends X> hook,
            VoidOperation<? super R, ? extends X> op)
            throws X {
        Objects.requireNonNull(op, "op");
        this.<R, Boolean, X>call(scope, hook, resource -> {
            op.run(resource);
            return Boolean.TRUE;
        });
    }

    /**
     * Runs an operation and returns how it ended instead of throwing.
     *
     * @param <R> the resource
     * @param <T> the result
     * @param scope opens what an attempt runs on
     * @param op run once per attempt
     * @return success or failure, with the failed attempts; an {@link Error} is still thrown
     */
    public <R, T extends @Nullable Object> Outcome<T> tryCall(
            AttemptScope<R, ?> scope, Operation<? super R, ? extends T, ?> op) {
        BlockingEngine<R, T, Exception> engine = engine(scope, PreAttemptHook.none(), op);
        try {
            T result = engine.run();
            FailedCall failed = engine.failed();
            return new Outcome.Success<>(result, failed == null ? List.of() : List.copyOf(failed.records()));
        } catch (Exception failure) {
            FailedCall failed = Objects.requireNonNull(engine.failed());
            return new Outcome.Failure<>(failure, failed.reason(), List.copyOf(failed.records()));
        }
    }

    /**
     * Runs an operation and returns a default instead of throwing when it fails for good. An unknown outcome is still
     * thrown: a default would hide work that may have been done.
     *
     * @param <R> the resource
     * @param <T> the result
     * @param scope opens what an attempt runs on
     * @param op run once per attempt
     * @param otherwise the default
     * @return the operation's result or the default
     * @throws OutcomeUnknownException if the work may have become durable
     */
    public <R, T extends @Nullable Object> T callOrElse(
            AttemptScope<R, ?> scope, Operation<? super R, ? extends T, ?> op, T otherwise) {
        Outcome<T> outcome = tryCall(scope, op);
        if (outcome instanceof Outcome.Success<T> success) {
            return success.result();
        }
        if (((Outcome.Failure<T>) outcome).failure() instanceof OutcomeUnknownException unknown) {
            throw unknown;
        }
        return otherwise;
    }

    /**
     * Runs an asynchronous operation without blocking.
     *
     * @param <R> the resource
     * @param <T> the result
     * @param scope opens what an attempt runs on
     * @param op started once per attempt
     * @return completes as {@link #call(AttemptScope, Operation)} returns or throws; cancelling it stops the running
     *     attempt, which is undone, and all further ones
     */
    public <R, T extends @Nullable Object> CompletableFuture<T> callAsync(
            AsyncAttemptScope<R> scope, AsyncOperation<? super R, T> op) {
        return callAsync(scope, AsyncPreAttemptHook.none(), op);
    }

    /**
     * Runs an asynchronous operation after a hook, as {@link #callAsync(AsyncAttemptScope, AsyncOperation)} does.
     *
     * @param <R> the resource
     * @param <T> the result
     * @param scope opens what an attempt runs on
     * @param hook runs inside the scope before each attempt
     * @param op started once per attempt
     * @return as {@link #callAsync(AsyncAttemptScope, AsyncOperation)}
     */
    public <R, T extends @Nullable Object> CompletableFuture<T> callAsync(
            AsyncAttemptScope<R> scope, AsyncPreAttemptHook<? super R> hook, AsyncOperation<? super R, T> op) {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(hook, "hook");
        Objects.requireNonNull(op, "op");
        return new AsyncEngine<R, T>(settings, scope, hook, op).start();
    }

    private <R, T extends @Nullable Object, X extends Exception> BlockingEngine<R, T, X> engine(
            AttemptScope<R, ? extends X> scope,
            PreAttemptHook<? super R, ? extends X> hook,
            Operation<? super R, ? extends T, ? extends X> op) {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(hook, "hook");
        Objects.requireNonNull(op, "op");
        return new BlockingEngine<>(settings, scope, hook, op);
    }

    @Override
    public String toString() {
        return "DbopRunner[" + settings.name + ", " + settings.policy + "]";
    }
}
