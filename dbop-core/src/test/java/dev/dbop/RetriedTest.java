package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.sql.Isolation;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interfaces whose methods are calls. */
class RetriedTest {
    private final VirtualTime time = new VirtualTime();
    private final RecordingScope scope = new RecordingScope(time);
    private final List<RunEvent> events = new ArrayList<>();
    private final DbopRunner runner = EveryEngine.runner(time, events);

    /** What the tests call. */
    interface Accounts {
        int rename(int id, String name) throws DbFailure;

        @Retried(name = "look", maxRetries = 1, readOnly = true, isolation = Isolation.REPEATABLE_READ)
        String find(int id) throws DbFailure;

        @Retried(
                idempotent = true,
                maxDuration = "1m",
                attemptTimeout = "PT10S",
                initialLockTimeout = "8ms",
                lockTimeout = "250ms",
                statementTimeout = "5s")
        void touch(int id) throws DbFailure;

        default int renameBoth(int first, int second) throws DbFailure {
            return rename(first, "both") + rename(second, "both");
        }

        long sum(long... amounts);

        <T> @Nullable T echo(@Nullable T value);
    }

    /** Does what the test says, on the number of its attempt. */
    private class Target implements Accounts {
        private final int attempt;

        Target(int attempt) {
            this.attempt = attempt;
        }

        @Override
        public int rename(int id, String name) throws DbFailure {
            scope.write("rename " + id + " " + name + " in " + attempt);
            failInFirst();
            return 1;
        }

        @Override
        public String find(int id) throws DbFailure {
            failInFirst();
            return "found " + id + " in " + attempt;
        }

        @Override
        public void touch(int id) throws DbFailure {
            failInFirst();
        }

        @Override
        public long sum(long... amounts) {
            return java.util.Arrays.stream(amounts).sum();
        }

        @Override
        public <T> @Nullable T echo(@Nullable T value) {
            return value;
        }

        private void failInFirst() throws DbFailure {
            if (failure != null && attempt == 1) {
                throw failure;
            }
        }
    }

    private @Nullable DbFailure failure;
    private final Accounts accounts = runner.proxy(Accounts.class, scope.blocking(), Target::new);

    @AfterEach
    void everyAttemptEnded() {
        scope.assertNothingLeftOpen();
    }

    private AttemptContext onlyContext() {
        assertThat(scope.contexts()).hasSize(1);
        return scope.contexts().get(0);
    }

    @Test
    void aMethodRunsOnATargetOfItsOwnAttempt() throws Exception {
        failure = DbFailure.of(Verdict.RETRY_TRANSACTION);

        assertThat(accounts.rename(7, "Demo")).isEqualTo(1);
        assertThat(scope.journal())
                .containsExactly(
                        "open 1",
                        "rename 7 Demo in 1",
                        "rollback 1 OPERATION RETRY_TRANSACTION",
                        "open 2",
                        "rename 7 Demo in 2",
                        "check 2",
                        "commit 2");
    }

    @Test
    void aMethodWithoutAnnotationRunsAsTheRunnerSays() throws Exception {
        Accounts limited = runner.named("other")
                .readOnly()
                .lockTimeout(Duration.ofSeconds(3))
                .proxy(Accounts.class, scope.blocking(), Target::new);

        limited.rename(7, "Demo");
        assertThat(onlyContext().name()).isEqualTo("Accounts.rename");
        assertThat(onlyContext().readOnly()).isTrue();
        assertThat(onlyContext().isolation()).isNull();
        assertThat(onlyContext().timeouts()).isEqualTo(new Timeouts(Duration.ofSeconds(3), null));
    }

