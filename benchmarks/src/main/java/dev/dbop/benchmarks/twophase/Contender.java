package dev.dbop.benchmarks.twophase;

import java.util.ArrayList;
import java.util.List;

/** A way to run the transaction, and what it has cost. */
final class Contender {
    private final String name;
    private final TwoPhaseCost.Transaction transaction;
    private final List<Long> times = new ArrayList<>();
    private long roundTrips;

    Contender(String name, TwoPhaseCost.Transaction transaction) {
        this.name = name;
        this.transaction = transaction;
    }

    String name() {
        return name;
    }

    TwoPhaseCost.Transaction transaction() {
        return transaction;
    }

    void add(long[] nanos, long trips) {
        for (long time : nanos) {
            times.add(time);
        }
        roundTrips += trips;
    }

    double roundTrips() {
        return roundTrips / (double) times.size();
    }

    double median() {
        return times.stream().sorted().skip(times.size() / 2).findFirst().orElse(0L);
    }

    double mean() {
        return times.stream().mapToLong(Long::longValue).average().orElse(0);
    }
}
