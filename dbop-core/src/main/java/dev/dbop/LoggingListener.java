package dev.dbop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs calls through SLF4J, to the logger {@code dev.dbop}. Every {@link DbopRunner} has one unless told otherwise.
 *
 * <table>
 *   <caption>What is logged, and how loudly</caption>
 *   <tr><th>event</th><th>level</th><th>stack trace</th></tr>
 *   <tr><td>a call is done</td><td>INFO</td><td></td></tr>
 *   <tr><td>a failure that is retried, here or by an enclosing call; a COMMIT without an answer that was probed</td>
 *     <td>WARN</td><td>no</td></tr>
 *   <tr><td>the final failure, an {@link Error} included; an unknown outcome</td><td>ERROR</td><td>yes, with the failures before it suppressed in
 *     it</td></tr>
 *   <tr><td>a call ended with a failure that is not of the database ({@link GiveUpReason#NOT_OF_THE_DATABASE}), such as
 *     the exception by which an application rolls back</td><td>DEBUG</td><td>no: the caller gets it</td></tr>
 * </table>
 *
 * <p>A busy application may not want a line for each call that is done: set the logger {@code dev.dbop} to WARN, or use
 * {@code runner.listeners(LoggingListener.at(Level.DEBUG, Level.WARN, Level.ERROR))}. A line that is not logged costs
 * next to nothing.
 *
 * <p>The text says what happened by itself: number of the attempt, phase, verdict, delay, and the failure in one line
 * (class, first line of its message, cut at 300 characters, what looks like a password replaced by {@code ***}). The same
 * comes as key-value pairs for appenders that take them: name, database and attempt always; elapsed, phase, verdict,
 * delay, reason, status and exception where there are any. The stack trace of a final failure is the exception's own, its
 * message as the driver wrote it.
 *
 * <p>Immutable and thread-safe.
 */
public final class LoggingListener implements RunListener {
    private static final LoggingListener DEFAULT =
            new LoggingListener(Level.INFO, Level.WARN, Level.ERROR, Level.DEBUG);

    private final Logger logger = LoggerFactory.getLogger("dev.dbop");
    private final Level done;
    private final Level retry;
    private final Level failure;
    private final Level application;

    private LoggingListener(Level done, Level retry, Level failure, Level application) {
        this.done = Objects.requireNonNull(done, "done");
        this.retry = Objects.requireNonNull(retry, "retry");
        this.failure = Objects.requireNonNull(failure, "failure");
        this.application = Objects.requireNonNull(application, "application");
    }

    /**
     * Returns the listener with the usual levels: INFO, WARN, ERROR, and DEBUG for the application's own failures.
     *
     * @return a shared instance
     */
    public static LoggingListener defaults() {
        return DEFAULT;
    }

    /**
     * Returns a listener with levels of your own; the application's own failures stay at DEBUG.
     *
     * @param done of a call that succeeded
     * @param retry of a failed attempt that is retried, and of a COMMIT that had to be probed
     * @param failure of a call that failed
     * @return the listener
     */
    public static LoggingListener at(Level done, Level retry, Level failure) {
        return new LoggingListener(done, retry, failure, Level.DEBUG);
    }

    /**
     * Returns a listener with another level for calls that end with a failure that is not of the database.
     *
     * @param level of a call whose {@link RunEvent.GaveUp#reason()} is {@link GiveUpReason#NOT_OF_THE_DATABASE}
     * @return a changed copy
     */
    public LoggingListener applicationFailuresAt(Level level) {
        return new LoggingListener(done, retry, failure, level);
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
            done(succeeded);
        } else if (event instanceof RunEvent.AttemptFailed failed) {
            failed(failed);
        } else if (event instanceof RunEvent.Probed probed) {
            probed(probed);
        } else if (event instanceof RunEvent.GaveUp gaveUp) {
            gaveUp(gaveUp);
        } else if (event instanceof RunEvent.OutcomeUnknown unknown) {
            unknown(unknown);
        }
    }

    private void done(RunEvent.Succeeded event) {
        String elapsed = event.elapsed().toMillis() + "ms";
        line(done, event)
                .addKeyValue("elapsed", elapsed)
                .log("call \"{}\" done in {}, attempt {}", event.name(), elapsed, event.attempt());
    }

    private void failed(RunEvent.AttemptFailed event) {
        if (event.delay() == null || !logger.isEnabledForLevel(retry)) {
            return;
        }
        String delay = event.delay().toMillis() + "ms";
        String exception = FailureLine.of(event.failure());
        line(retry, event)
                .addKeyValue("phase", event.phase())
                .addKeyValue("verdict", event.verdict())
                .addKeyValue("delay", delay)
                .addKeyValue("exception", exception)
                .log(
                        "call \"{}\" failed, trying again in {}: attempt {}, {}, {}: {}",
                        event.name(),
                        delay,
                        event.attempt(),
                        event.phase(),
                        event.verdict(),
                        exception);
    }

    private void probed(RunEvent.Probed event) {
        if (!logger.isEnabledForLevel(retry)) {
            return;
        }
        String exception = FailureLine.of(event.failure());
        line(retry, event)
                .addKeyValue("status", event.status())
                .addKeyValue("exception", exception)
                .log(
                        "call \"{}\" got no answer to COMMIT, probed: {}: attempt {}: {}",
                        event.name(),
                        event.status(),
                        event.attempt(),
                        exception);
    }

    private void gaveUp(RunEvent.GaveUp event) {
        Level level = level(event.reason());
        if (!logger.isEnabledForLevel(level)) {
            return;
        }
        String exception = FailureLine.of(event.failure());
        LoggingEventBuilder line = line(level, event)
                .addKeyValue("phase", event.phase())
                .addKeyValue("verdict", event.verdict())
                .addKeyValue("reason", event.reason().name())
                .addKeyValue("exception", exception);
        boolean last =
                event.reason() != GiveUpReason.BEYOND_REACH && event.reason() != GiveUpReason.NOT_OF_THE_DATABASE;
        (last ? line.setCause(event.failure()) : line)
                .log(
                        "call \"{}\" failed, {}: attempt {}, {}, {}: {}",
                        event.name(),
                        event.reason(),
                        event.attempt(),
                        event.phase(),
                        event.verdict(),
                        exception);
    }

    private Level level(GiveUpReason reason) {
        return switch (reason) {
            case BEYOND_REACH -> retry;
            case NOT_OF_THE_DATABASE -> application;
            default -> failure;
        };
    }

    private void unknown(RunEvent.OutcomeUnknown event) {
        Throwable cause = event.failure().getCause();
        String exception = FailureLine.of(cause == null ? event.failure() : cause);
        line(failure, event)
                .addKeyValue("verdict", Verdict.OUTCOME_UNKNOWN)
                .addKeyValue("exception", exception)
                .setCause(event.failure())
                .log("call \"{}\" ended, outcome unknown: attempt {}: {}", event.name(), event.attempt(), exception);
    }

    private LoggingEventBuilder line(Level level, RunEvent event) {
        @Nullable Object database = event.database();
        return logger.atLevel(level)
                .addKeyValue("name", event.name())
                .addKeyValue("database", database == null ? "unknown" : database)
                .addKeyValue("attempt", event.attempt());
    }
}
