package dev.dbop.examples.demo;

import dev.dbop.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What one way has come to.
 *
 * @param approach the way
 * @param lanes what the workers lived through
 * @param audit what the database holds
 * @param elapsed from the first order to the last answer
 * @param kills sessions killed
 * @param cuts answers to COMMIT lost
 */
record RoundResult(Approach approach, List<Lane> lanes, Audit audit, Duration elapsed, long kills, long cuts) {

    Stream<Told> told() {
        return lanes.stream().flatMap(lane -> lane.told().stream());
    }

    long transfers() {
        return told().count();
    }

    long count(Audit.Finding finding) {
        return count(told -> audit.finding(told) == finding);
    }

    long count(Told.Belief belief) {
        return count(told -> told.belief() == belief);
    }

    /** Money that moved more often than it should, in cents. */
    long doubledCents() {
        return told().filter(told -> audit.finding(told) == Audit.Finding.DOUBLED)
                .mapToLong(told -> told.transfer().amount() * (audit.movements(told) - 1))
                .sum();
    }

    int retriesAfter(Verdict verdict) {
        return lanes.stream().mapToInt(lane -> lane.retriesAfter(verdict)).sum();
    }

    int resolvedOutcomes() {
        return lanes.stream().mapToInt(Lane::resolvedOutcomes).sum();
    }

    double donePerSecond() {
        return count(Audit.Finding.DONE) / (elapsed.toNanos() / 1e9);
    }

    /** How long transfers took that were told done, retries included. */
    Duration latency(double quantile) {
        long[] sorted = told().filter(told -> told.belief() == Told.Belief.DONE)
                .mapToLong(told -> told.to() - told.from())
                .sorted()
                .toArray();
        int rank = (int) Math.ceil(quantile * sorted.length) - 1;
        return sorted.length == 0 ? Duration.ZERO : Duration.ofNanos(sorted[Math.max(0, rank)]);
    }

    /** Whether the database holds what the workers were told, nothing half and nothing twice. */
    boolean isSound() {
        return count(Audit.Finding.LOST) == 0
                && count(Audit.Finding.DOUBLED) == 0
                && count(Audit.Finding.DONE_BUT_TOLD_FAILED) == 0
                && audit.wrongBalances() == 0;
    }

    private long count(Predicate<Told> condition) {
        return told().filter(condition).count();
    }
}
