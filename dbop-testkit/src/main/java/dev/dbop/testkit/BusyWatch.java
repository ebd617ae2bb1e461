package dev.dbop.testkit;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.BusyHandler;

/** Stands in for SQLite's busy timeout, to notice that a connection waits for a lock. */
final class BusyWatch extends BusyHandler {

    /** As long as sqlite-jdbc's own default. */
    private static final long LIMIT_NANOS = Duration.ofSeconds(3).toNanos();

    private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();

    private volatile boolean waited;
    private long end;

    private BusyWatch() {}

    static BusyWatch on(Connection connection) throws SQLException {
        BusyWatch watch = new BusyWatch();
        BusyHandler.setHandler(connection, watch);
        return watch;
    }

    /** Called in the session's thread each time the lock is still held; 0 gives up. */
    @Override
    protected int callback(int earlierCalls) {
        if (earlierCalls == 0) {
            end = System.nanoTime() + LIMIT_NANOS;
        }
        waited = true;
        LockSupport.parkNanos(PAUSE_NANOS);
        return end - System.nanoTime() > 0 ? 1 : 0;
    }

    boolean hasWaited() {
        return waited;
    }

    void forget() {
        waited = false;
    }
}
