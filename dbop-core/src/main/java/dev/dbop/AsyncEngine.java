package dev.dbop;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The loop over attempts for asynchronous clients, as the future the caller holds. What follows from a failure is
 * {@link CallAccount}'s to say.
 *
 * <p>Steps are run by a trampoline: a stage that is complete already adds a turn of a loop, not a frame, so that ten
 * thousand immediate retries need no deeper stack than one. Steps follow one another; no two run at once.
 *
 * <p>It is its own callback for the stages of an attempt, so that a waiting call is one object.
 */
final class AsyncEngine<R, T extends @Nullable Object> extends CompletableFuture<T>
        implements BiFunction<Object, @Nullable Throwable, Boolean>, Runnable {
    @SuppressWarnings("rawtypes") // a class literal has no type arguments
    private static final AtomicReferenceFieldUpdater<AsyncEngine, @Nullable Object> STOPPABLE =
            AtomicReferenceFieldUpdater.newUpdater(AsyncEngine.class, Object.class, "stoppable");

    private final CallSettings settings;
    private final AsyncAttemptScope<R> scope;
    private final AsyncPreAttemptHook<? super R> hook;
    private final AsyncOperation<? super R, T> operation;
    private final Deadline deadline;
    private final Reach reach;
    private final long call = CallEnded.nextCall();
    private final long start;
    private final AtomicInteger turns = new AtomicInteger();
    private @Nullable Runnable next;
    private Step step = Step.BEGIN;
    private Object arrived = Phase.OPEN;
    private @Nullable CallAccount account;
    private @Nullable AttemptContext context;
    private @Nullable Object previous;
    private @Nullable AsyncAttempt<R> attempt;
    private Object result = Phase.OPEN;

    /** What a cancel of the call stops: the watch over the attempt, or the attempt while nothing watches it. */
    private volatile @Nullable Object stoppable;

    private volatile @Nullable Wait wait;

    /** What has begun last. */
    private enum Step {
        BEGIN(Phase.OPEN),
        OPEN(Phase.OPEN),
        HOOK(Phase.HOOK),
        OPERATION(Phase.OPERATION),
        CHECK(Phase.OPERATION),
        COMMIT(Phase.COMMIT);

        final Phase phase;

        Step(Phase phase) {
            this.phase = phase;
        }
    }

    /**
     * What a stage brought in place of a value.
     *
     * @param failure without the stage's wrapping
     */
    private record Thrown(Throwable failure) {}

    AsyncEngine(
            CallSettings settings,
            AsyncAttemptScope<R> scope,
            AsyncPreAttemptHook<? super R> hook,
            AsyncOperation<? super R, T> operation) {
        this.settings = settings;
        this.scope = scope;
        this.hook = hook;
        this.operation = operation;
        this.deadline = settings.callDeadline(scope);
        this.reach = scope.reach();
        this.start = settings.startNanos();
    }

    /** Starts the call and returns its future. */
    CompletableFuture<T> start() {
        turn(this);
        return this;
    }

    /** Steps of the call do not run on the caller's terms: a dependent stage is an ordinary future. */
    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            Wait waiting = wait;
            if (waiting != null) {
                waiting.end();
            }
            stop();
        }
        return cancelled;
    }

    /** Stops the running attempt, on whatever thread the caller gives up. */
    private void stop() {
        Object running = stoppable;
        if (running instanceof Watch watch) {
            watch.cancel();
        } else if (running instanceof AsyncAttempt<?> opened) {
            Watch watch = watch(Objects.requireNonNull(context), opened);
            // Another cancel may have been first, or the attempt have ended.
            if (STOPPABLE.compareAndSet(this, opened, watch)) {
                watch.cancel();
            }
        }
    }

    private Watch watch(AttemptContext context, AsyncAttempt<?> opened) {
        return Watch.over(context, settings.scheduler, Runnable::run, opened::cancel);
    }

    /** Runs a step now, or after the one that is running. */
    private void turn(Runnable step) {
        next = step;
        if (turns.getAndIncrement() != 0) {
            return;
        }
        do {
            Runnable now = next;
            next = null;
            if (now != null) {
                safely(now);
            }
        } while (turns.decrementAndGet() != 0);
    }

    /** What breaks in a step of our own fails the call; otherwise nobody would hear of it, and the caller wait for ever. */
    private void safely(Runnable step) {
        try {
            step.run();
        } catch (Throwable broken) {
            broken(broken);
        }
    }

    private void broken(Throwable broken) {
        if (context != null) {
            account().broken(number(), step.phase, broken);
        }
        completeExceptionally(broken);
    }

    private int number() {
        return context == null ? 0 : context.number();
    }

    /** A stage of the attempt has ended. */
    @Override
    public Boolean apply(Object value, @Nullable Throwable thrown) {
        arrived = thrown == null ? value : new Thrown(unwrapped(thrown));
        turn(this);
        return true;
    }

    /** A stage could not be begun. What was thrown here and now is no wrapper of a stage's. */
    private void notBegun(Throwable thrown) {
        arrived = new Thrown(thrown);
        turn(this);
    }

    /** Goes on from the stage that has ended. */
    @Override
    public void run() {
        Object value = arrived;
        arrived = Phase.OPEN;
        if (value instanceof Thrown thrown) {
            undo(thrown.failure);
            return;
        }
        switch (step) {
            case BEGIN -> open();
            case OPEN -> opened(AsyncEngine.<AsyncAttempt<R>>as(value));
            case HOOK -> {
                if (!undoneByCancel()) {
                    begin(Step.OPERATION);
                }
            }
            case OPERATION -> returned(value);
            case CHECK -> begin(Step.COMMIT);
            case COMMIT -> committed();
        }
    }

    /** Begins a stage of the attempt. */
    private void begin(Step step) {
        this.step = step;
        CompletionStage<?> stage;
        try {
            stage = stage(step);
        } catch (Throwable thrown) {
            notBegun(thrown);
            return;
        }
        if (stage != null && isValue(stage)) {
            // A callback would cost an object, and be called here and now.
            apply(stage.toCompletableFuture().join(), null);
        } else if (stage != null) {
            // Not whenComplete(), which would wrap each failure for a stage nobody asks, with a stack trace.
            stage.handle(this);
        } else if (step == Step.CHECK) {
            apply(Phase.OPEN, null);
        } else {
            notBegun(new NullPointerException("null returned in phase " + step.phase + ": must be a CompletionStage"));
        }
    }

    /** A subclass may refuse to be asked, as the JDK's own minimal stage does. */
    private static boolean isValue(CompletionStage<?> stage) {
        return stage.getClass() == CompletableFuture.class
                && stage.toCompletableFuture().isDone()
                && !stage.toCompletableFuture().isCompletedExceptionally();
    }

    private @Nullable CompletionStage<?> stage(Step step) {
        AttemptContext described = Objects.requireNonNull(context);
        if (step == Step.OPEN) {
            return scope.open(described);
        }
        AsyncAttempt<R> opened = Objects.requireNonNull(attempt);
        return switch (step) {
            case HOOK -> hook.beforeAttempt(opened.resource(), described);
            case OPERATION -> operation.run(opened.resource());
            case CHECK -> opened.beforeCommit();
            default -> opened.commit();
        };
    }

    private void open() {
        if (isCancelled()) {
            CallAccount known = account;
            if (known != null) {
                known.interrupted();
                completeExceptionally(known.end());
            }
            return;
        }
        int number = number() + 1;
        context = new AttemptContext(settings, number, settings.attemptDeadline(deadline), true, previous);
        step = Step.BEGIN;
        attempt = null;
        stoppable = null;
        if (account != null || settings.isHeard()) {
            account().started(number);
        }
        begin(Step.OPEN);
    }

    private void opened(AsyncAttempt<R> opened) {
        AttemptContext described = Objects.requireNonNull(context);
        attempt = opened;
        previous = opened;
        if (undoneByCancel()) {
            return;
        }
        try {
            stoppable = described.deadline().isNone() ? opened : watch(described, opened);
            if (isCancelled()) {
                // Before there was anything to cancel.
                stop();
            }
        } catch (Throwable unwatched) {
            undo(unwatched);
            return;
        }
        begin(Step.HOOK);
    }

    /** Undoes the attempt if the caller has cancelled the call; asked before each step that does more. */
    private boolean undoneByCancel() {
        if (!isCancelled()) {
            return false;
        }
        undo(new CancellationException("call \"" + settings.name + "\" was cancelled"));
        return true;
    }

    private void returned(Object value) {
        result = value;
        if (undoneByCancel()) {
            return;
        }
        if (stoppable instanceof Watch watch && watch.timeIsUp()) {
            undo(new Stopped());
            return;
        }
        begin(Step.CHECK);
    }

    private void committed() {
        endWatch();
        attempt = null;
        settings.succeeded(account, number());
        complete(AsyncEngine.<T>as(result));
    }

    /** Nothing stops the attempt any more; true if its time is up. */
    private boolean endWatch() {
        Object running = STOPPABLE.getAndSet(this, null);
        if (running instanceof Watch watch) {
            return watch.end();
        }
        AttemptContext described = context;
        return described != null && described.deadline().hasPassed();
    }

    /** What was given as a V. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <V extends @Nullable Object> V as(Object value) {
        return (V) value;
    }

    private static Throwable unwrapped(Throwable thrown) {
        boolean wrapper = thrown instanceof CompletionException || thrown instanceof ExecutionException;
        Throwable cause = thrown.getCause();
        return wrapper && cause != null ? cause : thrown;
    }

    /** Awaits a stage that a failed attempt needs. */
    private <V> void then(
            Supplier<? extends CompletionStage<? extends V>> stage, Consumer<V> step, Consumer<Throwable> failure) {
        CompletionStage<? extends V> started;
        try {
            started = Objects.requireNonNull(stage.get(), "null returned: must be a CompletionStage");
        } catch (Throwable thrown) {
            turn(() -> failure.accept(thrown));
            return;
        }
        started.handle((value, thrown) -> {
            turn(() -> {
                if (thrown != null) {
                    failure.accept(unwrapped(thrown));
                } else {
                    step.accept(value);
                }
            });
            return true;
        });
    }

    private void undo(Throwable thrown) {
        if (thrown instanceof NotPrepared && thrown.getCause() != null) {
            endWatch();
            broken(thrown.getCause());
            return;
        }
        CallAccount call = account();
        Throwable failure = thrown;
        Verdict classified = call.classify(thrown, step.phase);
        if (endWatch() && !(thrown instanceof Error)) {
            failure = call.timedOut(number(), thrown instanceof Stopped ? null : thrown);
            classified = call.ofOwnStop(classified, step.phase, failure);
        }
        undo(call, new CallAccount.Failure(number(), step.phase, failure, classified));
    }

    private CallAccount account() {
        CallAccount known = account;
        if (known == null) {
            known = new CallAccount(settings, scope, reach, deadline, call, true, start);
            account = known;
        }
        return known;
    }

    private void undo(CallAccount call, CallAccount.Failure failed) {
        AsyncAttempt<R> open = attempt;
        attempt = null;
        if (open == null) {
            afterUndo(call, failed, failed.classified(), null);
            return;
        }
        Consumer<Throwable> broken = thrownByRollback -> {
            Causes.suppress(failed.cause(), thrownByRollback);
            afterUndo(call, failed, Verdict.RETRY_CONNECTION, open.commitProbe());
        };
        this.<Verdict>then(
                () -> open.rollback(failed.cause(), failed.phase(), failed.classified()),
                raised -> {
                    if (raised == null) {
                        broken.accept(new NullPointerException("the rollback returned no verdict"));
                    } else {
                        afterUndo(call, failed, raised, open.commitProbe());
                    }
                },
                broken);
    }

    private void afterUndo(
            CallAccount call, CallAccount.Failure failed, Verdict raised, @Nullable AsyncCommitProbe probe) {
        if (failed.cause() instanceof Error) {
            call.error(failed, raised);
            completeExceptionally(failed.cause());
            return;
        }
        follow(call, failed, probe, call.failed(failed, raised, probe != null, isCancelled()));
    }

    private void follow(
            CallAccount call, CallAccount.Failure failed, @Nullable AsyncCommitProbe probe, Decision decision) {
        if (decision instanceof Decision.Again again) {
            if (!scheduled(this::open, again.delay(), failed)) {
                call.interrupted();
                completeExceptionally(call.end());
            }
        } else if (probe != null && decision instanceof Decision.Probe next) {
            boolean first = next.delay().isZero();
            Runnable stop = () -> follow(call, failed, null, call.probed(failed, CommitStatus.IN_DOUBT, true));
            Runnable asking = () -> {
                if (first || !isCancelled()) {
                    ask(call, failed, probe);
                } else {
                    stop.run();
                }
            };
            if (!scheduled(asking, next.delay(), failed)) {
                stop.run();
            }
        } else {
            if (isCancelled()) {
                call.interrupted();
            }
            completeExceptionally(call.end());
        }
    }

    private boolean scheduled(Runnable step, Duration delay, CallAccount.Failure failed) {
        if (delay.isZero()) {
            turn(step);
            return true;
        }
        try {
            Wait waiting = new Wait(() -> turn(step));
            waiting.begin(settings.scheduler, delay);
            wait = waiting;
            if (isCancelled()) {
                waiting.end();
            }
            return true;
        } catch (RuntimeException refused) {
            Causes.suppress(failed.cause(), refused);
            return false;
        }
    }

    private void ask(CallAccount call, CallAccount.Failure failed, AsyncCommitProbe probe) {
        this.<CommitStatus>then(
                () -> probe.probe(call.patience()),
                status -> probed(call, failed, probe, Objects.requireNonNullElse(status, CommitStatus.IN_DOUBT)),
                unreachable -> {
                    Causes.suppress(failed.cause(), unreachable);
                    probed(call, failed, probe, CommitStatus.IN_DOUBT);
                });
    }

    private void probed(CallAccount call, CallAccount.Failure failed, AsyncCommitProbe probe, CommitStatus status) {
        call.tellProbed(failed, status);
        if (status == CommitStatus.COMMITTED) {
            settings.succeeded(call, number());
            complete(AsyncEngine.<T>as(result));
        } else {
            follow(call, failed, probe, call.probed(failed, status, isCancelled()));
        }
    }
}
