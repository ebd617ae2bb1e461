package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.sql.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Listeners hear the end of every call they heard the beginning of, exactly once, whatever ends it. */
class EndOfCallTest extends EveryEngine {
    private final Error error = new AssertionError("broken");

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"OPEN", "HOOK", "OPERATION"})
    void isHeardAfterAnErrorBeforeTheCommit(Phase phase) {
        assertThat(failureIn(phase)).isSameAs(error).hasNoSuppressedExceptions();

        assertThat(ends()).singleElement().isInstanceOfSatisfying(RunEvent.GaveUp.class, end -> {
            assertThat(end.reason()).isEqualTo(GiveUpReason.ERROR);
            assertThat(end.phase()).isEqualTo(phase);
            assertThat(end.failure()).isSameAs(error);
        });
        assertThat(events(RunEvent.AttemptFailed.class)).hasSize(1);
    }

    @Test
    void isAnUnknownOutcomeAfterAnErrorInTheCommit() {
        assertThat(failureIn(Phase.COMMIT)).isSameAs(error);

        assertThat(ends())
                .singleElement()
                .isInstanceOfSatisfying(
                        RunEvent.OutcomeUnknown.class,
                        end -> assertThat(end.failure()).isSameAs(error));
    }

    @Test
    void isHeardAsSuccessAlthoughTheClockBreaksAfterTheCommit() throws Exception {
        boolean[] committed = {false};
        scope.onCommit(context -> committed[0] = true);
        Ticker breaking = () -> {
            if (committed[0]) {
                throw new LinkageError("no clock");
            }
            return 0;
        };

        String result = call(runner.ticker(breaking), attempt -> "done");

        assertThat(result).isEqualTo("done");
        assertThat(ends()).singleElement().isInstanceOf(RunEvent.Succeeded.class);
    }

    @Test
    void isNoUnknownOutcomeWhenTheClockBreaksAfterACommitThatWasRefused() {
        boolean[] refused = {false};
        scope.onCommit(context -> {
            throw DbFailure.of(Verdict.RETRY_TRANSACTION);
        });
        DbopRunner breakingLater = runner.listener(event -> refused[0] |= event instanceof RunEvent.AttemptFailed);
        LinkageError noClock = new LinkageError("no clock");
        Ticker breaking = () -> {
            if (refused[0]) {
                throw noClock;
            }
            return 0;
        };
        RetryPolicy limited =
                RetryPolicy.builder().attemptTimeout(Duration.ofHours(1)).build();

        assertThat(catchThrowable(() -> call(breakingLater.ticker(breaking).policy(limited), attempt -> "done")))
                .isNotNull();

        assertThat(ends()).singleElement().isInstanceOf(RunEvent.GaveUp.class);
    }

    @Test
    void isAnUnknownOutcomeIfAnEarlierAttemptsWas() {
        int[] runs = {0};
        scope.onCommit(context -> {
            throw DbFailure.of(Verdict.OUTCOME_UNKNOWN);
        });

        Throwable failure = failureOf(runner.idempotent(), attempt -> {
            if (runs[0]++ > 0) {
                throw error;
            }
            return "done";
        });

        assertThat(failure).isSameAs(error);
        assertThat(ends()).singleElement().isInstanceOf(RunEvent.OutcomeUnknown.class);
    }

    @Test
    void isHeardAlthoughABackoffOfTheCallersOwnThrows() {
        DbopRunner broken = with(RetryPolicy.builder().backoff(step -> {
            throw new IllegalStateException("broken");
        }));

        failureOf(broken, failing(DbFailure.of(Verdict.RETRY_SAVEPOINT)));

        assertThat(ends()).singleElement().isInstanceOf(RunEvent.GaveUp.class);
    }

    @Test
    void isHeardAlthoughTheSleeperOrTheSchedulerThrows() {
        RuntimeException thrown = new IllegalStateException("broken");
        DbopRunner broken = runner.sleeper(delay -> {
                    throw thrown;
                })
                .scheduler((task, delay) -> {
                    if (delay.isZero()) {
                        return time.schedule(task, delay);
                    }
                    throw thrown;
                });

        failureOf(broken, failing(DbFailure.of(Verdict.RETRY_SAVEPOINT)));

        assertThat(ends()).singleElement().isInstanceOf(RunEvent.GaveUp.class);
    }

    @Test
    void isHeardOnceAlthoughAListenerThrowsAnError() {
        DbopRunner two = runner.listeners(event -> {
                    throw error;
                })
                .listener(events::add);

        failureOf(two, failing(DbFailure.of(Verdict.GIVE_UP)));

        assertThat(ends()).hasSize(1);
    }

    @Test
    void isHeardAlthoughTheScopeCannotNameItsDatabase() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        AttemptScope<Integer, Exception> nameless = new Nameless(scope.blocking(), asked);

        assertThat(runner.<Integer, String, Exception>call(nameless, attempt -> "done"))
                .isEqualTo("done");

        assertThat(asked).hasValue(2);
        assertThat(ends())
                .singleElement()
                .satisfies(end -> assertThat(end.database()).isNull());
    }

    @Test
    void carriesHowLongTheCallTook() {
        failureOf(failing(DbFailure.of(Verdict.RETRY_SAVEPOINT), DbFailure.of(Verdict.GIVE_UP)));

        assertThat(ends())
                .singleElement()
                .satisfies(end -> assertThat(end.elapsed()).isEqualTo(millis(100)));
    }

    @Test
    void isOfTheCallWhoseEventsCameBefore() throws Exception {
        this.<String>call(attempt -> {
            this.<String>call(inner -> "inner");
            return "outer";
        });

        assertThat(events).extracting(RunEvent::call).hasSize(4);
        Call outer = events.get(0).call();
        Call inner = events.get(1).call();
        assertThat(outer).isNotSameAs(inner).isNotEqualTo(inner);
        assertThat(events).extracting(RunEvent::call).containsExactly(outer, inner, inner, outer);
        assertThat(outer.isAsynchronous()).isEqualTo(engine != Engine.BLOCKING);
    }

    @Test
    void findsWhatTheListenerAttached() throws Exception {
        IdentityHashMap<Call, Object> ended = new IdentityHashMap<>();
        Object other = new Object();
        DbopRunner attaching = runner.listener(event -> {
            if (event instanceof RunEvent.AttemptStarted) {
                event.call().attach(ended, "attempt " + event.attempt());
                event.call().attach(other, event.attempt());
            } else if (event instanceof RunEvent.Ended) {
                ended.put(event.call(), String.valueOf(event.call().attached(ended)));
                event.call().attach(other, null);
                assertThat(event.call().attached(other)).isNull();
            }
        });

        call(attaching, failing(DbFailure.of(Verdict.RETRY_SAVEPOINT)));

        assertThat(ended).containsExactly(Map.entry(events.get(0).call(), "attempt 2"));
    }

    @Test
    void isHeardOfInterleavedCallsOfOneName() {
        List<CompletableFuture<String>> operations = new ArrayList<>();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<String> operation = new CompletableFuture<>();
            operations.add(operation);
            calls.add(runner.named("same").callAsync(scope.async(), attempt -> operation));
        }

        operations.get(2).complete("third");
        operations.get(0).completeExceptionally(DbFailure.of(Verdict.GIVE_UP));
        operations.get(1).complete("second");

        assertThat(calls).allMatch(CompletableFuture::isDone);
        assertThat(ends()).extracting(RunEvent::call).doesNotHaveDuplicates().hasSize(3);
        assertThat(events.subList(0, 3))
                .extracting(RunEvent::call)
                .containsExactly(
                        ends().get(1).call(),
                        ends().get(2).call(),
                        ends().get(0).call());
    }

    @Test
    void isHeardWhenTheCallIsCancelledWhileItWaitsToProbeAgain() {
        scope.onProbe(limit -> CommitStatus.IN_DOUBT).onCommit(context -> {
            throw DbFailure.of(Verdict.OUTCOME_UNKNOWN);
        });
        CompletableFuture<String> call =
                runner.callAsync(scope.async(), attempt -> CompletableFuture.completedFuture("done"));
        assertThat(time.pending()).as("the next probe").isEqualTo(1);

        assertThat(call.cancel(true)).isTrue();

        assertThat(ends()).singleElement().isInstanceOf(RunEvent.OutcomeUnknown.class);
    }

    @Test
    void isNotHeardOfCallsThatNeverBegan() {
        AttemptScope<Integer, Exception> unprepared = new Unprepared(scope.blocking());

        assertThatThrownBy(() -> runner.<Integer, String, Exception>call(unprepared, attempt -> "done"))
                .hasMessage("not prepared");
        assertThat(events).isEmpty();

        assertThat(runner.callAsync(
                        AsyncAttemptScope.blocking(unprepared, Runnable::run),
                        attempt -> CompletableFuture.completedFuture("done")))
                .isCompletedExceptionally();
        assertThat(ends())
                .singleElement()
                .isInstanceOfSatisfying(
                        RunEvent.GaveUp.class, end -> assertThat(end.phase()).isEqualTo(Phase.OPEN));
    }

    private Throwable failureIn(Phase phase) {
        RecordingScope.Step broken = context -> {
            throw error;
        };
        if (phase == Phase.OPEN) {
            scope.onOpen(broken);
        } else if (phase == Phase.COMMIT) {
            scope.onCommit(broken);
        }
        PreAttemptHook<Integer, Exception> hook = (attempt, context) -> {
            if (phase == Phase.HOOK) {
                throw error;
            }
        };
        Throwable[] caught = {null};
        try {
            call(runner, scope, hook, attempt -> {
                if (phase == Phase.OPERATION) {
                    throw error;
                }
                return "done";
            });
        } catch (Throwable failure) {
            caught[0] = failure;
        }
        return caught[0];
    }

    private List<RunEvent.Ended> ends() {
        return events(RunEvent.Ended.class);
    }

    private record Nameless(AttemptScope<Integer, Exception> scope, AtomicInteger asked)
            implements AttemptScope<Integer, Exception> {
        @Override
        public Reach reach() {
            return scope.reach();
        }

        @Override
        public Database database() {
            asked.incrementAndGet();
            throw new IllegalStateException("broken");
        }

        @Override
        public Attempt<Integer, Exception> open(AttemptContext context) throws Exception {
            return scope.open(context);
        }
    }

    private record Unprepared(AttemptScope<Integer, Exception> scope) implements AttemptScope<Integer, Exception> {
        @Override
        public Reach reach() {
            return scope.reach();
        }

        @Override
        public void beforeCall() {
            throw new IllegalStateException("not prepared");
        }

        @Override
        public Attempt<Integer, Exception> open(AttemptContext context) throws Exception {
            return scope.open(context);
        }
    }
}
