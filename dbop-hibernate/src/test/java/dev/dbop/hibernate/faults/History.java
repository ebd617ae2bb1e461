package dev.dbop.hibernate.faults;

import dev.dbop.RunEvent;
import dev.dbop.RunListener;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Writes down how calls went, a line for each failed attempt ({@code step #1 OPERATION RETRY_SAVEPOINT 40P01}) and for each
 * call that failed for good ({@code step: BEYOND_REACH}), and lets a fault pass once an attempt has met it.
 */
final class History implements RunListener {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Map<String, Action> actions = new HashMap<>();
    private volatile @Nullable Throwable broken;

    /** What a test does when an attempt has failed and is undone. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    /** Does something after the first failed attempt of a call and before the next one. */
    void afterFirst(String call, Action action) {
        actions.put(call, action);
    }

    @Override
    public void on(RunEvent event) {
        if (event instanceof RunEvent.AttemptFailed failed) {
            lines.add(failed.name() + " #" + failed.attempt() + " " + failed.phase() + " " + failed.verdict() + " "
                    + code(failed.failure()));
            Action action = actions.remove(failed.name());
            if (action != null) {
                run(action);
            }
        } else if (event instanceof RunEvent.GaveUp gaveUp) {
            lines.add(gaveUp.name() + ": " + gaveUp.reason().name());
        } else if (event instanceof RunEvent.OutcomeUnknown unknown) {
            lines.add(unknown.name() + ": OUTCOME_UNKNOWN");
        }
    }

    /** A listener's own failures change no outcome, so they are kept for the test to see. */
    private void run(Action action) {
        try {
            action.run();
        } catch (Exception | AssertionError problem) {
            broken = problem;
        }
    }

    /** The lines so far; fails if an action has. */
    List<String> lines() {
        Throwable problem = broken;
        if (problem != null) {
            throw new AssertionError("what the test does between two attempts went wrong; history: " + lines, problem);
        }
        return List.copyOf(lines);
    }

    void forget() {
        lines.clear();
    }

    /** The code of the database failure under all others, else the failure's name. */
    static String code(Throwable failure) {
        String code = failure.getClass().getSimpleName();
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at.getClass().getSimpleName().equals("StatementTimeout")) {
                return "cancelled";
            }
            if (at instanceof SQLException sql) {
                code = sql.getErrorCode() == 0 ? String.valueOf(sql.getSQLState()) : "" + sql.getErrorCode();
            }
        }
        return code;
    }
}
