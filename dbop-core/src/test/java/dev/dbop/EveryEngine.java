package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A test whose every behaviour holds for every engine, in virtual time. */
@ParameterizedClass
@EnumSource(Engine.class)
abstract class EveryEngine {
    @Parameter
    Engine engine = Engine.BLOCKING;

    final VirtualTime time = new VirtualTime();
    final RecordingScope scope = new RecordingScope(time);
    final List<RunEvent> events = new ArrayList<>();
    final DbopRunner runner = runner(time, events);

    /** A runner in virtual time whose delays are exact and whose events are kept. */
    static DbopRunner runner(VirtualTime time, List<RunEvent> events) {
        return DbopRunner.create()
                .policy(RetryPolicy.builder().jitter(0).build())
                .ticker(time)
                .sleeper(time)
                .scheduler(time)
                .random(() -> 0.5)
                .listeners(events::add);
    }

    static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    <T extends @Nullable Object> T call(Operation<Integer, T, Exception> op) throws Exception {
        return call(runner, scope, op);
    }

    <T extends @Nullable Object> T call(DbopRunner with, Operation<Integer, T, Exception> op) throws Exception {
        return call(with, scope, op);
    }

    <T extends @Nullable Object> T call(DbopRunner with, RecordingScope in, Operation<Integer, T, Exception> op)
            throws Exception {
        return call(with, in, PreAttemptHook.none(), op);
    }

    /** Runs a call; hook and operation are written into the scope's journal. */
    <T extends @Nullable Object> T call(
            DbopRunner with,
            RecordingScope in,
            PreAttemptHook<Integer, Exception> hook,
            Operation<Integer, T, Exception> op)
            throws Exception {
        return engine.run(
                with,
                time,
                in,
                (attempt, context) -> {
                    in.write("hook " + attempt);
                    hook.beforeAttempt(attempt, context);
                },
                attempt -> {
                    in.write("run " + attempt);
                    return op.run(attempt);
                });
    }

    Throwable failureOf(Operation<Integer, ?, Exception> op) {
        return failureOf(runner, op);
    }

    Throwable failureOf(DbopRunner with, Operation<Integer, ?, Exception> op) {
        Throwable failure = catchThrowable(() -> call(with, op));
        assertThat(failure).as("the call fails").isNotNull();
        return failure;
    }

    /** The same runner with another policy, made from the one it has. */
    DbopRunner with(RetryPolicy.Builder policy) {
        return runner.policy(policy.jitter(0).build());
    }

    <E extends RunEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** An operation that throws the failures in turn and then returns "done". */
    static Operation<Integer, String, Exception> failing(Throwable... failures) {
        int[] calls = {0};
        return attempt -> {
            if (calls[0] == failures.length) {
                return "done";
            }
            Throwable failure = failures[calls[0]++];
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        };
    }

    @AfterEach
    void everyAttemptEndedOnceAndNothingIsLeftBehind() {
        scope.assertNothingLeftOpen();
        EventOrder.assertKept(events);
        assertThat(scope.journal()).noneMatch(entry -> entry.endsWith("too late"));
        assertThat(time.pending()).as("tasks left in the scheduler").isZero();
        assertThat(Thread.interrupted()).as("interrupt flag").isFalse();
    }
}
