package dev.dbop.examples.demo;

import dev.dbop.Backoff;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How often and with what delays is retried, the same for both loops and for dbop; how long all wait for a lock. */
final class Patience {
    static final int MAX_RETRIES = 20;

    private static final Duration FIRST_DELAY = Duration.ofMillis(10);
    private static final Duration LONGEST_DELAY = Duration.ofMillis(250);

    /** Much shorter than the second after which PostgreSQL looks for a deadlock. */
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(100);

    /** InnoDB counts in seconds; SQLite's one lock has everybody wait for everybody. */
    private static final Duration LONGER_LOCK_TIMEOUT = Duration.ofSeconds(1);

    private Patience() {}

    /** How long any way waits for one lock. */
    static Duration lockTimeout(Database database) {
        return database == Database.POSTGRESQL ? LOCK_TIMEOUT : LONGER_LOCK_TIMEOUT;
    }

    /** What every connection begins with, whichever way it is used. */
    static String setLockTimeout(Database database) {
        Duration timeout = lockTimeout(database);
        return switch (database.family()) {
            case POSTGRESQL -> "SET lock_timeout = " + timeout.toMillis();
            case MYSQL -> "SET SESSION innodb_lock_wait_timeout = " + timeout.toSeconds();
            case SQLITE -> "PRAGMA busy_timeout = " + timeout.toMillis();
        };
    }

    static RetryPolicy policy() {
        return RetryPolicy.builder()
                .maxRetries(MAX_RETRIES)
                .initialDelay(FIRST_DELAY)
                .maxDelay(LONGEST_DELAY)
                .backoff(Backoff.fullJitter())
                .build();
    }

    /** Sleeps as the policy would. */
    static void pause(int retry) throws SQLException {
        long longest = Math.min(LONGEST_DELAY.toMillis(), FIRST_DELAY.toMillis() << (retry - 1));
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(longest + 1));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted between two attempts", interrupted);
        }
    }
}
