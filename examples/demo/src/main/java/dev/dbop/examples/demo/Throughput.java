package dev.dbop.examples.demo;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** The transfers done over time as SVG, drawn to the same scale for every way. */
final class Throughput {
    private static final int BUCKETS = 125;
    private static final int BUCKET_WIDTH = 8;
    private static final int HEIGHT = 34;

    private final double nanosPerBucket;
    private final long peak;

    Throughput(List<RoundResult> results, Duration scale) {
        nanosPerBucket = (double) scale.toNanos() / BUCKETS;
        peak = Math.max(
                1,
                results.stream()
                        .flatMapToLong(result -> LongStream.of(buckets(result)))
                        .max()
                        .orElse(1));
    }

    String svg(RoundResult result) {
        StringBuilder path = new StringBuilder("M0 " + HEIGHT);
        for (long count : buckets(result)) {
            path.append(String.format(Locale.ROOT, "V%.1fh%d", HEIGHT * (1 - (double) count / peak), BUCKET_WIDTH));
        }
        return String.format(
                Locale.ROOT,
                "<svg class=\"rate\" viewBox=\"0 0 %d %d\" height=\"%d\" preserveAspectRatio=\"none\" role=\"img\""
                        + " aria-label=\"transfers done over time\"><path d=\"%sV%dz\"/></svg>",
                BUCKETS * BUCKET_WIDTH,
                HEIGHT,
                HEIGHT,
                path,
                HEIGHT);
    }

    private long[] buckets(RoundResult result) {
        long[] buckets = new long[BUCKETS];
        result.told()
                .filter(told -> result.audit().finding(told) == Audit.Finding.DONE)
                .forEach(told -> buckets[(int) Math.min(BUCKETS - 1, told.to() / nanosPerBucket)]++);
        return buckets;
    }
}
