package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.DbopRunner;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Says whether an {@link AsyncAttemptScope} is right, on a real database: the same list of rules as {@link
 * AttemptScopeContract}, driven through stages. Meant to be extended: a subclass carries {@link RealDatabase}, opens its client's pool, names the scopes and says how SQL is run.
 *
 * <p>Operations of the suite run on threads of the suite, which wait for the client's stages; so the client may complete
 * them on whatever thread it likes, an event loop's included.
 *
 * @param <R> the resource the scopes hand to operations
 */
public abstract class AsyncAttemptScopeContract<R> extends ConcurrencyRules<R, AsyncAttemptScope<R>> {

    private static final Duration LIMIT = Duration.ofSeconds(50);

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "dbop-contract");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Prepares one test.
     *
     * @param database where everything happens; what {@link RealDatabase} gives
     */
    protected AsyncAttemptScopeContract(TestDatabase database) {
        super(database);
    }

    /**
     * Opens a pool of the client under test. Connections need not be made before they are asked for.
     *
     * @param proxy what connections must go through, or null to connect directly
     * @param size the most connections at a time; who asks for more waits some seconds
     * @return the pool and the scopes on it, closed by the suite
     * @throws Exception if that fails
     */
    protected abstract ScopeSource<AsyncAttemptScope<R>> open(@Nullable FaultProxy proxy, int size) throws Exception;

    /**
     * Starts a statement without a result, and only that statement, through the client.
     *
     * @param resource what an attempt was handed, or {@link #openResource}
     * @param sql the statement
     * @return completes when it has run, or fails as the client fails
     */
    protected abstract CompletionStage<?> execute(R resource, String sql);

    /**
     * Starts a query, and only that query, through the client.
     *
     * @param resource what an attempt was handed, or {@link #openResource}
     * @param sql the query
     * @return completes with the first column of every row as text, or fails as the client fails
     */
    protected abstract CompletionStage<List<String>> query(R resource, String sql);

    @Override
    final ScopeSource<AsyncAttemptScope<R>> openSource(@Nullable FaultProxy proxy, int size) throws Exception {
        return open(proxy, size);
    }

    @Override
    final <T extends @Nullable Object> T call(
            DbopRunner runner, AsyncAttemptScope<R> scope, Body<R, ?> hook, Body<R, T> operation) throws Exception {
        return await(runner.callAsync(
                scope, (resource, context) -> start(hook, resource), resource -> start(operation, resource)));
    }

    private static <R, T extends @Nullable Object> CompletableFuture<T> start(Body<R, T> body, R resource) {
        CompletableFuture<T> result = new CompletableFuture<>();
        THREADS.execute(() -> {
            try {
                result.complete(body.run(resource));
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    private static <T extends @Nullable Object> T await(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Exception exception) {
                throw exception;
            }
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw failed;
        }
    }

    @Override
    final void run(R resource, String sql) throws Exception {
        await(execute(resource, sql));
    }

    @Override
    final List<String> ask(R resource, String sql) throws Exception {
        return await(query(resource, sql));
    }

    /** The scheduler's only tasks are back-offs as long as the call has no time limit. */
    @Override
    final DbopRunner duringBackOff(DbopRunner runner, Step step) {
        return runner.scheduler((task, delay) -> {
            THREADS.execute(() -> {
                Throwable broken = catchThrowable(step::run);
                task.run();
                assertThat(broken).isNull();
            });
            return () -> {};
        });
    }

    @Test
    void undoesTheAttemptThatRunsWhenTheCallIsCancelled() throws Exception {
        ScopeSource<AsyncAttemptScope<R>> source = source(1);
        CountDownLatch noted = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        CompletableFuture<Boolean> call = runner.callAsync(
                source.transaction(),
                resource -> start(
                        r -> {
                            note(r, "undone");
                            noted.countDown();
                            return cancelled.await(10, TimeUnit.SECONDS);
                        },
                        resource));
        assertThat(noted.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(call.cancel(true)).isTrue();
        cancelled.countDown();

        assertThat(state(source)).as("the connection comes back").isNotEmpty();
        assertThat(notes()).isEmpty();
    }

    @Test
    void stopsTheStatementThatRunsWhenTheCallIsCancelled() throws Exception {
        needs(ScopeFeature.CANCEL);
        needsServer();
        ScopeSource<AsyncAttemptScope<R>> source = source(1);
        CompletableFuture<List<String>> call =
                runner.callAsync(source.transaction(), resource -> start(r -> ask(r, provocation.slow()), resource));
        Poll.until(
                Duration.ofSeconds(20),
                () -> database.sessions().stream().anyMatch(session -> session.state() == ServerSession.State.ACTIVE),
                () -> "the statement did not begin");

        assertThat(call.cancel(true)).isTrue();

        assertThat(state(source)).as("the connection comes back").isNotEmpty();
    }

    @Test
    void undoesTheAttemptWhenTheOperationThrowsInsteadOfReturningAStage() throws Exception {
        Refused thrown = new Refused();
        CompletableFuture<Boolean> call = runner.callAsync(source(1).transaction(), resource -> {
            throw thrown;
        });

        assertThat(catchThrowable(() -> await(call))).isSameAs(thrown);
    }
}