    @Test
    void anAnnotationSetsNameRetriesReadOnlyAndIsolation() throws Exception {
        assertThat(accounts.find(7)).isEqualTo("found 7 in 1");
        assertThat(onlyContext().name()).isEqualTo("look");
        assertThat(onlyContext().readOnly()).isTrue();
        assertThat(onlyContext().isolation()).isEqualTo(Isolation.REPEATABLE_READ);

        DbFailure again = DbFailure.of(Verdict.RETRY_TRANSACTION);
        Accounts failing = runner.proxy(Accounts.class, scope.blocking(), attempt -> {
            throw again;
        });
        assertThatThrownBy(() -> failing.find(7)).isSameAs(again);
        assertThat(scope.opened()).isEqualTo(1 + 2);
    }

    @Test
    void anAnnotationSetsLimits() throws Exception {
        accounts.touch(7);
        AttemptContext context = onlyContext();
        assertThat(context.deadline().remaining()).isEqualTo(Duration.ofSeconds(10));
        assertThat(context.timeouts()).isEqualTo(new Timeouts(Duration.ofMillis(250), Duration.ofSeconds(5)));
        assertThat(context.timeouts(Reach.CONNECTION).lock()).isEqualTo(Duration.ofMillis(8));
        assertThat(context.readOnly()).isFalse();
    }

    @Test
    void aMethodIsRepeatedAfterAnUnknownOutcomeOnlyIfItMayBe() throws Exception {
        scope.onCommit(context -> {
            if (context.number() == 1) {
                throw DbFailure.of(Verdict.OUTCOME_UNKNOWN);
            }
        });

        accounts.touch(7);
        accounts.find(7);
        assertThat(scope.opened()).isEqualTo(4);
        assertThatThrownBy(() -> accounts.rename(7, "Demo"))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContaining("\"Accounts.rename\"");
        assertThat(scope.opened()).isEqualTo(5);
    }

    @Test
    void aDefaultMethodIsOneCallOfWhichTheMethodsItCallsArePart() throws Exception {
        assertThat(accounts.renameBoth(1, 2)).isEqualTo(2);
        assertThat(scope.journal())
                .containsExactly("open 1", "rename 1 both in 1", "rename 2 both in 1", "check 1", "commit 1");
        assertThat(onlyContext().name()).isEqualTo("Accounts.renameBoth");
    }

    @Test
    void argumentsAndResultsOfEveryKindPass() {
        assertThat(accounts.sum()).isZero();
        assertThat(accounts.sum(1, 2, 3)).isEqualTo(6);
        assertThat(accounts.echo("same")).isEqualTo("same");
        assertThat(accounts.<String>echo(null)).isNull();
    }

    @Test
    void anInterfaceOfOneMethodIsAFunction() {
        IntBinaryOperator adding = runner.proxy(
                IntBinaryOperator.class, scope.blocking(), attempt -> (left, right) -> left + right + attempt);

        assertThat(adding.applyAsInt(40, 1)).isEqualTo(42);
        assertThat(onlyContext().name()).isEqualTo("IntBinaryOperator.applyAsInt");
    }

    /** The annotation of an interface. */
    @Retried(maxRetries = 0, readOnly = true)
    interface Reports extends Inherited, Annotated {
        String month();

        @Retried
        String write();
    }

    /** Has no annotation. */
    interface Inherited {
        String week();
    }

    /** Has one of its own. */
    @Retried(name = "annotated", idempotent = true)
    interface Annotated {
        String year();
    }

    @Test
    void anAnnotationOfTheInterfaceIsForMethodsWithoutOne() {
        Reports reports = runner.proxy(Reports.class, scope.blocking(), attempt -> new Reports() {
            @Override
            public String month() {
                return "month";
            }

            @Override
            public String write() {
                return "write";
            }

            @Override
            public String week() {
                return "week";
            }

            @Override
            public String year() {
                return "year";
            }
        });

        assertThat(List.of(reports.month(), reports.week(), reports.year(), reports.write()))
                .containsExactly("month", "week", "year", "write");
        assertThat(scope.contexts()).extracting(AttemptContext::readOnly).containsExactly(true, true, false, false);
        assertThat(scope.contexts())
                .extracting(AttemptContext::name)
                .containsExactly("Reports.month", "Reports.week", "annotated", "Reports.write");
    }

