package dev.dbop.vertx;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.threadchecker.BlockedThreadChecker;
import io.vertx.core.internal.threadchecker.BlockedThreadEvent;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Finds, of the threads that Vert.x says are late with a task, those that wait for something. One that has no CPU is
 * as late by the clock, and that is nobody's fault.
 */
final class BlockedLoops implements Handler<BlockedThreadEvent>, AutoCloseable {
    /** Sockets, files and names, which wait with the thread still called runnable; a loop's own sockets do not wait. */
    private static final Pattern WAITING =
            Pattern.compile("sun\\.nio\\.ch\\.(NioSocketImpl|.*FileDispatcherImpl)|java\\.net\\.Inet.*AddressImpl"
                    + "|java\\.io\\.(FileInputStream|FileOutputStream|RandomAccessFile)");

    private final BlockedThreadChecker checker;
    private final List<String> found = new CopyOnWriteArrayList<>();
    private final AtomicInteger late = new AtomicInteger();

    private BlockedLoops(BlockedThreadChecker checker) {
        this.checker = checker;
    }

    /** Listens in place of the log of Vert.x, until it is closed. */
    static BlockedLoops of(Vertx vertx) {
        BlockedThreadChecker checker = ((VertxInternal) vertx).blockedThreadChecker();
        BlockedLoops loops = new BlockedLoops(checker);
        checker.setThreadBlockedHandler(loops);
        return loops;
    }

    @Override
    public void handle(BlockedThreadEvent event) {
        Thread thread = event.thread();
        Thread.State state = thread.getState();
        StackTraceElement[] stack = thread.getStackTrace();
        boolean reads = Arrays.stream(stack)
                .anyMatch(frame -> WAITING.matcher(frame.getClassName()).matches());
        if (state != Thread.State.RUNNABLE || reads) {
            found.add(thread.getName() + " " + state + " at " + Arrays.toString(stack));
        }
        late.incrementAndGet();
    }

    /** Those that wait, each with its stack. */
    List<String> found() {
        return found;
    }

    /** How often a thread was said to be late. */
    int late() {
        return late.get();
    }

    @Override
    public void close() {
        checker.setThreadBlockedHandler(null);
    }
}
