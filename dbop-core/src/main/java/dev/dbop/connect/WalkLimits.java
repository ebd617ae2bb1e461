package dev.dbop.connect;

import java.time.Duration;

/**
 * How long a search among hosts may take.
 *
 * @param host the limit of one try of one host: connecting, logging in and asking for the role
 * @param total the limit of the whole search; a host that comes late is given no more than what is left
 * @param passes how often all hosts are tried if none fits
 */
public record WalkLimits(Duration host, Duration total, int passes) {
    private static final Duration HOST = Duration.ofSeconds(5);
    private static final int SHARE = 3;
    private static final int PASSES = 2;

    /**
     * Checks the limits.
     *
     * @param host positive
     * @param total not less than that of one host
     * @param passes at least 1
     * @throws IllegalArgumentException if they are not
     */
    public WalkLimits {
        if (host.isZero() || host.isNegative()) {
            throw new IllegalArgumentException(
                    "host is " + host
                            + ": the limit of one host must be positive; a server that stays mute would be waited for for ever");
        }
        if (total.compareTo(host) < 0) {
            throw new IllegalArgumentException("total is " + total + ": must not be less than the limit of one host, "
                    + host + "; raise it, or lower that");
        }
        if (passes < 1) {
            throw new IllegalArgumentException(
                    "passes is " + passes + ": must be at least 1; set 1 to try every host once");
        }
    }

    /**
     * Returns the limits for a connection string: its {@code connect_timeout} for each host, or 5 seconds; three times that
     * for all; 2 passes.
     *
     * @param dsn whose limit counts
     * @return the limits
     */
    public static WalkLimits of(Dsn dsn) {
        Duration said = dsn.connectTimeout();
        Duration host = said == null || said.isZero() ? HOST : said;
        return new WalkLimits(host, host.multipliedBy(SHARE), PASSES);
    }

    /**
     * Returns what the next host may take.
     *
     * @param elapsed since the search began
     * @return the limit; zero if the time is up
     */
    public Duration next(Duration elapsed) {
        Duration left = total.minus(elapsed);
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        return left.compareTo(host) < 0 ? left : host;
    }
}
