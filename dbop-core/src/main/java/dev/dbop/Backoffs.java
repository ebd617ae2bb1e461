package dev.dbop;

import java.time.Duration;
import java.util.Locale;

/** The back-offs that have a name, in code and in configuration. */
enum Backoffs implements Backoff {
    EXPONENTIAL {
        @Override
        public Duration delay(Step step) {
            return varied(step.exponentialNanos(), step);
        }
    },
    FIXED {
        @Override
        public Duration delay(Step step) {
            return varied(Durations.nanos(step.initialDelay()), step);
        }
    },
    FULL_JITTER {
        @Override
        public Duration delay(Step step) {
            return Duration.ofNanos((long) (step.exponentialNanos() * step.random()));
        }
    },
    EQUAL_JITTER {
        @Override
        public Duration delay(Step step) {
            double half = step.exponentialNanos() / 2.0;
            return Duration.ofNanos((long) (half + half * step.random()));
        }
    },
    DECORRELATED_JITTER {
        @Override
        public Duration delay(Step step) {
            double least = Durations.nanos(step.initialDelay());
            double most = Math.max(least, 3.0 * Durations.nanos(step.previousDelay()));
            return Duration.ofNanos((long) (least + (most - least) * step.random()));
        }
    };

    static Duration varied(long nanos, Step step) {
        if (step.jitter() == 0) {
            return Duration.ofNanos(nanos);
        }
        double factor = 1 + step.jitter() * (2 * step.random() - 1);
        return Duration.ofNanos((long) (nanos * factor));
    }

    /** The name used in configuration: full-jitter for FULL_JITTER. */
    String settingName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
        return settingName();
    }
}
