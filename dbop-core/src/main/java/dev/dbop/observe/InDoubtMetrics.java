package dev.dbop.observe;

import dev.dbop.Ticker;
import dev.dbop.twophase.GroupReport;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Collection;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Shows what the last run of recovery left of two-phase commits. Reading a gauge asks no database: {@link #update} is to be
 * given every report, by the listener of a {@code RecoveryTask}.
 *
 * <table>
 *   <caption>Gauges; each has the tag {@code recovery}</caption>
 *   <tr><th>gauge</th><th>further tag</th><th>meaning</th></tr>
 *   <tr><td>{@code dbop.twophase.in.doubt}</td><td>{@code state}</td><td>groups that are not finished: {@code working} while
 *     their coordinator may still be at work, {@code deferred} to a later run, {@code conflicting} if an operator has to
 *     look</td></tr>
 *   <tr><td>{@code dbop.twophase.unavailable}</td><td></td><td>databases that could not be reached, or not completely</td></tr>
 *   <tr><td>{@code dbop.twophase.report.age}</td><td></td><td>seconds since the last report: what the others say is that
 *     old</td></tr>
 * </table>
 *
 * <p>Before the first report all are NaN: nobody knows. Thread-safe. The registry keeps these metrics alive.
 */
public final class InDoubtMetrics implements MeterBinder {
    static final String IN_DOUBT = "dbop.twophase.in.doubt";
    static final String UNAVAILABLE = "dbop.twophase.unavailable";
    static final String REPORT_AGE = "dbop.twophase.report.age";

    private final String name;
    private final Ticker ticker;
    private volatile @Nullable Last last;

    private record Last(int working, int deferred, int conflicting, int unavailable, long nanos) {}

    private InDoubtMetrics(String name, Ticker ticker) {
        this.name = Objects.requireNonNull(name, "name");
        this.ticker = ticker;
    }

    /**
     * Returns metrics that have had no report yet, to be bound to a registry.
     *
     * @param name tells recoveries apart: the value of the tag {@code recovery}
     * @return the metrics
     */
    public static InDoubtMetrics of(String name) {
        return new InDoubtMetrics(name, Ticker.system());
    }

    static InDoubtMetrics of(String name, Ticker ticker) {
        return new InDoubtMetrics(name, ticker);
    }

    /**
     * Takes a report in place of the one before.
     *
     * @param groups what was found prepared and what became of it
     * @param unavailable how many databases could not be reached, or not completely
     */
    public void update(Collection<? extends GroupReport> groups, int unavailable) {
        int working = 0;
        int deferred = 0;
        int conflicting = 0;
        for (GroupReport group : groups) {
            if (group instanceof GroupReport.Conflicting) {
                conflicting++;
            } else if (group instanceof GroupReport.Deferred left && isAtWork(left.why())) {
                working++;
            } else if (group instanceof GroupReport.Deferred) {
                deferred++;
            }
        }
        last = new Last(working, deferred, conflicting, unavailable, ticker.nanoTime());
    }

    private static boolean isAtWork(GroupReport.Why why) {
        return why == GroupReport.Why.COORDINATOR_ALIVE || why == GroupReport.Why.NOT_QUIET;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        inDoubt(registry, "working", Last::working);
        inDoubt(registry, "deferred", Last::deferred);
        inDoubt(registry, "conflicting", Last::conflicting);
        gauge(UNAVAILABLE, Last::unavailable)
                .description("Databases recovery could not reach")
                .register(registry);
        gauge(REPORT_AGE, report -> (ticker.nanoTime() - report.nanos) / 1e9)
                .description("Time since the last report of recovery")
                .baseUnit("seconds")
                .register(registry);
    }

    private void inDoubt(MeterRegistry registry, String state, ToDoubleFunction<Last> value) {
        gauge(IN_DOUBT, value)
                .description("Two-phase groups that are not finished")
                .tag("state", state)
                .register(registry);
    }

    private Gauge.Builder<InDoubtMetrics> gauge(String meter, ToDoubleFunction<Last> value) {
        return Gauge.builder(meter, this, metrics -> {
                    Last report = metrics.last;
                    return report == null ? Double.NaN : value.applyAsDouble(report);
                })
                .tag("recovery", name)
                .strongReference(true);
    }
}
