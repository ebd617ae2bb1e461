package dev.dbop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How often, how fast and how long a call is retried. Immutable; share it freely.
 *
 * <p>Like this one but different: {@code policy.toBuilder().maxRetries(8).build()}.
 *
 * <p>The default delays were measured against full, equal and decorrelated jitter and shorter delays: with 16 workers on ten
 * hot rows of PostgreSQL they make the most commits, with the fewest retries (the documentation's performance page).
 */
public final class RetryPolicy {
    /** Retries after the first attempt, unless told otherwise: 5. */
    public static final int DEFAULT_MAX_RETRIES = 5;
    /** The delay before the first retry, unless told otherwise: 100 ms. */
    public static final Duration DEFAULT_INITIAL_DELAY = Duration.ofMillis(100);
    /** The longest delay, unless told otherwise: 1 s. */
    public static final Duration DEFAULT_MAX_DELAY = Duration.ofSeconds(1);
    /** The jitter, unless told otherwise: ± 20 %. */
    public static final double DEFAULT_JITTER = 0.2;

    private static final RetryPolicy DEFAULT = new Builder().build();

    private final int maxRetries;
    private final Duration initialDelay;
    private final Duration maxDelay;
    private final double jitter;
    private final Backoff backoff;
    private final @Nullable Duration maxDuration;
    private final @Nullable Duration attemptTimeout;
    private final List<Class<? extends Throwable>> retryOn;
    private final List<Class<? extends Throwable>> abortOn;
    private final @Nullable RetryBudget budget;

    private RetryPolicy(Builder builder) {
        maxRetries = builder.maxRetries;
        initialDelay = builder.initialDelay;
        maxDelay = builder.maxDelay;
        jitter = builder.jitter;
        backoff = builder.backoff;
        maxDuration = builder.maxDuration;
        attemptTimeout = builder.attemptTimeout;
        retryOn = builder.retryOn;
        abortOn = builder.abortOn;
        budget = builder.budget;
    }

    /**
     * Returns the policy with every default.
     *
     * @return a shared instance
     */
    public static RetryPolicy defaults() {
        return DEFAULT;
    }

    /**
     * Returns the policy that makes one attempt only.
     *
     * @return a policy with no retries
     */
    public static RetryPolicy noRetries() {
        return builder().maxRetries(0).build();
    }

    /**
     * Returns a builder that starts from the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads a policy from properties named {@code dbop.max-retries}, {@code dbop.initial-delay}, {@code dbop.max-delay},
     * {@code dbop.jitter}, {@code dbop.backoff}, {@code dbop.max-duration} and {@code dbop.attempt-timeout}; what is not
     * named keeps its default. Durations are written {@code 250ms}, {@code 5s}, {@code 2m}, {@code 1h} or ISO-8601.
     *
     * @param properties keys that do not begin with {@code dbop.} are ignored
     * @return the policy
     * @throws IllegalArgumentException if a key beginning with {@code dbop.} is unknown, or a value cannot be read or is
     *     outside its bounds
     */
    public static RetryPolicy fromProperties(Map<String, String> properties) {
        return Settings.of(properties).policy();
    }

    /**
     * Reads a policy from properties, as {@link #fromProperties(Map)} does.
     *
     * @param properties their defaults included
     * @return the policy
     * @throws IllegalArgumentException as {@link #fromProperties(Map)}
     */
    public static RetryPolicy fromProperties(Properties properties) {
        return Settings.of(properties).policy();
    }

    /**
     * Reads a policy from the environment of this process: {@code DBOP_MAX_RETRIES}, {@code DBOP_INITIAL_DELAY} and so
     * on, the names of {@link #fromProperties(Map)} in capitals.
     *
     * @return the policy
     * @throws IllegalArgumentException as {@link #fromProperties(Map)}; variables that begin with {@code DBOP_TEST_}
     *     belong to the test kit and are ignored
     */
    public static RetryPolicy fromEnvironment() {
        return Settings.ofEnvironment(System.getenv()).policy();
    }

    /**
     * Returns a builder that starts from this policy.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * Returns the number of attempts after the first.
     *
     * @return 0 or more
     */
    public int maxRetries() {
        return maxRetries;
    }

    /**
     * Returns the delay the back-off starts from.
     *
     * @return zero or more
     */
    public Duration initialDelay() {
        return initialDelay;
    }

    /**
     * Returns the longest delay before a retry.
     *
     * @return at least {@link #initialDelay()}
     */
    public Duration maxDelay() {
        return maxDelay;
    }

    /**
     * Returns by what part a delay is varied, up and down.
     *
     * @return 0 to 1
     */
    public double jitter() {
        return jitter;
    }

    /**
     * Returns the back-off.
     *
     * @return the delay before each retry
     */
    public Backoff backoff() {
        return backoff;
    }

    /**
     * Returns the limit of the whole call, waits included. A running attempt is stopped when it passes.
     *
     * @return the limit, or null for none
     */
    public @Nullable Duration maxDuration() {
        return maxDuration;
    }

    /**
     * Returns the limit of one attempt. Its work is stopped on the server when it passes.
     *
     * @return the limit, or null for none
     */
    public @Nullable Duration attemptTimeout() {
        return attemptTimeout;
    }

    /**
     * Returns the types of failure that are retried although the classifier would give up.
     *
     * @return an immutable list
     */
    public List<Class<? extends Throwable>> retryOn() {
        return retryOn;
    }

    /**
     * Returns the types of failure that are never retried.
     *
     * @return an immutable list
     */
    public List<Class<? extends Throwable>> abortOn() {
        return abortOn;
    }

    /**
     * Returns the budget retries are taken from.
     *
     * @return the budget, or null for none
     */
    public @Nullable RetryBudget budget() {
        return budget;
    }

    /** The delay before a retry, capped. */
    Duration delayBefore(int retry, Duration previousDelay, double random) {
        Duration delay = backoff.delay(new Backoff.Step(retry, initialDelay, maxDelay, jitter, previousDelay, random));
        return delay.isNegative() ? Duration.ZERO : Durations.min(delay, maxDelay);
    }

    /** What the user's lists make of a verdict: never lower than "outcome unknown" or a lost transaction. */
    Verdict adjust(Verdict verdict, Throwable failure) {
        if (verdict == Verdict.OUTCOME_UNKNOWN || (retryOn.isEmpty() && abortOn.isEmpty())) {
            return verdict;
        }
        if (Causes.anyIn(failure, abortOn)) {
            return Verdict.GIVE_UP;
        }
        boolean lifted = verdict == Verdict.GIVE_UP && Causes.anyIn(failure, retryOn);
        return lifted ? Verdict.RETRY_SAVEPOINT : verdict;
    }

    @Override
    public String toString() {
        return "RetryPolicy[maxRetries=" + maxRetries + ", initialDelay=" + initialDelay + ", maxDelay=" + maxDelay
                + ", jitter=" + jitter + ", backoff=" + backoff + ", maxDuration=" + maxDuration + ", attemptTimeout="
                + attemptTimeout + ", budget=" + budget + "]";
    }

    /** Collects a policy; every value is checked when it is given. Not thread-safe. */
    public static final class Builder {
        private int maxRetries = DEFAULT_MAX_RETRIES;
        private Duration initialDelay = DEFAULT_INITIAL_DELAY;
        private Duration maxDelay = DEFAULT_MAX_DELAY;
        private double jitter = DEFAULT_JITTER;
        private Backoff backoff = Backoff.exponential();
        private @Nullable Duration maxDuration;
        private @Nullable Duration attemptTimeout;
        private List<Class<? extends Throwable>> retryOn = List.of();
        private List<Class<? extends Throwable>> abortOn = List.of();
        private @Nullable RetryBudget budget;

        private Builder() {}

        private Builder(RetryPolicy policy) {
            maxRetries = policy.maxRetries;
            initialDelay = policy.initialDelay;
            maxDelay = policy.maxDelay;
            jitter = policy.jitter;
            backoff = policy.backoff;
            maxDuration = policy.maxDuration;
            attemptTimeout = policy.attemptTimeout;
            retryOn = policy.retryOn;
            abortOn = policy.abortOn;
            budget = policy.budget;
        }

        /**
         * Sets the number of attempts after the first.
         *
         * @param retries 0 or more
         * @return this builder
         * @throws IllegalArgumentException if negative
         */
        public Builder maxRetries(int retries) {
            if (retries < 0) {
                throw new IllegalArgumentException(
                        "maxRetries is " + retries + ": must be 0 or more; 0 makes one attempt only");
            }
            maxRetries = retries;
            return this;
        }

        /**
         * Sets the delay the back-off starts from.
         *
         * @param delay zero or more
         * @return this builder
         * @throws IllegalArgumentException if negative or longer than 292 years
         */
        public Builder initialDelay(Duration delay) {
            initialDelay = Durations.notNegative("initialDelay", delay);
            return this;
        }

        /**
         * Sets the longest delay.
         *
         * @param delay at least the initial delay, which {@link #build} checks
         * @return this builder
         * @throws IllegalArgumentException if negative or longer than 292 years
         */
        public Builder maxDelay(Duration delay) {
            maxDelay = Durations.notNegative("maxDelay", delay);
            return this;
        }

        /**
         * Sets by what part a delay is varied, up and down.
         *
         * @param part 0 (exact delays) to 1 (anything up to twice the delay)
         * @return this builder
         * @throws IllegalArgumentException if outside 0 to 1, or not a number
         */
        public Builder jitter(double part) {
            if (!(part >= 0 && part <= 1)) {
                throw new IllegalArgumentException(
                        "jitter is " + part + ": must be from 0 to 1; 0.2 varies a delay by 20 % up and down");
            }
            jitter = part;
            return this;
        }

        /**
         * Sets the back-off.
         *
         * @param value a shipped one, or your own
         * @return this builder
         */
        public Builder backoff(Backoff value) {
            backoff = Objects.requireNonNull(value, "backoff");
            return this;
        }

        /**
         * Limits the whole call, waits included. A delay that would cross the limit is not slept, server timeouts are
         * clamped to what is left, and a running attempt is stopped when it passes.
         *
         * @param limit greater than zero
         * @return this builder
         * @throws IllegalArgumentException if zero, negative or longer than 292 years
         */
        public Builder maxDuration(Duration limit) {
            maxDuration = Durations.positive("maxDuration", limit);
            return this;
        }

        /**
         * Limits one attempt. When it passes the work is stopped on the server, not only in the client.
         *
         * @param limit greater than zero
         * @return this builder
         * @throws IllegalArgumentException if zero, negative or longer than 292 years
         */
        public Builder attemptTimeout(Duration limit) {
            attemptTimeout = Durations.positive("attemptTimeout", limit);
            return this;
        }

        /**
         * Adds a type of failure that is retried although the classifier would give up: an application's own optimistic
         * lock, for instance. A cause of the type counts too. Never makes a call repeat what may have happened.
         *
         * <p>In a savepoint of a transaction that reads from one snapshot throughout (REPEATABLE READ, the default of
         * MySQL and MariaDB, and SERIALIZABLE) a retry would read the same rows: there such a failure goes up, and the
         * enclosing call retries the whole transaction if its policy names the type too. On SQLite it does not go up, nor
         * do InnoDB's lock waits, which are the database's own.
         *
         * @param type added to those added before
         * @return this builder
         */
        public Builder retryOn(Class<? extends Throwable> type) {
            retryOn = plus(retryOn, type);
            return this;
        }

        /**
         * Adds a type of failure that is never retried. A cause of the type counts too. Wins over {@link #retryOn}.
         *
         * @param type added to those added before
         * @return this builder
         */
        public Builder abortOn(Class<? extends Throwable> type) {
            abortOn = plus(abortOn, type);
            return this;
        }

        private static List<Class<? extends Throwable>> plus(
                List<Class<? extends Throwable>> types, Class<? extends Throwable> type) {
            List<Class<? extends Throwable>> all = new ArrayList<>(types);
            all.add(Objects.requireNonNull(type, "type"));
            return List.copyOf(all);
        }

        /**
         * Sets the budget retries are taken from; when it is empty a call fails with what it has.
         *
         * @param shared the budget
         * @return this builder
         */
        public Builder budget(RetryBudget shared) {
            budget = Objects.requireNonNull(shared, "budget");
            return this;
        }

        /**
         * Returns the policy.
         *
         * @return an immutable policy
         * @throws IllegalArgumentException if the longest delay is below the initial one
         */
        public RetryPolicy build() {
            if (maxDelay.compareTo(initialDelay) < 0) {
                throw new IllegalArgumentException("maxDelay is " + maxDelay + ": must not be below initialDelay, "
                        + initialDelay + "; raise maxDelay or lower initialDelay");
            }
            return new RetryPolicy(this);
        }
    }
}
