package dev.dbop;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The loop over attempts for asynchronous clients, as the future the caller holds. What follows from a failure is
 * {@link FailedCall}'s to say.
 *
 * <p>Steps are run by a trampoline: a stage that is complete already adds a turn of a loop, not a frame, so that ten
 * thousand immediate retries need no deeper stack than one. Steps follow one another; no two run at once.
 */
final class AsyncEngine<R, T extends @Nullable Object> extends CompletableFuture<T> {
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
    private @Nullable FailedCall failed;
    private @Nullable Object previous;
    private @Nullable AsyncAttempt<R> attempt;
    private Deadline attemptDeadline = Deadline.none();
    private volatile @Nullable Watch watch;
    private volatile Scheduler.@Nullable Cancellable backoff;
    private Phase phase = Phase.OPEN;
    private Object result = Phase.OPEN;
    private int number;

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
        turn(this::open);
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
            Scheduler.Cancellable waiting = backoff;
            if (waiting != null) {
                waiting.cancel();
            }
            Watch running = watch;
            if (running != null) {
                running.cancel();
            }
        }
        return cancelled;
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
                run(now);
            }
        } while (turns.decrementAndGet() != 0);
    }

    /** What breaks in a step of our own fails the call; otherwise nobody would hear of it, and the caller wait for ever. */
    private void run(Runnable step) {
        try {
            step.run();
        } catch (Throwable broken) {
            completeExceptionally(broken);
        }
    }

    private <V> void then(Supplier<? extends CompletionStage<? extends V>> stage, Consumer<V> step) {
        then(stage, step, this::undo);
    }

    private <V> void then(
            Supplier<? extends CompletionStage<? extends V>> stage, Consumer<V> step, Consumer<Throwable> failure) {
        CompletionStage<? extends V> started;
        try {
            started = Objects.requireNonNull(
                    stage.get(), () -> "null returned in phase " + phase + ": must be a CompletionStage");
        } catch (Throwable thrown) {
            turn(() -> failure.accept(thrown));
            return;
        }
        started.whenComplete((value, thrown) -> turn(() -> {
            if (thrown != null) {
                failure.accept(unwrapped(thrown));
            } else {
                step.accept(value);
            }
        }));
    }

    private static Throwable unwrapped(Throwable thrown) {
        boolean wrapper = thrown instanceof CompletionException || thrown instanceof ExecutionException;
        Throwable cause = thrown.getCause();
        return wrapper && cause != null ? cause : thrown;
    }

    private void open() {
        if (isCancelled()) {
            return;
        }
        number++;
        phase = Phase.OPEN;
        attempt = null;
        watch = null;
        attemptDeadline = settings.attemptDeadline(deadline);
        AttemptContext context = new AttemptContext(settings, number, attemptDeadline, true, previous);
        settings.tellStarted(scope, number);
        this.<AsyncAttempt<R>>then(() -> scope.open(context), opened -> {
            attempt = opened;
            previous = opened;
            if (!undoneByCancel()) {
                beforeAttempt(opened, context);
            }
        });
    }

    private void beforeAttempt(AsyncAttempt<R> opened, AttemptContext context) {
        Supplier<CompletionStage<?>> start = () -> {
            Watch stopping = Watch.over(context, settings.scheduler, Runnable::run, opened::cancel);
            watch = stopping;
            phase = Phase.HOOK;
            if (isCancelled()) {
                // Before there was anything to cancel.
                stopping.cancel();
            }
            return hook.beforeAttempt(opened.resource(), context);
        };
        then(start, done -> {
            if (!undoneByCancel()) {
                phase = Phase.OPERATION;
                this.<T>then(() -> operation.run(opened.resource()), returned -> commit(opened, returned));
            }
        });
    }

    /** Undoes the attempt if the caller has cancelled the call; asked before each step that does more. */
    private boolean undoneByCancel() {
        if (!isCancelled()) {
            return false;
        }
        undo(new CancellationException("call \"" + settings.name + "\" was cancelled"));
        return true;
    }

    private void commit(AsyncAttempt<R> opened, T returned) {
        result = returned;
        if (undoneByCancel()) {
            return;
        }
        Watch limit = watch;
        if (limit != null && limit.timeIsUp()) {
            undo(new BlockingEngine.Stopped());
            return;
        }
        try {
            opened.beforeCommit();
        } catch (Throwable lost) {
            undo(lost);
            return;
        }
        phase = Phase.COMMIT;
        then(opened::commit, done -> {
            endWatch();
            attempt = null;
            settings.succeeded(scope, number, start);
            complete(returned);
        });
    }

    private boolean endWatch() {
        Watch limit = watch;
        return limit == null ? attemptDeadline.hasPassed() : limit.end();
    }

    private void undo(Throwable thrown) {
        FailedCall call = failed;
        if (call == null) {
            call = new FailedCall(settings, scope, reach, deadline, this.call);
            failed = call;
        }
        Throwable failure = thrown;
        Verdict classified = settings.classify(scope, thrown, phase, this.call);
        if (endWatch() && !(thrown instanceof Error)) {
            failure = call.timedOut(number, thrown instanceof BlockingEngine.Stopped ? null : thrown);
            classified = call.ofOwnStop(classified, phase, failure);
        }
        undo(call, new FailedCall.Failure(number, phase, failure, classified));
    }

    private void undo(FailedCall call, FailedCall.Failure failed) {
        AsyncAttempt<R> open = attempt;
        attempt = null;
        if (open == null) {
            afterUndo(call, failed, failed.classified(), null);
            return;
        }
        Consumer<Throwable> broken = thrownByRollback -> {
            FailedCall.suppress(failed.cause(), thrownByRollback);
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
            FailedCall call, FailedCall.Failure failed, Verdict raised, @Nullable AsyncCommitProbe probe) {
        if (failed.cause() instanceof Error) {
            completeExceptionally(failed.cause());
            return;
        }
        follow(call, failed, probe, call.failed(failed, raised, probe != null, isCancelled()));
    }

    private void follow(
            FailedCall call, FailedCall.Failure failed, @Nullable AsyncCommitProbe probe, Decision decision) {
        if (decision instanceof Decision.Again again) {
            if (!scheduled(this::open, again.delay(), failed)) {
                call.interrupted();
                completeExceptionally(call.end());
            }
        } else if (probe != null && decision instanceof Decision.Probe next) {
            if (!scheduled(() -> ask(call, failed, probe), next.delay(), failed)) {
                follow(call, failed, null, call.probed(failed, CommitStatus.IN_DOUBT, true));
            }
        } else {
            if (isCancelled()) {
                call.interrupted();
            }
            completeExceptionally(call.end());
        }
    }

    private boolean scheduled(Runnable step, Duration delay, FailedCall.Failure failed) {
        if (delay.isZero()) {
            turn(step);
            return true;
        }
        try {
            backoff = settings.scheduler.schedule(() -> turn(step), delay);
            return true;
        } catch (RuntimeException refused) {
            FailedCall.suppress(failed.cause(), refused);
            return false;
        }
    }

    private void ask(FailedCall call, FailedCall.Failure failed, AsyncCommitProbe probe) {
        this.<CommitStatus>then(
                () -> probe.probe(call.patience()),
                status -> probed(call, failed, probe, Objects.requireNonNullElse(status, CommitStatus.IN_DOUBT)),
                unreachable -> {
                    FailedCall.suppress(failed.cause(), unreachable);
                    probed(call, failed, probe, CommitStatus.IN_DOUBT);
                });
    }

    private void probed(FailedCall call, FailedCall.Failure failed, AsyncCommitProbe probe, CommitStatus status) {
        call.tellProbed(failed, status);
        if (status == CommitStatus.COMMITTED) {
            settings.succeeded(scope, number, start);
            complete(BlockingEngine.<T>result(result));
        } else {
            follow(call, failed, probe, call.probed(failed, status, isCancelled()));
        }
    }
}