    @Test
    void aMethodDeclaredAgainHasLostItsAnnotation() {
        interface Narrower extends Annotated {
            @Override
            String year();
        }
        Narrower narrower = runner.proxy(Narrower.class, scope.blocking(), attempt -> () -> "year");

        assertThat(narrower.year()).isEqualTo("year");
        assertThat(onlyContext().name()).isEqualTo("Narrower.year");
    }

    /** A generic interface, and one that narrows its method: the compiler adds a bridge. */
    interface Finder<K, V> {
        @Retried(readOnly = true)
        V find(K key);
    }

    interface Names extends Finder<Integer, String> {
        @Override
        @Retried(idempotent = true)
        String find(Integer key);
    }

    @Test
    void aGenericMethodIsReachedThroughItsBridge() {
        Names names = runner.proxy(Names.class, scope.blocking(), attempt -> key -> "name " + key);
        Finder<Integer, String> general = names;

        assertThat(general.find(1)).isEqualTo("name 1");
        assertThat(names.find(2)).isEqualTo("name 2");
        assertThat(scope.contexts()).extracting(AttemptContext::readOnly).containsExactly(false, false);
    }

    @Test
    void whatTheTargetThrowsComesOutAsItIs() {
        Throwable[] thrown = {
            DbFailure.of(Verdict.GIVE_UP), new IllegalStateException("wrong"), new AssertionError("broken")
        };
        for (Throwable each : thrown) {
            Accounts failing = runner.proxy(Accounts.class, scope.blocking(), attempt -> new Target(attempt) {
                @Override
                public int rename(int id, String name) throws DbFailure {
                    if (each instanceof Error error) {
                        throw error;
                    }
                    if (each instanceof RuntimeException unchecked) {
                        throw unchecked;
                    }
                    throw (DbFailure) each;
                }
            });
            assertThat(catchThrowable(() -> failing.rename(7, "Demo"))).isSameAs(each);
        }
    }

    @Test
    void whatTheScopeThrowsMustBeDeclaredByTheMethod() {
        IOException lost = new IOException("commit failed");
        scope.onCommit(context -> {
            throw lost;
        });
        scope.classifier((thrown, phase) -> Verdict.GIVE_UP);

        assertThatThrownBy(() -> accounts.sum(1))
                .isInstanceOf(UndeclaredThrowableException.class)
                .hasCause(lost)
                .hasMessage(
                        "Accounts.sum failed with java.io.IOException, which it does not declare; add it, or what it"
                                + " extends, to the method's throws clause");
    }

    @Test
    void anEnclosingCallSeesThroughWhatWasNotDeclared() throws Exception {
        RecordingScope outer = new RecordingScope(time);
        scope.reach(Reach.SAVEPOINT).onCommit(context -> {
            throw DbFailure.of(Verdict.RETRY_TRANSACTION);
        });
        outer.classifier((thrown, phase) ->
                thrown.getCause() instanceof DbFailure ? Verdict.RETRY_TRANSACTION : Verdict.GIVE_UP);

        long result = runner.call(outer.blocking(), attempt -> attempt == 1 ? accounts.sum(1) : 2);

        assertThat(result).isEqualTo(2);
        assertThat(scope.opened()).isEqualTo(1);
    }

    @Test
    void aProxyIsItselfAndNoCallOfTheScope() {
        Accounts other = runner.proxy(Accounts.class, scope.blocking(), Target::new);

        assertThat(accounts.equals(accounts)).isTrue();
        assertThat(accounts.equals(other)).isFalse();
        assertThat(accounts).isNotEqualTo(null).isNotEqualTo("accounts");
        assertThat(accounts.hashCode()).isEqualTo(System.identityHashCode(accounts));
        assertThat(accounts.toString()).startsWith("Accounts by DbopRunner[unnamed, ");
        assertThat(scope.opened()).isZero();
    }

