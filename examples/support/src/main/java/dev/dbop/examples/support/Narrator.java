package dev.dbop.examples.support;

import dev.dbop.RunEvent;
import dev.dbop.RunListener;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Prints what happens during calls, a line for each event, and lets the maker of a trouble end it as soon as it has been
 * felt. Thread-safe.
 */
public final class Narrator implements RunListener {
    private final Map<String, Task> reactions = new ConcurrentHashMap<>();

    /** Makes a narrator without reactions. */
    public Narrator() {}

    /**
     * Does something after the next failed attempt of a call, before the call goes on.
     *
     * @param call its name
     * @param reaction what to do, once
     */
    public void afterFailureOf(String call, Task reaction) {
        reactions.put(call, reaction);
    }

    @Override
    public void on(RunEvent event) {
        if (event instanceof RunEvent.AttemptFailed failed) {
            String line = failed.verdict() + ": " + firstLine(failed.failure());
            System.out.printf("  %s, attempt %d failed, %s%n", failed.name(), failed.attempt(), line);
            Task reaction = reactions.remove(failed.name());
            if (reaction != null) {
                reaction.runUnchecked();
            }
        } else if (event instanceof RunEvent.GaveUp gaveUp) {
            System.out.printf("  %s is given up: %s%n", gaveUp.name(), gaveUp.reason());
        } else if (event instanceof RunEvent.Probed probed) {
            System.out.printf(
                    "  %s, attempt %d got no answer to its COMMIT and is %s%n",
                    probed.name(), probed.attempt(), probed.status());
        } else if (event instanceof RunEvent.Succeeded done) {
            System.out.printf("  %s is done by attempt %d%n", done.name(), done.attempt());
        }
    }

    /** What the database said, without the number of the connection that MariaDB's driver begins it with. */
    private static String firstLine(Throwable failure) {
        Throwable told = failure;
        while (!(told instanceof SQLException) && told.getCause() != null) {
            told = told.getCause();
        }
        String message = String.valueOf(told.getMessage()).lines().findFirst().orElse("");
        return message.replaceFirst("^\\(conn=\\d+\\) ", "");
    }
}
