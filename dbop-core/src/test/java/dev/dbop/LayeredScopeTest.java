package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LayeredScopeTest {
    private final VirtualTime time = new VirtualTime();
    private final RecordingScope scope = new RecordingScope(time);
    private final DbopRunner runner = EveryEngine.runner(time, new ArrayList<>());

    @AfterEach
    void everyAttemptEnded() {
        scope.assertNothingLeftOpen();
    }

    /** A client that speaks of attempts by name, and throws what is unchecked. */
    private static class Named extends LayeredScope<Integer, String, RuntimeException> {
        Named(AttemptScope<Integer, Exception> below) {
            super(below);
        }

        @Override
        protected LayeredAttempt<Integer, String, RuntimeException> layer(
                Attempt<Integer, ?> attempt, AttemptContext context) {
            return new LayeredAttempt<>(this, attempt, "attempt " + attempt.resource());
        }

        @Override
        protected RuntimeException translate(Exception failure) {
            return new UncheckedIOException(new IOException(failure));
        }
    }

    @Test
    void handsOutItsOwnResourceAndCommitsTheAttemptBelow() {
        String result = runner.call(new Named(scope.blocking()), name -> name + " done");

        assertThat(result).isEqualTo("attempt 1 done");
        assertThat(scope.journal()).containsExactly("open 1", "check 1", "commit 1");
    }

    @Test
    void reachesAsFarAsTheScopeBelow() {
        Named layered = new Named(scope.blocking());

        assertThat(layered.reach()).isEqualTo(scope.blocking().reach());
        assertThat(layered.deadline()).isEqualTo(scope.blocking().deadline());
        assertThat(layered.database()).isEqualTo(scope.blocking().database());
    }

    @Test
    void theScopeBelowIsHandedItsOwnAttemptOfBefore() {
        List<Boolean> previous = new ArrayList<>();
        AttemptScope<Integer, Exception> below = scope.blocking();
        AttemptScope<Integer, Exception> remembering = new AttemptScope<>() {
            private @Nullable Attempt<Integer, Exception> last;

            @Override
            public Reach reach() {
                return below.reach();
            }

            @Override
            public Attempt<Integer, Exception> open(AttemptContext context) throws Exception {
                previous.add(Objects.equals(context.previousAttempt(), last));
                Attempt<Integer, Exception> opened = below.open(context);
                last = opened;
                return opened;
            }
        };
        DbopRunner patient = runner.classifier((failure, phase) -> Verdict.RETRY_TRANSACTION);
        patient.run(new Named(remembering), name -> {
            if (!name.endsWith("3")) {
                throw new IllegalStateException("once more");
            }
        });

        assertThat(previous).containsExactly(true, true, true);
    }

    @Test
    void checkedFailuresBelowAreTranslatedAndUncheckedOnesAreNot() {
        DbFailure failure = DbFailure.of(Verdict.GIVE_UP);
        DbopRunner answered = runner.classifier((thrown, phase) -> Verdict.GIVE_UP);
        scope.onCommit(context -> {
            throw failure;
        });
        assertThatThrownBy(() -> answered.run(new Named(scope.blocking()), name -> {}))
                .isInstanceOf(UncheckedIOException.class)
                .hasRootCause(failure);

        IllegalStateException refused = new IllegalStateException("refused");
        scope.onCommit(context -> {
            throw refused;
        });
        assertThatThrownBy(() -> answered.run(new Named(scope.blocking()), name -> {}))
                .isSameAs(refused);
    }

    @Test
    void aLayerThatCannotBeLaidUndoesTheAttemptBelow() {
        IllegalStateException broken = new IllegalStateException("no resource");
        Named layered = new Named(scope.blocking()) {
            @Override
            protected LayeredAttempt<Integer, String, RuntimeException> layer(
                    Attempt<Integer, ?> attempt, AttemptContext context) {
                throw broken;
            }
        };
        assertThatThrownBy(() -> runner.run(layered, name -> {})).isSameAs(broken);
        assertThat(scope.journal()).containsExactly("open 1", "rollback 1 OPEN GIVE_UP");
    }

    @Test
    void whatIsPreparedBeforeTheCallIsPreparedOnceAndItsFailureIsNotRetried() {
        AtomicInteger prepared = new AtomicInteger();
        DbFailure failure = DbFailure.of(Verdict.RETRY_SAVEPOINT);
        Named layered = new Named(scope.blocking()) {
            @Override
            public void beforeCall() {
                super.beforeCall();
                if (prepared.incrementAndGet() > 1) {
                    throw translate(failure);
                }
            }
        };
        List<Integer> attempts = new ArrayList<>();
        DbopRunner patient = runner.classifier((thrown, phase) -> Verdict.RETRY_SAVEPOINT);
        patient.run(layered, name -> {
            attempts.add(1);
            if (attempts.size() < 3) {
                throw new IllegalStateException("once more");
            }
        });
        assertThat(attempts).hasSize(3);
        assertThat(prepared).hasValue(1);

        assertThatThrownBy(() -> patient.run(layered, name -> attempts.add(1))).hasRootCause(failure);
        assertThat(patient.tryCall(layered, name -> attempts.add(1)))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        ended -> assertThat(ended.reason()).isEqualTo(GiveUpReason.BEYOND_REACH));
        CompletableFuture<Boolean> call = patient.callAsync(
                AsyncAttemptScope.blocking(layered, Runnable::run),
                name -> CompletableFuture.completedFuture(attempts.add(1)));
        assertThatThrownBy(() -> Engine.outcome(call)).hasRootCause(failure);
        assertThat(attempts).hasSize(3);
    }
}
