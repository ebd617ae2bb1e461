package dev.dbop;

import dev.dbop.sql.Isolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
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
     * Returns a runner with the policy and timeouts of the properties, named as in {@link
     * RetryPolicy#fromProperties(Map)}, with {@code dbop.initial-lock-timeout}, {@code dbop.lock-timeout} and {@code
     * dbop.statement-timeout} besides.
     *
     * @param properties keys that do not begin with {@code dbop.} are ignored
     * @return the runner
     * @throws IllegalArgumentException if a key beginning with {@code dbop.} is unknown, or a value cannot be read or is
     *     outside its bounds
     */
    public static DbopRunner fromProperties(Map<String, String> properties) {
        return from(Settings.of(properties));
    }

    /**
     * Returns a runner with the policy and timeouts of the properties, as {@link #fromProperties(Map)} does.
     *
     * @param properties their defaults included
     * @return the runner
     * @throws IllegalArgumentException as {@link #fromProperties(Map)}
     */
    public static DbopRunner fromProperties(Properties properties) {
        return from(Settings.of(properties));
    }

    /**
     * Returns a runner with the policy and timeouts of this process's environment: {@code DBOP_MAX_RETRIES}, {@code
     * DBOP_LOCK_TIMEOUT} and so on. Variables that begin with {@code DBOP_TEST_} are ignored.
     *
     * @return the runner
     * @throws IllegalArgumentException as {@link #fromProperties(Map)}
     */
    public static DbopRunner fromEnvironment() {
        return from(Settings.ofEnvironment(System.getenv()));
    }

    private static DbopRunner from(Settings settings) {
        return create().policy(settings.policy()).timeouts(settings.timeoutRule());
    }

    CallSettings settings() {
        return settings;
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
     * Sets the server timeouts of every attempt, in place of all that was said about timeouts before.
     *
     * @param timeouts restored on the server when the attempt ends
     * @return a changed copy
     */
    public DbopRunner timeouts(Timeouts timeouts) {
        return timeouts(TimeoutRule.fixed(timeouts));
    }

    /**
     * Sets the rule for the server timeouts of each attempt, in place of all that was said about timeouts before.
     *
     * @param rule asked for each attempt
     * @return a changed copy
     */
    public DbopRunner timeouts(TimeoutRule rule) {
        Objects.requireNonNull(rule, "rule");
        return with(draft -> draft.timeoutRule = rule);
    }

    /**
     * Sets how long the server may wait for one lock. With {@link #initialLockTimeout} it is what the last attempts wait,
     * and the most that the others do.
     *
     * @param timeout greater than zero
     * @return a changed copy
     * @throws IllegalArgumentException if zero, negative or longer than 292 years
     */
    public DbopRunner lockTimeout(Duration timeout) {
        Durations.positive("lock timeout", timeout);
        return changingTimeouts(each -> each.withLock(timeout));
    }

    /**
     * Sets how long the server may wait for one lock in the first attempt, for short transactions on hot rows. Each further
     * attempt waits twice as long; the last two, and any that may be the last, wait for {@link #lockTimeout}, or without one
     * for as long as the session itself would. 8 ms was measured best; {@link TimeoutRule#growingLockTimeout()} says what
     * it does on which database, and what it costs.
     *
     * <p>It has an effect in attempts that undo a whole transaction. Steps inside one are bound by its limit, and what they wait
     * in vain for is tried again with the whole transaction. An autocommit statement waits in full, and a two-phase branch does.
     *
     * <p>A wait cut short costs an operation its success only where lock timeouts are not retried, by {@link
     * RetryPolicy.Builder#abortOn} or the {@linkplain #classifier classifier}; where more calls than half of the {@link
     * RetryBudget} holds meet at once; or where the operation works so long that {@code maxDuration} leaves no time for it again.
     * Do not set it there.
     *
     * @param timeout greater than zero
     * @return a changed copy
     * @throws IllegalArgumentException if zero, negative or longer than 292 years
     */
    public DbopRunner initialLockTimeout(Duration timeout) {
        TimeoutRule rule = settings.timeoutRule;
        return timeouts(
                rule instanceof GrowingLockTimeout growing
                        ? growing.withInitial(timeout)
                        : new GrowingLockTimeout(timeout, rule));
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
        return changingTimeouts(each -> each.withStatement(timeout));
    }

    private DbopRunner changingTimeouts(UnaryOperator<Timeouts> change) {
        return timeouts(changed(settings.timeoutRule, change));
    }

    private static TimeoutRule changed(TimeoutRule rule, UnaryOperator<Timeouts> change) {
        if (rule instanceof GrowingLockTimeout growing) {
            return growing.withFull(changed(growing.full(), change));
        }
        return rule instanceof FixedTimeouts fixed
                ? TimeoutRule.fixed(change.apply(fixed.timeouts()))
                : (attempt, attempts) -> change.apply(rule.forAttempt(attempt, attempts));
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
     * Adds a listener, behind those there are. The very instance that listens already is not added again: it hears every
     * event once.
     *
     * @param listener hears the events of every call
     * @return a changed copy
     */
    public DbopRunner listener(RunListener listener) {
        Objects.requireNonNull(listener, "listener");
        return with(draft -> {
            List<RunListener> all = new ArrayList<>(draft.listeners);
            all.add(listener);
            draft.listeners = eachOnce(all);
        });
    }

    /**
     * Replaces all listeners, the logging one included. An instance that is named twice listens once.
     *
     * @param listeners the new ones; none for silence
     * @return a changed copy
     */
    public DbopRunner listeners(RunListener... listeners) {
        List<RunListener> all = eachOnce(List.of(listeners));
        return with(draft -> draft.listeners = all);
    }

    /** By identity: one that heard an event twice would count it twice, and begin a span that nothing ends. */
    private static List<RunListener> eachOnce(List<RunListener> listeners) {
        Set<RunListener> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        return listeners.stream().filter(seen::add).toList();
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
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(hook, "hook");
        Objects.requireNonNull(op, "op");
        return BlockingEngine.<R, T, X>run(settings, scope, hook, op, null);
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
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(op, "op");
        AtomicReference<@Nullable CallAccount> account = new AtomicReference<>();
        try {
            T result = BlockingEngine.<R, T, Exception>run(settings, scope, PreAttemptHook.none(), op, account::set);
            return new Outcome.Success<>(result, failures(account.get()));
        } catch (Exception failure) {
            CallAccount known = account.get();
            GiveUpReason reason = known == null ? GiveUpReason.BEYOND_REACH : known.reason();
            return new Outcome.Failure<>(failure, reason, failures(known));
        }
    }

    private static List<AttemptRecord> failures(@Nullable CallAccount account) {
        return account == null ? List.of() : List.copyOf(account.records());
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

    /**
     * Returns an operation as something to be called, from any thread and as often as liked: each time is a call of its own.
     *
     * @param <R> the resource
     * @param <T> the result
     * @param scope opens what an attempt runs on
     * @param op run once per attempt
     * @return returns and throws what {@link #call(AttemptScope, Operation)} does
     */
    public <R, T extends @Nullable Object> Callable<T> decorate(
            AttemptScope<R, ?> scope, Operation<? super R, ? extends T, ?> op) {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(op, "op");
        return () -> this.<R, T, Exception>call(scope, op);
    }

    /**
     * Returns an asynchronous operation as something to be started, as {@link #decorate} does.
     *
     * @param <R> the resource
     * @param <T> the result
     * @param scope opens what an attempt runs on
     * @param op started once per attempt
     * @return gives the future of {@link #callAsync(AsyncAttemptScope, AsyncOperation)}, each time of a call of its own
     */
    public <R, T extends @Nullable Object> Supplier<CompletableFuture<T>> decorateAsync(
            AsyncAttemptScope<R> scope, AsyncOperation<? super R, T> op) {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(op, "op");
        return () -> callAsync(scope, op);
    }

    /**
     * Returns an interface each of whose methods is a call of this runner, changed by {@link Retried} where the interface
     * carries it and named after interface and method. An attempt makes a target on its resource and calls the method on
     * it; what the method calls on the target runs in the same attempt, default methods included.
     *
     * <p>What the target throws comes out as it is. What the client throws besides, at COMMIT for instance, must be declared
     * by the method if it is checked; otherwise it comes out as the cause of an {@link
     * java.lang.reflect.UndeclaredThrowableException}. A result must not need the attempt's resource any more.
     *
     * <p>Make it once and keep it: it may be used by many threads if the scope may. It is equal to itself only.
     *
     * @param <R> the resource
     * @param <I> the interface
     * @param type public in an exported package, or opened to dbop
     * @param scope opens what an attempt runs on
     * @param target makes what the method is called on, once per attempt; a constructor, usually
     * @return the interface, retried
     * @throws IllegalArgumentException if the type is no interface, sealed or cannot be called from here, if a method returns
     *     a stage, a future or a publisher, or if an annotation cannot be read or is outside its bounds
     */
    public <R, I> I proxy(Class<I> type, AttemptScope<R, ?> scope, Operation<? super R, ? extends I, ?> target) {
        return RetriedProxy.blocking(type, this, scope, target);
    }

    /**
     * Returns an interface each of whose methods is an asynchronous call of this runner, as {@link #proxy} does. Every
     * failure is in the stage that a method returns; cancelling it, if it is a future, stops the call.
     *
     * @param <R> the resource
     * @param <I> the interface
     * @param type public in an exported package, or opened to dbop
     * @param scope opens what an attempt runs on
     * @param target makes what the method is called on, once per attempt
     * @return the interface, retried
     * @throws IllegalArgumentException as {@link #proxy}, or if a method returns anything but a {@link
     *     java.util.concurrent.CompletionStage} or {@link CompletableFuture}
     */
    public <R, I> I proxyAsync(Class<I> type, AsyncAttemptScope<R> scope, Function<? super R, ? extends I> target) {
        return RetriedProxy.async(type, this, scope, target);
    }

    /** Name and policy, then what is not as in {@link #create()}: timeouts, isolation, read-only, idempotent. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("DbopRunner[" + settings.name + ", " + settings.policy);
        TimeoutRule rule = settings.timeoutRule;
        if (rule instanceof GrowingLockTimeout growing) {
            append(text, "initialLockTimeout", growing.initial());
            rule = growing.full();
        }
        if (rule instanceof FixedTimeouts fixed) {
            append(text, "lockTimeout", fixed.timeouts().lock());
            append(text, "statementTimeout", fixed.timeouts().statement());
        } else {
            text.append(", timeouts by attempt");
        }
        append(text, "isolation", settings.isolation);
        text.append(settings.readOnly ? ", readOnly" : "").append(settings.idempotent ? ", idempotent" : "");
        return text.append(']').toString();
    }

    private static void append(StringBuilder text, String name, @Nullable Object value) {
        if (value != null) {
            text.append(", ").append(name).append('=').append(value);
        }
    }
}
