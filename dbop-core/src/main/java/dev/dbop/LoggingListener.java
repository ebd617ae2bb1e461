package dev.dbop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs calls through SLF4J, to the logger {@code dev.dbop}, with key-value pairs: name, database, attempt, verdict,
 * delay, reason. Every {@link DbopRunner} has one unless told otherwise.
 *
 * <p>A call that is done is logged at INFO, a failure that is retried (here or by an enclosing call) and a COMMIT without
 * an answer at WARN, a final failure at ERROR.
 */
public final class LoggingListener implements RunListener {
    private static final LoggingListener DEFAULT = new LoggingListener(Level.INFO, Level.WARN, Level.ERROR);

    private final Logger logger = LoggerFactory.getLogger("dev.dbop");
    private final Level done;
    private final Level retry;
    private final Level failure;

    private LoggingListener(Level done, Level retry, Level failure) {
        this.done = Objects.requireNonNull(done, "done");
        this.retry = Objects.requireNonNull(retry, "retry");
        this.failure = Objects.requireNonNull(failure, "failure");
    }

    /**
     * Returns the listener with the usual levels: INFO, WARN, ERROR.
     *
     * @return a shared instance
     */
    public static LoggingListener defaults() {
        return DEFAULT;
    }

    /**
     * Returns a listener with levels of your own.
     *
     * @param done of a call that succeeded
     * @param retry of a failed attempt that is retried, and of a COMMIT that had to be probed
     * @param failure of a call that failed
     * @return the listener
     */
    public static LoggingListener at(Level done, Level retry, Level failure) {
        return new LoggingListener(done, retry, failure);
    }

    @Override
    public boolean wants(Class<? extends RunEvent> type) {
        if (type == RunEvent.Succeeded.class) {
            return logger.isEnabledForLevel(done);
        }
        return type != RunEvent.AttemptStarted.class;
    }

    @Override
    public void on(RunEvent event) {
        if (event instanceof RunEvent.Succeeded succeeded) {
            line(done, event)
                    .addKeyValue("elapsed", succeeded.elapsed().toMillis() + "ms")
                    .log("call \"{}\" done", event.name());
        } else if (event instanceof RunEvent.AttemptFailed failed && failed.delay() != null) {
            line(retry, event)
                    .addKeyValue("phase", failed.phase())
                    .addKeyValue("verdict", failed.verdict())
                    .addKeyValue("delay", failed.delay().toMillis() + "ms")
                    .setCause(failed.failure())
                    .log("call \"{}\" failed, trying again", event.name());
        } else if (event instanceof RunEvent.Probed probed) {
            line(retry, event)
                    .addKeyValue("status", probed.status())
                    .setCause(probed.failure())
                    .log("call \"{}\" got no answer to COMMIT, probed: {}", event.name(), probed.status());
        } else if (event instanceof RunEvent.GaveUp gaveUp) {
            line(gaveUp.reason() == GiveUpReason.BEYOND_REACH ? retry : failure, event)
                    .addKeyValue("verdict", gaveUp.verdict())
                    .addKeyValue("reason", gaveUp.reason().name())
                    .setCause(gaveUp.failure())
                    .log("call \"{}\" failed: {}", event.name(), gaveUp.reason());
        } else if (event instanceof RunEvent.OutcomeUnknown unknown) {
            line(failure, event)
                    .addKeyValue("verdict", Verdict.OUTCOME_UNKNOWN)
                    .setCause(unknown.failure())
                    .log("call \"{}\" ended, outcome unknown", event.name());
        }
    }

    private LoggingEventBuilder line(Level level, RunEvent event) {
        @Nullable Object database = event.database();
        return logger.atLevel(level)
                .addKeyValue("name", event.name())
                .addKeyValue("database", database == null ? "unknown" : database)
                .addKeyValue("attempt", event.attempt());
    }
}
