package dev.dbop.examples.observability;

import dev.dbop.DbopRunner;
import dev.dbop.RetryBudget;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.Recovery;
import dev.dbop.jdbc.RecoveryTask;
import dev.dbop.observe.InDoubtMetrics;
import dev.dbop.observe.MicrometerListener;
import dev.dbop.observe.OpenTelemetryListener;
import dev.dbop.observe.RetryBudgetMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;

/** How an application lets its calls be seen. */
final class Observed {
    private Observed() {}

    // snippet: copy
    /** A runner whose calls are traced and counted; the log lines stay. */
    static DbopRunner runner(OpenTelemetry telemetry, MeterRegistry registry) {
        RetryBudget budget = RetryBudget.of(100, 0.1);
        RetryBudgetMetrics.of(budget, "bank").bindTo(registry);
        return DbopRunner.create()
                .policy(RetryPolicy.builder().budget(budget).build())
                .listener(OpenTelemetryListener.of(telemetry))
                .listener(MicrometerListener.of(registry));
    }

    /** Recovery of two-phase commits whose last report is shown. */
    static RecoveryTask recovery(Recovery recovery, MeterRegistry registry) {
        InDoubtMetrics inDoubt = InDoubtMetrics.of("bank");
        inDoubt.bindTo(registry);
        return RecoveryTask.start(
                recovery,
                Duration.ofSeconds(5),
                report -> inDoubt.update(report.groups(), report.unavailable().size()));
    }
    // end snippet
}
