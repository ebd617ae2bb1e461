package dev.dbop.jdbc.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.RetryBudget;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.jdbc.RecoveryReport;
import dev.dbop.observe.InDoubtMetrics;
import dev.dbop.observe.MicrometerListener;
import dev.dbop.observe.OpenTelemetryListener;
import dev.dbop.observe.RetryBudgetMetrics;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is seen of a deadlock that PostgreSQL really found. */
class ObservedDeadlockTest {
    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetry telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final CyclicBarrier bothHoldARow = new CyclicBarrier(2);
    private final CountDownLatch survivorIsDone = new CountDownLatch(1);

    @Test
    void isATraceAndACount() throws Exception {
        try (TestDatabase database = TestServers.shared(Database.POSTGRESQL).createDatabase(ClientDriver.OWN)) {
            database.execute("CREATE TABLE account (id INT PRIMARY KEY)", "INSERT INTO account VALUES (1), (2)");
            DbopRunner runner = observed(telemetry, registry).named("transfer");

            ExecutorService threads = Executors.newFixedThreadPool(2);
            try {
                CompletableFuture<String> one =
                        CompletableFuture.supplyAsync(() -> transfer(runner, database, 1, 2), threads);
                CompletableFuture<String> other =
                        CompletableFuture.supplyAsync(() -> transfer(runner, database, 2, 1), threads);
                String currentInOne = one.join();
                String currentInOther = other.join();
                assertThat(named("transfer attempt"))
                        .extracting(SpanData::getSpanId)
                        .contains(currentInOne, currentInOther);
            } finally {
                threads.shutdown();
            }
        }
        assertTraced();
        assertThat(registry.get("dbop.calls")
                        .tags("name", "transfer", "database", "postgresql", "outcome", "success")
                        .timer()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("dbop.retries").counter().count()).isEqualTo(1);
        assertThat(registry.get("dbop.attempts").counter().count()).isEqualTo(3);
        assertThat(registry.get("dbop.budget.available").gauge().value()).isBetween(99.0, 99.2);
    }

    @Test
    void inDoubtMetricsTakeTheReportsOfRecovery() {
        InDoubtMetrics inDoubt = InDoubtMetrics.of("orders");
        // snippet: in-doubt
        inDoubt.bindTo(registry);
        Consumer<RecoveryReport> listener =
                report -> inDoubt.update(report.groups(), report.unavailable().size());
        // RecoveryTask.start(recovery, Duration.ofMinutes(1), listener)
        // end snippet

        listener.accept(new RecoveryReport(List.of(), 0, Map.of("ledger", new SQLException("down"))));

        assertThat(registry.get("dbop.twophase.unavailable").gauge().value()).isEqualTo(1);
        assertThat(registry.get("dbop.twophase.in.doubt")
                        .tag("state", "deferred")
                        .gauge()
                        .value())
                .isZero();
    }

    // snippet: runner
    static DbopRunner observed(OpenTelemetry telemetry, MeterRegistry registry) {
        RetryBudget budget = RetryBudget.of(100, 0.1);
        RetryBudgetMetrics.of(budget, "orders").bindTo(registry);
        return DbopRunner.create()
                .policy(RetryPolicy.builder().budget(budget).build())
                .listener(OpenTelemetryListener.of(telemetry))
                .listener(MicrometerListener.of(registry));
    }
    // end snippet

    /** Returns the span that was current in the attempt that went well. */
    private String transfer(DbopRunner runner, TestDatabase database, int from, int to) {
        AtomicInteger runs = new AtomicInteger();
        try {
            String current = runner.call(JdbcScope.transaction(database.dataSource()), connection -> {
                boolean first = runs.incrementAndGet() == 1;
                if (!first) {
                    // A victim that is back at once could run into the survivor again.
                    awaitSurvivor();
                }
                update(connection, from);
                if (first) {
                    await(bothHoldARow);
                }
                update(connection, to);
                return Span.current().getSpanContext().getSpanId();
            });
            survivorIsDone.countDown();
            assertThat(Context.current()).isSameAs(Context.root());
            return current;
        } catch (SQLException failure) {
            throw new CompletionException(failure);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException failure) {
            throw new AssertionError(failure);
        }
    }

    private void awaitSurvivor() {
        try {
            assertThat(survivorIsDone.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    private static void update(Connection connection, int id) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE account SET id = id WHERE id = " + id);
        }
    }

    private void assertTraced() {
        assertThat(named("transfer")).hasSize(2).allSatisfy(call -> {
            assertThat(call.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(named("transfer attempt")).anyMatch(attempt -> isOf(call, attempt));
        });
        assertThat(named("transfer attempt")).hasSize(3);
        assertThat(named("transfer attempt"))
                .filteredOn(attempt -> attempt.getStatus().getStatusCode() == StatusCode.ERROR)
                .singleElement()
                .satisfies(failed -> {
                    assertThat(failed.getAttributes().get(AttributeKey.stringKey("db.system.name")))
                            .isEqualTo("postgresql");
                    assertThat(failed.getAttributes().get(AttributeKey.stringKey("db.response.status_code")))
                            .isEqualTo("40P01");
                });
    }

    private static boolean isOf(SpanData call, SpanData attempt) {
        return attempt.getParentSpanId().equals(call.getSpanId())
                && attempt.getTraceId().equals(call.getTraceId());
    }

    private List<SpanData> named(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }
}
