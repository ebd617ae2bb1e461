package dev.dbop.observe;

import static dev.dbop.observe.ScriptedScope.failing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.CommitStatus;
import dev.dbop.DbopRunner;
import dev.dbop.GiveUpReason;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.Reach;
import dev.dbop.RetryBudget;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OpenTelemetryListenerTest {
    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();
    private final ScriptedScope scope = ScriptedScope.on(Database.POSTGRESQL);
    private final DbopRunner runner = DbopRunner.create()
            .named("rename")
            .policy(RetryPolicy.builder().jitter(0).build())
            .sleeper(delay -> {})
            .listeners(OpenTelemetryListener.of(telemetry));
    private final ExecutorService executor = Executors.newFixedThreadPool(2);

    @AfterEach
    void noSpanIsLeftOpenOrCurrent() throws Exception {
        assertThat(Context.current()).isSameAs(Context.root());
        for (int i = 0; i < 2; i++) {
            assertThat(executor.submit(Context::current).get(10, TimeUnit.SECONDS))
                    .isSameAs(Context.root());
        }
        executor.shutdown();
        assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        telemetry.close();
    }

    @Test
    void makesASpanOfACallAndOneOfItsAttempt() throws Exception {
        runner.call(scope, attempt -> "done");

        SpanData call = call();
        SpanData attempt = only("rename attempt");
        assertThat(attempt.getParentSpanId()).isEqualTo(call.getSpanId());
        assertThat(call.getParentSpanContext().isValid()).isFalse();
        assertThat(call.getKind()).isEqualTo(SpanKind.INTERNAL);
        assertThat(call.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(call.getAttributes().asMap())
                .containsOnly(
                        entry(CallSpans.SYSTEM, "postgresql"),
                        entry(CallSpans.OUTCOME, "success"),
                        entry(CallSpans.ATTEMPTS, 1L));
        assertThat(attempt.getAttributes().asMap())
                .containsOnly(entry(CallSpans.SYSTEM, "postgresql"), entry(CallSpans.NUMBER, 1L));
        assertThat(call.getInstrumentationScopeInfo().getName()).isEqualTo("dev.dbop");
    }

    @Test
    void makesAnAttemptSpanOfEachAttemptAndAnEventOfTheBackoff() throws Exception {
        runner.call(scope, failing(new Fault(Verdict.RETRY_TRANSACTION)));

        SpanData call = call();
        assertThat(call.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(call.getAttributes().get(CallSpans.ATTEMPTS)).isEqualTo(2);
        assertThat(call.getEvents()).singleElement().satisfies(event -> {
            assertThat(event.getName()).isEqualTo("dbop.backoff");
            assertThat(event.getAttributes().get(CallSpans.DELAY)).isEqualTo(0.1);
        });
        List<SpanData> attempts = named("rename attempt");
        assertThat(attempts)
                .extracting(span -> span.getAttributes().get(CallSpans.NUMBER))
                .containsExactly(1L, 2L);
        assertThat(attempts).extracting(SpanData::getParentSpanId).containsOnly(call.getSpanId());
        assertThat(attempts.get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attempts.get(0).getAttributes().asMap())
                .contains(
                        entry(CallSpans.VERDICT, "retry_transaction"),
                        entry(CallSpans.PHASE, "operation"),
                        entry(CallSpans.ERROR_TYPE, Fault.class.getName()));
        assertThat(attempts.get(1).getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @ParameterizedTest
    @EnumSource(
            value = GiveUpReason.class,
            names = {
                "NOT_RETRYABLE",
                "NOT_OF_THE_DATABASE",
                "BEYOND_REACH",
                "RETRIES_EXHAUSTED",
                "BUDGET_EMPTY",
                "ERROR"
            })
    void saysWhyACallFailed(GiveUpReason reason) {
        Throwable failure = catchThrowable(() -> failWith(reason));

        SpanData call = call();
        assertThat(call.getAttributes().get(CallSpans.REASON)).isEqualTo(Words.of(reason));
        assertThat(call.getAttributes().get(CallSpans.OUTCOME)).isEqualTo("gave_up");
        assertThat(call.getAttributes().get(CallSpans.ERROR_TYPE))
                .isEqualTo(failure.getClass().getName());
        assertThat(call.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(call.getStatus().getDescription()).isEqualTo(reason.toString());
        assertThat(call.getEvents()).extracting(EventData::getName).contains("exception");
        assertThat(named("rename attempt"))
                .last()
                .satisfies(last -> assertThat(last.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR));
    }

    private void failWith(GiveUpReason reason) throws Exception {
        Fault transaction = new Fault(Verdict.RETRY_TRANSACTION);
        RetryPolicy.Builder policy = RetryPolicy.builder().jitter(0).maxRetries(1);
        switch (reason) {
            case NOT_OF_THE_DATABASE -> runner.call(scope, failing(new IllegalStateException("out of stock")));
            case BEYOND_REACH -> runner.call(ScriptedScope.reaching(Reach.SAVEPOINT), failing(transaction));
            case RETRIES_EXHAUSTED ->
                runner.policy(policy.build()).call(scope, failing(transaction, new Fault(Verdict.RETRY_SAVEPOINT)));
            case BUDGET_EMPTY -> {
                RetryBudget budget = RetryBudget.of(1, 0.001);
                runner.policy(policy.budget(budget).maxRetries(5).build())
                        .call(scope, failing(transaction, new Fault(Verdict.RETRY_SAVEPOINT)));
            }
            case ERROR ->
                runner.call(scope, attempt -> {
                    throw new AssertionError("broken");
                });
            default -> runner.call(scope, failing(new Fault(Verdict.GIVE_UP)));
        }
    }

    @Test
    void saysThatTheCallerInterrupted() {
        DbopRunner interrupted = runner.sleeper(delay -> {
            throw new InterruptedException();
        });

        assertThatThrownBy(() -> interrupted.call(scope, failing(new Fault(Verdict.RETRY_SAVEPOINT))))
                .isInstanceOf(Fault.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(call().getAttributes().get(CallSpans.REASON)).isEqualTo("interrupted");
    }

    @Test
    void tellsOfProbesInTheAttemptThatTheyAreAbout() throws Exception {
        scope.commitsFail(new Fault(Verdict.OUTCOME_UNKNOWN)).probesSay(CommitStatus.IN_DOUBT, CommitStatus.COMMITTED);

        runner.call(scope, attempt -> "done");

        assertThat(only("rename attempt").getEvents())
                .extracting(
                        event -> event.getName() + " " + event.getAttributes().get(CallSpans.COMMIT_STATUS))
                .containsExactly("dbop.probe in_doubt", "dbop.probe committed");
        assertThat(call().getAttributes().get(CallSpans.OUTCOME)).isEqualTo("success");
    }

    @Test
    void tellsAnUnknownOutcomeFromAFailure() {
        scope.commitsFail(new Fault(Verdict.OUTCOME_UNKNOWN));

        assertThatThrownBy(() -> runner.call(scope, attempt -> "done")).isInstanceOf(OutcomeUnknownException.class);

        assertThat(call().getAttributes().asMap())
                .contains(entry(CallSpans.OUTCOME, "outcome_unknown"), entry(CallSpans.VERDICT, "outcome_unknown"));
        assertThat(call().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    }

    @Test
    void carriesTheCodeOfTheDatabase() {
        SQLException deadlock = new SQLException("deadlock", "40001", 1213);

        assertThat(ResponseStatus.of(new IllegalStateException(deadlock), Database.POSTGRESQL))
                .isEqualTo("40001");
        assertThat(ResponseStatus.of(deadlock, null)).isEqualTo("40001");
        assertThat(ResponseStatus.of(deadlock, Database.MYSQL)).isEqualTo("1213");
        assertThat(ResponseStatus.of(new SQLException("gone", "08006"), Database.MYSQL))
                .isEqualTo("08006");
        assertThat(ResponseStatus.of(new SQLException("gone"), Database.MYSQL)).isNull();

        assertThatThrownBy(() -> runner.call(scope, failing(deadlock))).isSameAs(deadlock);
        assertThat(call().getAttributes().get(CallSpans.STATUS_CODE)).isEqualTo("40001");
        assertThat(call().getAttributes().get(CallSpans.ERROR_TYPE)).isEqualTo("40001");
    }

    @Test
    void makesTheAttemptsSpanCurrentWhileABlockingAttemptRuns() throws Exception {
        List<String> current = new ArrayList<>();
        DbopRunner sleeping = runner.sleeper(delay -> current.add(currentSpan()));

        sleeping.call(scope, attempt -> {
            current.add(currentSpan());
            if (attempt == 1) {
                throw new Fault(Verdict.RETRY_SAVEPOINT);
            }
            return "done";
        });

        List<SpanData> attempts = named("rename attempt");
        assertThat(current)
                .containsExactly(
                        attempts.get(0).getSpanId(),
                        Span.getInvalid().getSpanContext().getSpanId(),
                        attempts.get(1).getSpanId());
    }

    @Test
    void nestsCallsInTheAttemptTheyAreMadeInAndTheSpanAroundTheOuterOne() throws Exception {
        Span request = telemetry.getTracer("test").spanBuilder("request").startSpan();
        try (Scope current = request.makeCurrent()) {
            runner.call(scope, attempt -> {
                runner.named("step").call(ScriptedScope.reaching(Reach.SAVEPOINT), inner -> "inner");
                return currentSpan();
            });
            assertThat(currentSpan()).isEqualTo(request.getSpanContext().getSpanId());
            assertThat(current).isNotNull();
        } finally {
            request.end();
        }

        assertThat(only("step").getParentSpanId())
                .isEqualTo(only("rename attempt").getSpanId());
        assertThat(only("step attempt").getParentSpanId())
                .isEqualTo(only("step").getSpanId());
        assertThat(call().getParentSpanId()).isEqualTo(only("request").getSpanId());
    }

    @Test
    void keepsInterleavedAsynchronousCallsOfOneNameApart() {
        List<CompletableFuture<String>> operations = new ArrayList<>();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<String> operation = new CompletableFuture<>();
            operations.add(operation);
            calls.add(runner.callAsync(AsyncAttemptScope.blocking(scope, Runnable::run), attempt -> operation));
        }

        operations.get(1).completeExceptionally(new Fault(Verdict.GIVE_UP));
        operations.get(2).complete("third");
        operations.get(0).complete("first");

        assertThat(calls).allMatch(CompletableFuture::isDone);
        assertThat(named("rename"))
                .hasSize(3)
                .allSatisfy(call -> assertThat(named("rename attempt"))
                        .filteredOn(attempt -> attempt.getParentSpanId().equals(call.getSpanId()))
                        .singleElement()
                        .satisfies(attempt -> {
                            assertThat(attempt.getTraceId()).isEqualTo(call.getTraceId());
                            assertThat(attempt.getStatus().getStatusCode())
                                    .isEqualTo(call.getStatus().getStatusCode());
                        }));
    }

    @Test
    void makesNothingCurrentInAsynchronousCallsButHangsThemBelowTheCaller() throws Exception {
        Span request = telemetry.getTracer("test").spanBuilder("request").startSpan();
        CompletableFuture<String> call;
        try (Scope current = request.makeCurrent()) {
            assertThat(current).isNotNull();
            call = runner.callAsync(
                    AsyncAttemptScope.blocking(scope, executor),
                    attempt -> CompletableFuture.supplyAsync(OpenTelemetryListenerTest::currentSpan, executor));
        } finally {
            request.end();
        }

        assertThat(call.get(10, TimeUnit.SECONDS))
                .isEqualTo(Span.getInvalid().getSpanContext().getSpanId());
        assertThat(call().getParentSpanId()).isEqualTo(only("request").getSpanId());
    }

    @Test
    void leavesNothingBehindIfAnExporterThrows() throws Exception {
        OpenTelemetrySdk broken = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(new BrokenProcessor())
                        .build())
                .build();
        DbopRunner observed = runner.listeners(OpenTelemetryListener.of(broken));

        assertThat(observed.<Integer, String, Exception>call(scope, failing(new Fault(Verdict.RETRY_SAVEPOINT))))
                .isEqualTo("done");
        assertThat(Context.current()).isSameAs(Context.root());
    }

    @Test
    void standsAnotherOfItsKindBesideIt() throws Exception {
        runner.listener(OpenTelemetryListener.of(telemetry)).call(scope, failing(new Fault(Verdict.RETRY_SAVEPOINT)));

        assertThat(named("rename")).hasSize(2);
        assertThat(named("rename attempt")).hasSize(4);
        assertThat(Context.current()).isSameAs(Context.root());
    }

    @Test
    void leavesNoSpanOpenWhenItIsAddedTwice() throws Exception {
        List<String> begun = new ArrayList<>();
        try (SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(new BegunSpans(begun))
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build()) {
            OpenTelemetryListener listener = OpenTelemetryListener.of(
                    OpenTelemetrySdk.builder().setTracerProvider(provider).build());

            runner.listeners(listener).listener(listener).call(scope, failing(new Fault(Verdict.RETRY_SAVEPOINT)));

            assertThat(begun).containsExactly("rename", "rename attempt", "rename attempt");
            assertThat(exporter.getFinishedSpanItems()).hasSameSizeAs(begun);
        }
    }

    private static String currentSpan() {
        return Span.current().getSpanContext().getSpanId();
    }

    private static <K, V> Map.Entry<K, V> entry(K key, V value) {
        return Map.entry(key, value);
    }

    private SpanData call() {
        return only("rename");
    }

    private SpanData only(String name) {
        assertThat(named(name)).as("spans named %s", name).hasSize(1);
        return named(name).get(0);
    }

    /** In the order in which they began. */
    private List<SpanData> named(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
                .toList();
    }

    /** The names of spans as they begin: what nothing ends, no exporter ever sees. */
    private record BegunSpans(List<String> names) implements SpanProcessor {
        @Override
        public void onStart(Context parent, ReadWriteSpan span) {
            names.add(span.getName());
        }

        @Override
        public boolean isStartRequired() {
            return true;
        }

        @Override
        public void onEnd(ReadableSpan span) {}

        @Override
        public boolean isEndRequired() {
            return false;
        }
    }
}
