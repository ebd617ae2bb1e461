package dev.dbop.observe;

import dev.dbop.RetryBudget;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;

/**
 * Shows a {@link RetryBudget} as two gauges: {@code dbop.budget.available} and {@code dbop.budget.capacity}, in retries, each
 * with the tag {@code budget}. A budget that stays low means a database that stays sick; an empty one means calls that end
 * with reason {@code budget_empty}.
 *
 * <p>Immutable. The registry keeps the budget alive.
 */
public final class RetryBudgetMetrics implements MeterBinder {
    static final String AVAILABLE = "dbop.budget.available";
    static final String CAPACITY = "dbop.budget.capacity";

    private final RetryBudget budget;
    private final String name;

    private RetryBudgetMetrics(RetryBudget budget, String name) {
        this.budget = Objects.requireNonNull(budget, "budget");
        this.name = Objects.requireNonNull(name, "name");
    }

    /**
     * Returns the metrics of a budget, to be bound to a registry.
     *
     * @param budget shared by the calls to one database
     * @param name tells budgets apart: the value of the tag {@code budget}
     * @return the metrics
     */
    public static RetryBudgetMetrics of(RetryBudget budget, String name) {
        return new RetryBudgetMetrics(budget, name);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder(AVAILABLE, budget, RetryBudget::available)
                .description("Retries the budget holds now")
                .tag("budget", name)
                .strongReference(true)
                .register(registry);
        Gauge.builder(CAPACITY, budget, RetryBudget::capacity)
                .description("Retries a full budget holds")
                .tag("budget", name)
                .strongReference(true)
                .register(registry);
    }
}
