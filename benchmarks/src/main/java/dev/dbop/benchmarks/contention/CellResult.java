package dev.dbop.benchmarks.contention;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a cell has come to. Keepers of rows are counted apart.
 *
 * @param allCommits of everybody, also after the time was up
 * @param commitsPerSecond within the time
 * @param retriesPerCommit attempts beyond each call's first
 * @param gaveUp calls that failed, keepers' included
 * @param unfinished calls that were running when the time was up; their latency counts as far as it went
 * @param p50 milliseconds of a call
 * @param p99 the same
 * @param max the same
 * @param keepersPerSecond what the keepers committed; null where there are none
 */
record CellResult(
        long allCommits,
        double commitsPerSecond,
        @Nullable Double retriesPerCommit,
        long gaveUp,
        long unfinished,
        double p50,
        double p99,
        double max,
        @Nullable Double keepersPerSecond) {

    static CellResult of(List<Worker> workers, long nanos) {
        Histogram micros = new Histogram(3);
        long all = 0;
        long commits = 0;
        long attempts = 0;
        long calls = 0;
        long gaveUp = 0;
        long unfinished = 0;
        long kept = 0;
        boolean keepers = false;
        for (Worker worker : workers) {
            all += worker.commits + worker.lateCommits;
            gaveUp += worker.gaveUp;
            unfinished += worker.unfinished;
            keepers |= worker.keeps;
            if (worker.keeps) {
                kept += worker.commits;
                continue;
            }
            micros.add(worker.micros);
            commits += worker.commits;
            attempts += worker.attempts;
            calls += worker.commits + worker.lateCommits + worker.gaveUp + worker.unfinished;
        }
        double seconds = nanos / 1e9;
        return new CellResult(
                all,
                commits / seconds,
                commits == 0 ? null : Math.max(0, attempts - calls) / (double) commits,
                gaveUp,
                unfinished,
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getMaxValue() / 1e3,
                keepers ? kept / seconds : null);
    }
}
