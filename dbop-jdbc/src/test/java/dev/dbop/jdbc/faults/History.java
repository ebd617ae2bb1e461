package dev.dbop.jdbc.faults;

import dev.dbop.DbopException;
import dev.dbop.RunEvent;
import dev.dbop.RunListener;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/**
 * Writes down every failed attempt of every call in the order of the events, a line each: {@code step #1 OPERATION 40P01
 * RETRY_SAVEPOINT}. The code is the one of the exception that was thrown, as the driver made it; of dbop's own exceptions
 * the line holds the name and the code of the cause.
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

    /** Does something after a failed attempt of a call and before the next one. */
    void after(String call, int attempt, Action action) {
        actions.put(call + " #" + attempt, action);
    }

    @Override
    public void on(RunEvent event) {
        if (event instanceof RunEvent.AttemptFailed failed) {
            String attempt = failed.name() + " #" + failed.attempt();
            lines.add(attempt + " " + failed.phase() + " " + code(failed.failure()) + " " + failed.verdict());
            Action action = actions.remove(attempt);
            if (action != null) {
                run(action);
            }
        }
    }

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

    /** Forgets the lines so far. */
    void clear() {
        lines.clear();
    }

    static String code(@Nullable Throwable failure) {
        if (failure instanceof SQLiteException sqlite) {
            return Integer.toString(sqlite.getResultCode().code);
        }
        if (failure instanceof SQLException sql) {
            return sql.getSQLState() == null ? Integer.toString(sql.getErrorCode()) : sql.getSQLState();
        }
        if (failure instanceof DbopException own) {
            return own.getClass().getSimpleName() + "(" + code(own.getCause()) + ")";
        }
        return failure == null ? "" : failure.getClass().getSimpleName();
    }
}
