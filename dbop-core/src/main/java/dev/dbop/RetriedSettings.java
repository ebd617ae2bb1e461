package dev.dbop;

import dev.dbop.sql.Isolation;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.function.Consumer;

/** What {@link Retried} makes of a runner. */
final class RetriedSettings {
    private static final int OF_THE_RUNNER = -1;

    private RetriedSettings() {}

    /**
     * Returns the runner of one method.
     *
     * @throws IllegalArgumentException if an element cannot be read or is outside its bounds; it names the element
     */
    static DbopRunner apply(Retried retried, DbopRunner runner) {
        DbopRunner changed = runner.policy(policy(retried, runner.settings().policy));
        if (!retried.name().isEmpty()) {
            changed = changed.named(retried.name());
        }
        changed = retried.readOnly() ? changed.readOnly() : changed;
        changed = retried.idempotent() ? changed.idempotent() : changed;
        return limited(retried, isolated(retried.isolation(), changed));
    }

    private static RetryPolicy policy(Retried retried, RetryPolicy ofTheRunner) {
        RetryPolicy.Builder policy = ofTheRunner.toBuilder();
        if (retried.maxRetries() != OF_THE_RUNNER) {
            policy.maxRetries(retried.maxRetries());
        }
        read("maxDuration", retried.maxDuration(), policy::maxDuration);
        read("attemptTimeout", retried.attemptTimeout(), policy::attemptTimeout);
        return policy.build();
    }

    private static DbopRunner isolated(Isolation[] levels, DbopRunner runner) {
        if (levels.length > 1) {
            throw new IllegalArgumentException(
                    "isolation is " + Arrays.toString(levels) + ": must be one level; choose one");
        }
        return levels.length == 0 ? runner : runner.isolation(levels[0]);
    }

    private static DbopRunner limited(Retried retried, DbopRunner runner) {
        DbopRunner[] limited = {runner};
        read(
                "initialLockTimeout",
                retried.initialLockTimeout(),
                value -> limited[0] = limited[0].initialLockTimeout(value));
        read("lockTimeout", retried.lockTimeout(), value -> limited[0] = limited[0].lockTimeout(value));
        read("statementTimeout", retried.statementTimeout(), value -> limited[0] = limited[0].statementTimeout(value));
        return limited[0];
    }

    private static void read(String name, String text, Consumer<Duration> target) {
        if (text.isEmpty()) {
            return;
        }
        Duration value;
        try {
            value = Durations.parse(text);
        } catch (DateTimeParseException | ArithmeticException unreadable) {
            throw new IllegalArgumentException(name + " is \"" + text + "\": must be " + Durations.FORM, unreadable);
        }
        target.accept(value);
    }
}
