package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.sql.Database;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A blocking scope behind stages. That it behaves like any other scope {@link EveryEngine} shows. */
class BlockingAsyncScopeTest {
    private final VirtualTime time = new VirtualTime();
    private final RecordingScope scope = new RecordingScope(time);
    private final DbopRunner runner = EveryEngine.runner(time, new ArrayList<>());

    @Test
    void runsEveryBlockingStepOnTheExecutorAndNoOther() {
        Queue<Runnable> work = new ArrayDeque<>();
        CompletableFuture<String> call =
                runner.callAsync(AsyncAttemptScope.blocking(scope.blocking(), work::add), attempt -> {
                    scope.write("run " + attempt);
                    return CompletableFuture.completedFuture("done");
                });

        assertThat(scope.journal()).isEmpty();
        work.remove().run();
        assertThat(scope.journal()).containsExactly("open 1", "run 1");
        work.remove().run();
        assertThat(scope.journal()).containsExactly("open 1", "run 1", "check 1");
        assertThat(call).isNotDone();
        work.remove().run();
        assertThat(scope.journal()).endsWith("commit 1");
        assertThat(call).isCompletedWithValue("done");
        assertThat(work).isEmpty();
    }

    @Test
    void runsTheRollbackOnTheExecutor() {
        Queue<Runnable> work = new ArrayDeque<>();
        DbFailure failure = DbFailure.of(Verdict.GIVE_UP);
        CompletableFuture<String> call = runner.callAsync(
                AsyncAttemptScope.blocking(scope.blocking(), work::add),
                attempt -> CompletableFuture.failedFuture(failure));

        work.remove().run();
        assertThat(scope.journal()).containsExactly("open 1");
        work.remove().run();

        assertThat(scope.journal()).containsExactly("open 1", "rollback 1 OPERATION GIVE_UP");
        assertThat(catchThrowable(() -> Engine.outcome(call))).isSameAs(failure);
    }

    @Test
    void handsTheBlockingScopeItsOwnAttemptOfBefore() {
        List<Object> opened = new ArrayList<>();
        AttemptScope<Integer, Exception> blocking = scope.blocking();
        AttemptScope<Integer, Exception> remembering = new AttemptScope<>() {
            @Override
            public Reach reach() {
                return blocking.reach();
            }

            @Override
            public Classifier classifier() {
                return blocking.classifier();
            }

            @Override
            public Attempt<Integer, Exception> open(AttemptContext context) throws Exception {
                Attempt<Integer, Exception> attempt = blocking.open(context);
                opened.add(attempt);
                return attempt;
            }
        };

        CompletableFuture<String> call = runner.callAsync(
                AsyncAttemptScope.blocking(remembering, Runnable::run),
                attempt -> attempt == 1
                        ? CompletableFuture.failedFuture(DbFailure.of(Verdict.RETRY_CONNECTION))
                        : CompletableFuture.completedFuture("done"));
        time.passUntilDone(call);

        assertThat(scope.contexts().get(0).previousAttempt()).isNull();
        assertThat(scope.contexts().get(1).previousAttempt()).isSameAs(opened.get(0));
        assertThat(scope.contexts().get(1).number()).isEqualTo(2);
    }

    @Test
    void saysWhatTheBlockingScopeSays() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(1), time);
        scope.reach(Reach.SAVEPOINT).deadline(deadline).database(Database.SQLITE);

        AsyncAttemptScope<Integer> view = AsyncAttemptScope.blocking(scope.blocking(), Runnable::run);

        assertThat(view.reach()).isEqualTo(Reach.SAVEPOINT);
        assertThat(view.deadline()).isSameAs(deadline);
        assertThat(view.database()).isEqualTo(Database.SQLITE);
        assertThat(view.classifier()).isSameAs(DbFailure.CLASSIFIER);
    }

    @Test
    void anExecutorThatRefusesToOpenFailsTheCall() {
        CompletableFuture<String> call = runner.callAsync(
                AsyncAttemptScope.blocking(scope.blocking(), BlockingAsyncScopeTest::refuse),
                attempt -> CompletableFuture.completedFuture("done"));

        assertThat(catchThrowable(() -> Engine.outcome(call))).isInstanceOf(RejectedExecutionException.class);
        assertThat(scope.journal()).isEmpty();
    }

    @Test
    void anExecutorThatRefusesTheRollbackDoesNotHideTheFailure() {
        AtomicBoolean shutDown = new AtomicBoolean();
        Executor executor = step -> {
            if (shutDown.get()) {
                refuse(step);
            }
            step.run();
        };
        DbFailure failure = DbFailure.of(Verdict.GIVE_UP);

        CompletableFuture<String> call =
                runner.callAsync(AsyncAttemptScope.blocking(scope.blocking(), executor), attempt -> {
                    shutDown.set(true);
                    return CompletableFuture.failedFuture(failure);
                });

        assertThat(catchThrowable(() -> Engine.outcome(call))).isSameAs(failure);
        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(RejectedExecutionException.class);
    }

    private static void refuse(Runnable step) {
        throw new RejectedExecutionException("shut down");
    }
}
