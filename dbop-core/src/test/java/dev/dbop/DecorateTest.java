package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Operations with their scope and runner, as objects. */
class DecorateTest {
    private final VirtualTime time = new VirtualTime();
    private final RecordingScope scope = new RecordingScope(time);
    private final DbopRunner runner = EveryEngine.runner(time, new ArrayList<>());

    @AfterEach
    void everyAttemptEnded() {
        scope.assertNothingLeftOpen();
    }

    @Test
    void anOperationIsCalledAsOftenAsLiked() throws Exception {
        Callable<String> decorated = runner.decorate(scope.blocking(), attempt -> "attempt " + attempt);

        assertThat(scope.opened()).isZero();
        assertThat(decorated.call()).isEqualTo("attempt 1");
        assertThat(decorated.call()).isEqualTo("attempt 1");
        assertThat(scope.opened()).isEqualTo(2);
    }

    @Test
    void anOperationIsRetriedEachTimeItIsCalled() throws Exception {
        Callable<Integer> decorated = runner.decorate(scope.blocking(), attempt -> {
            if (attempt == 1) {
                throw DbFailure.of(Verdict.RETRY_TRANSACTION);
            }
            return attempt;
        });

        assertThat(decorated.call()).isEqualTo(2);
        assertThat(decorated.call()).isEqualTo(2);
        assertThat(scope.opened()).isEqualTo(4);
    }

    @Test
    void whatAnOperationThrowsComesOutAsItIs() {
        DbFailure failure = DbFailure.of(Verdict.GIVE_UP);
        Callable<String> decorated = runner.decorate(scope.blocking(), EveryEngine.failing(failure));

        assertThatThrownBy(decorated::call).isSameAs(failure);
    }

    @Test
    void anAsynchronousOperationIsStartedAsOftenAsLiked() {
        Supplier<CompletableFuture<Integer>> decorated = runner.decorateAsync(
                scope.async(),
                attempt -> attempt == 1
                        ? CompletableFuture.failedStage(DbFailure.of(Verdict.RETRY_CONNECTION))
                        : CompletableFuture.completedStage(attempt));

        assertThat(scope.opened()).isZero();
        CompletableFuture<Integer> first = decorated.get();
        CompletableFuture<Integer> second = decorated.get();
        time.passUntilDone(first);
        time.passUntilDone(second);
        assertThat(first).isCompletedWithValue(2);
        assertThat(second).isCompletedWithValue(2);
        assertThat(scope.opened()).isEqualTo(4);
    }

    @Test
    void nothingIsRefusedWhenItIsDecorated() {
        AttemptScope<Integer, Exception> noScope = nothing(AttemptScope.class);
        AsyncAttemptScope<Integer> noAsyncScope = nothing(AsyncAttemptScope.class);
        Operation<Integer, String, Exception> noOperation = nothing(Operation.class);
        AsyncOperation<Integer, String> noAsyncOperation = nothing(AsyncOperation.class);

        assertThatThrownBy(() -> runner.decorate(noScope, attempt -> "done")).hasMessage("scope");
        assertThatThrownBy(() -> runner.decorate(scope.blocking(), noOperation)).hasMessage("op");
        assertThatThrownBy(() -> runner.decorateAsync(noAsyncScope, CompletableFuture::completedStage))
                .hasMessage("scope");
        assertThatThrownBy(() -> runner.decorateAsync(scope.async(), noAsyncOperation))
                .hasMessage("op");
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T> T nothing(Class<?> type) {
        return (T) Null.of(type);
    }
}
