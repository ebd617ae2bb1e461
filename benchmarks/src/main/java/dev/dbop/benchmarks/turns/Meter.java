package dev.dbop.benchmarks.turns;

import com.sun.management.ThreadMXBean;
import dev.dbop.testkit.FaultProxy;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** Counts the turns, and measures the time and what the calling thread allocates, between two points of one case. */
final class Meter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final FaultProxy proxy;
    private long begun;
    private int failuresLeft;
    private int turns;
    private double millis;
    private long bytes;
    private @Nullable String limitAfter;

    Meter(FaultProxy proxy, Case counted) {
        this.proxy = proxy;
        this.failuresLeft = counted.fails ? 1 : 0;
    }

    void begin() {
        proxy.resetRoundTrips();
        bytes = THREADS.getCurrentThreadAllocatedBytes();
        begun = System.nanoTime();
    }

    void end() {
        millis = (System.nanoTime() - begun) / 1e6;
        bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
        turns = proxy.roundTrips();
    }

    /** The statement of this attempt: the first one fails where the case says so. */
    String update() {
        return failuresLeft-- > 0 ? Dialect.FAILING_UPDATE : Dialect.UPDATE;
    }

    void limitAfter(String value) {
        limitAfter = value;
    }

    int turns() {
        return turns;
    }

    double millis() {
        return millis;
    }

    long bytes() {
        return bytes;
    }

    /** What has become of the enclosing transaction's lock timeout, which was the server's. */
    @Nullable
    String limits(String normal) {
        return limitAfter == null ? null : limitAfter.equals(normal) ? "restored" : "leak";
    }
}
