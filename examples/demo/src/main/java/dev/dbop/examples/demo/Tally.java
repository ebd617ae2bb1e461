package dev.dbop.examples.demo;

import java.util.concurrent.atomic.LongAdder;

/** What has happened so far in a way, for the progress line. Thread-safe. */
final class Tally {
    private final LongAdder answers = new LongAdder();
    private final LongAdder failedAttempts = new LongAdder();
    private final LongAdder kills = new LongAdder();
    private final LongAdder cuts = new LongAdder();

    void answered() {
        answers.increment();
    }

    void attemptFailed() {
        failedAttempts.increment();
    }

    void killed() {
        kills.increment();
    }

    void cut() {
        cuts.increment();
    }

    long kills() {
        return kills.sum();
    }

    long cuts() {
        return cuts.sum();
    }

    @Override
    public String toString() {
        return String.format(
                "%,7d orders, %,6d failed attempts, %3d kills, %3d cuts",
                answers.sum(), failedAttempts.sum(), kills.sum(), cuts.sum());
    }
}
