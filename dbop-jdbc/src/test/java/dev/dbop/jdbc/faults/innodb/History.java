package dev.dbop.jdbc.faults.innodb;

import dev.dbop.RunEvent;
import dev.dbop.RunListener;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes down how calls went, one line for each failed attempt ("step 1 OPERATION RETRY_SAVEPOINT 1205/HY000") and one
 * for each call that failed for good ("step: BEYOND_REACH"), and lets a fault pass once an attempt has met it.
 */
final class History implements RunListener {
    private final List<String> lines = new ArrayList<>();
    private final Map<String, Relief> reliefs = new HashMap<>();
    private @Nullable Throwable broken;

    /** Ends a fault. */
    @FunctionalInterface
    interface Relief {
        void run() throws SQLException;
    }

    /** Runs once, when an attempt of the call has failed and before the next one begins. */
    void whenFailed(String call, Relief relief) {
        reliefs.put(call, relief);
    }

    @Override
    public void on(RunEvent event) {
        if (event instanceof RunEvent.AttemptFailed failed) {
            lines.add(failed.name() + " " + failed.attempt() + " " + failed.phase() + " " + failed.verdict() + " "
                    + code(failed.failure()));
            relieve(failed.name());
        } else if (event instanceof RunEvent.GaveUp gaveUp) {
            lines.add(gaveUp.name() + ": " + gaveUp.reason().name());
        } else if (event instanceof RunEvent.OutcomeUnknown unknown) {
            lines.add(unknown.name() + ": OUTCOME_UNKNOWN");
        }
    }

    /** A listener's own failures change no outcome, so they are kept for the test to see. */
    private void relieve(String call) {
        Relief relief = reliefs.remove(call);
        if (relief != null) {
            try {
                relief.run();
            } catch (SQLException | RuntimeException | AssertionError failed) {
                broken = failed;
            }
        }
    }

    List<String> lines() {
        if (broken != null) {
            throw new AssertionError("the fault could not be ended", broken);
        }
        return List.copyOf(lines);
    }

    void forget() {
        lines.clear();
    }

    /**
     * The code and SQLSTATE of the first database failure among the causes, as the driver gives them; "cancelled" where
     * dbop has cancelled the statement itself, of which drivers make this or that.
     */
    static String code(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at.getClass().getSimpleName().equals("StatementTimeout")) {
                return "cancelled";
            }
            if (at instanceof SQLException known) {
                return known.getErrorCode() + "/" + known.getSQLState();
            }
        }
        return failure.getClass().getSimpleName();
    }
}
