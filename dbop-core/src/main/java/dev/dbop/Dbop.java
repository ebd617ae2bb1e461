package dev.dbop;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Runs one operation under a retry policy in a scope: the core of dbop, with every part named. {@link DbopRunner} is
 * the same, configured once.
 *
 * <p>For each attempt the scope is opened, the hook runs inside it, then the operation, then the scope commits; after a
 * failure in any of these it rolls back, and the classifier's verdict, raised by the attempt where it knows more,
 * decides. Whatever the order in which things were configured, the order of concerns is: deadline, retry, connection,
 * transaction or savepoint, hook, operation. Nothing is held while waiting that need not be.
 */
public final class Dbop {
    private Dbop() {}

    /**
     * Runs an operation, blocking the calling thread until it is durable or has failed for good.
     *
     * @param <R> the resource
     * @param <T> the result
     * @param <X> the checked exception of the client; inferred
     * @param op run once per attempt
     * @param policy how often, how fast and how long
     * @param scope opens what an attempt runs on
     * @param hook runs inside the scope before each attempt
     * @param classifier says what a failure calls for
     * @return what the operation returned in the attempt that was committed
     * @throws X the last failure, as it is, when there is no further attempt; earlier ones are suppressed in it, oldest
     *     first
     * @throws OutcomeUnknownException if the work may have become durable and was not declared safe to repeat
     * @throws AttemptTimeoutException if the last attempt ran out of time
     */
    public static <R, T extends @Nullable Object, X extends Exception> T execute(
            Operation<? super R, ? extends T, ? extends X> op,
            RetryPolicy policy,
            AttemptScope<R, ? extends X> scope,
            PreAttemptHook<? super R, ? extends X> hook,
            Classifier classifier)
            throws X {
        return DbopRunner.create().policy(policy).classifier(classifier).<R, T, X>call(scope, hook, op);
    }

    /**
     * Runs an asynchronous operation without blocking.
     *
     * @param <R> the resource
     * @param <T> the result
     * @param op started once per attempt
     * @param policy how often, how fast and how long
     * @param scope opens what an attempt runs on
     * @param hook runs inside the scope before each attempt
     * @param classifier says what a failure calls for
     * @return completes as {@link #execute} returns or throws; cancelling it stops the running attempt, which is undone,
     *     and all further ones
     */
    public static <R, T extends @Nullable Object> CompletableFuture<T> executeAsync(
            AsyncOperation<? super R, T> op,
            RetryPolicy policy,
            AsyncAttemptScope<R> scope,
            AsyncPreAttemptHook<? super R> hook,
            Classifier classifier) {
        return DbopRunner.create().policy(policy).classifier(classifier).callAsync(scope, hook, op);
    }
}
