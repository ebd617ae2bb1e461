package dev.dbop.jdbc;

import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The name of a savepoint, and the statements it stands in. No two in use in the process are the same: MySQL replaces a
 * savepoint of the same name, others nest it, and attempts on one connection need not know of each other. A name is used
 * again once its savepoint is known to be gone, so that few different texts reach the server and its statistics.
 */
final class SavepointName {
    private static final AtomicLong LAST = new AtomicLong();
    private static final Queue<SavepointName> FREE = new ArrayBlockingQueue<>(256);

    private final String name;
    private final String set;
    private final String release;
    private final String rollBack;

    private SavepointName(String name) {
        this.name = name;
        set = "SAVEPOINT " + name;
        release = "RELEASE SAVEPOINT " + name;
        rollBack = "ROLLBACK TO SAVEPOINT " + name;
    }

    /** A name that nobody uses, nor ever has. */
    static String next() {
        return "dbop_" + Long.toString(LAST.incrementAndGet(), Character.MAX_RADIX);
    }

    /** A name that nobody uses. */
    static SavepointName take() {
        SavepointName free = FREE.poll();
        return free == null ? new SavepointName(next()) : free;
    }

    /** The server knows no savepoint of this name any more, and whoever had it has forgotten it. */
    void giveBack() {
        // Where there is no room it is not used again.
        FREE.offer(this);
    }

    String set() {
        return set;
    }

    String release() {
        return release;
    }

    String rollBack() {
        return rollBack;
    }

    @Override
    public String toString() {
        return name;
    }
}