    @Test
    void anInterfaceMayDeclareTheMethodsOfObject() {
        @SuppressWarnings("unchecked")
        Comparator<String> order =
                runner.proxy(Comparator.class, scope.blocking(), attempt -> Comparator.<String>naturalOrder());

        assertThat(order.compare("a", "b")).isNegative();
        assertThat(order.equals(order)).isTrue();
        assertThat(scope.opened()).isEqualTo(1);
    }

    /** Stages instead of results. */
    interface Slowly {
        @Retried(readOnly = true, maxRetries = 2)
        CompletableFuture<String> find(int id);

        java.util.concurrent.CompletionStage<Integer> rename(int id) throws DbFailure;
    }

    /** Fails as the test says. */
    private record Slow(int attempt, DbFailure failure) implements Slowly {
        @Override
        public CompletableFuture<String> find(int id) {
            return attempt == 1
                    ? CompletableFuture.failedFuture(failure)
                    : CompletableFuture.completedFuture("found " + id + " in " + attempt);
        }

        @Override
        public java.util.concurrent.CompletionStage<Integer> rename(int id) throws DbFailure {
            if (attempt == 1) {
                throw failure;
            }
            return CompletableFuture.completedStage(attempt);
        }
    }

    @Test
    void aMethodThatReturnsAStageIsAnAsynchronousCall() throws Exception {
        DbFailure once = DbFailure.of(Verdict.RETRY_TRANSACTION);
        Slowly slowly = runner.proxyAsync(Slowly.class, scope.async(), attempt -> new Slow(attempt, once));

        CompletableFuture<String> found = slowly.find(7);
        assertThat(found).isNotDone();
        time.passUntilDone(found);
        assertThat(found).isCompletedWithValue("found 7 in 2");
        assertThat(scope.contexts()).extracting(AttemptContext::readOnly).containsExactly(true, true);

        CompletableFuture<Integer> renamed = slowly.rename(7).toCompletableFuture();
        time.passUntilDone(renamed);
        assertThat(renamed).isCompletedWithValue(2);
    }

    @Test
    void everyFailureOfAnAsynchronousCallIsInItsStage() throws Exception {
        DbFailure refused = DbFailure.of(Verdict.GIVE_UP);
        Slowly slowly = runner.proxyAsync(Slowly.class, scope.async(), attempt -> new Slow(attempt, refused));

        assertThat(slowly.find(7))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCause(refused);
        assertThat(slowly.rename(7).toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCause(refused);
    }

    @Test
    void aBlockingScopeServesAsynchronousMethodsOnAnExecutor() {
        DbFailure once = DbFailure.of(Verdict.RETRY_CONNECTION);
        Slowly slowly = runner.proxyAsync(
                Slowly.class,
                AsyncAttemptScope.blocking(scope.blocking(), Runnable::run),
                attempt -> new Slow(attempt, once));

        CompletableFuture<String> found = slowly.find(7);
        time.passUntilDone(found);
        assertThat(found).isCompletedWithValue("found 7 in 2");
    }

    @Test
    void anAsynchronousInterfaceMayDeclareTheMethodsOfObjectToo() {
        interface Findable {
            CompletableFuture<String> find();

            @Override
            boolean equals(Object other);
        }
        Findable findable = runner.proxyAsync(
                Findable.class, scope.async(), attempt -> () -> CompletableFuture.completedFuture("found"));

        assertThat(findable.equals(findable)).isTrue();
        assertThat(findable.find()).isCompletedWithValue("found");
    }

    @Test
    void cancellingTheFutureOfAMethodStopsTheCall() {
        CompletableFuture<String> never = new CompletableFuture<>();
        interface Waiting {
            CompletableFuture<String> find();
        }
        Waiting waiting = runner.proxyAsync(Waiting.class, scope.async(), attempt -> () -> never);

        CompletableFuture<String> found = waiting.find();
        assertThat(found.cancel(true)).isTrue();
        scope.awaitCancels(1);
        never.completeExceptionally(DbFailure.of(Verdict.RETRY_TRANSACTION));
        assertThat(scope.opened()).isEqualTo(1);
    }
}
