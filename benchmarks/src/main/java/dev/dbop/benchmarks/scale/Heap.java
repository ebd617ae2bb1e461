package dev.dbop.benchmarks.scale;

/** Looks at the heap. */
final class Heap {
    private static final int LOOKS = 4;

    private Heap() {}

    /** What is reachable: the smallest of a few looks, each after a collection. */
    static long used() {
        long least = Long.MAX_VALUE;
        for (int look = 0; look < LOOKS; look++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
