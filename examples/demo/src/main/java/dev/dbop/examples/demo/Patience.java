package dev.dbop.examples.demo;

import dev.dbop.Backoff;
import dev.dbop.RetryPolicy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How often and with what delays is retried: the same for the blind loop and for dbop. */
final class Patience {
    static final int MAX_RETRIES = 20;

    private static final Duration FIRST_DELAY = Duration.ofMillis(10);
    private static final Duration LONGEST_DELAY = Duration.ofMillis(250);

    private Patience() {}

    static RetryPolicy policy() {
        return RetryPolicy.builder()
                .maxRetries(MAX_RETRIES)
                .initialDelay(FIRST_DELAY)
                .maxDelay(LONGEST_DELAY)
                .backoff(Backoff.equalJitter())
                .build();
    }

    /** Sleeps as the policy would. */
    static void pause(int retry) throws SQLException {
        long longest = Math.min(LONGEST_DELAY.toMillis(), FIRST_DELAY.toMillis() << (retry - 1));
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(longest / 2, longest + 1));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted between two attempts", interrupted);
        }
    }
}
