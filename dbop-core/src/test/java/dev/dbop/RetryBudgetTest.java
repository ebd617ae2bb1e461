package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTest {
    private static final int THREADS = 8;

    @Test
    void holdsAsManyRetriesAsItsCapacity() {
        RetryBudget budget = RetryBudget.of(2, 1);

        assertThat(budget.tryTake()).isTrue();
        assertThat(budget.tryTake()).isTrue();
        assertThat(budget.tryTake()).isFalse();
        assertThat(budget.available()).isZero();
    }

    @Test
    void letsOneRetryComeOnTenSuccesses() {
        RetryBudget budget = RetryBudget.of(1, 0.1);
        assertThat(budget.tryTake()).isTrue();

        for (int success = 1; success <= 9; success++) {
            budget.refill();
            assertThat(budget.tryTake()).as("after %s successes", success).isFalse();
        }
        budget.refill();

        assertThat(budget.available()).isEqualTo(1);
        assertThat(budget.tryTake()).isTrue();
    }

    @Test
    void neverHoldsMoreThanItsCapacity() {
        RetryBudget budget = RetryBudget.of(3, 1000);
        budget.refill();
        assertThat(budget.available()).isEqualTo(3);

        assertThat(budget.tryTake()).isTrue();
        budget.refill();
        assertThat(budget.available()).isEqualTo(3);
    }

    @Test
    void countsInThousandths() {
        RetryBudget budget = RetryBudget.of(1_000_000_000, 0.001);
        assertThat(budget.tryTake()).isTrue();

        budget.refill();

        assertThat(budget.available()).isEqualTo(999_999_999.001);
        assertThat(RetryBudget.of(2, 0.5)).hasToString("RetryBudget[2.0 of 2]");
    }

    @Test
    void givesOutEveryTokenOnceAmongManyThreads() throws Exception {
        RetryBudget budget = RetryBudget.of(5000, 1);

        int taken = onManyThreads(() -> {
            int mine = 0;
            for (int i = 0; i < 2000; i++) {
                mine += budget.tryTake() ? 1 : 0;
            }
            return mine;
        });

        assertThat(taken).isEqualTo(5000);
        assertThat(budget.available()).isZero();
    }

    @Test
    void losesNoRefillAmongManyThreads() throws Exception {
        RetryBudget budget = RetryBudget.of(100_000, 0.5);
        while (budget.tryTake()) {
            assertThat(budget.available()).isNotNegative();
        }

        int refills = onManyThreads(() -> {
            for (int i = 0; i < 1000; i++) {
                budget.refill();
            }
            return 1000;
        });

        assertThat(budget.available()).isEqualTo(refills * 0.5);
    }

    @Test
    void balancesTakesAndRefillsAmongManyThreads() throws Exception {
        RetryBudget budget = RetryBudget.of(1_000_000, 1);

        int taken = onManyThreads(() -> {
            int mine = 0;
            for (int i = 0; i < 1000; i++) {
                mine += budget.tryTake() ? 1 : 0;
                mine += budget.tryTake() ? 1 : 0;
                budget.refill();
                mine--;
            }
            return mine;
        });

        assertThat(budget.available()).isEqualTo(1_000_000.0 - taken);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1_000_000_001})
    void refusesACapacityOutsideItsBounds(int capacity) {
        assertThatThrownBy(() -> RetryBudget.of(capacity, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("capacity is " + capacity + ": must be from 1 to 1000000000 retries");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.0009, -1, 1000.1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesARefillOutsideItsBounds(double tokens) {
        assertThatThrownBy(() -> RetryBudget.of(1, tokens))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tokensPerSuccess is " + tokens + ": must be from 0.001 to 1000");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 1000})
    void acceptsARefillAtItsBounds(double tokens) {
        assertThat(RetryBudget.of(1, tokens).available()).isEqualTo(1);
    }

    /** Runs the task on several threads that start together, and adds up what they return. */
    private static int onManyThreads(Callable<Integer> task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                results.add(threads.submit(() -> {
                    start.await();
                    return task.call();
                }));
            }
            int sum = 0;
            for (Future<Integer> result : results) {
                sum += result.get();
            }
            return sum;
        } finally {
            threads.shutdownNow();
        }
    }
}
