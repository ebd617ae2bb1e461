package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.Timeouts;
import dev.dbop.Verdict;
import dev.dbop.sql.Isolation;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * SQLite. The driver stays in autocommit mode and transactions are controlled in SQL, because sqlite-jdbc's own commit
 * begins the next transaction at once: it may commit and then throw BUSY. A lock timeout is SQLite's busy timeout.
 */
final class SqliteWork extends Work {
    private static final int ERROR = 1;
    private static final int BUSY = 5;
    private static final int PRIMARY_CODE = 0xff;
    /** Each wait is one busy timeout long; a reader that outlasts so many will not leave soon. */
    private static final int COMMIT_TRIES = 10;

    private final Server server;
    private boolean wasManual;
    private @Nullable Integer busyTimeoutBefore;
    private boolean queryOnly;

    SqliteWork(Connection raw, Control control, Server server) {
        super(raw, control);
        this.server = server;
    }

    @Override
    @Nullable
    String beginTransaction(@Nullable Isolation isolation, boolean readOnly, Timeouts timeouts, @Nullable String riding)
            throws SQLException {
        // Every level is asked for and given as SERIALIZABLE, the only one there is.
        if (!raw.getAutoCommit()) {
            wasManual = true;
            raw.setAutoCommit(true);
        }
        limitWaits(timeouts);
        if (readOnly) {
            readOnly();
        }
        control.run(readOnly ? "BEGIN" : "BEGIN IMMEDIATE");
        if (riding != null) {
            control.run(riding);
        }
        return null;
    }

    private void limitWaits(Timeouts timeouts) throws SQLException {
        if (timeouts.isNone()) {
            return;
        }
        int before = busyTimeout();
        int wait = timeouts.lock() == null ? before : millis(timeouts.lock());
        // Neither a cancel nor a limit ends a busy wait, so it must end by itself before they strike.
        int wanted = Math.min(wait, millis(timeouts.statement()));
        if (wanted != before) {
            busyTimeoutBefore = before;
            setBusyTimeout(wanted);
        }
    }

    private static int millis(@Nullable Duration limit) {
        return limit == null ? Integer.MAX_VALUE : (int) Math.max(1, Math.min(Integer.MAX_VALUE, limit.toMillis()));
    }

    private int busyTimeout() throws SQLException {
        Integer millis = server.driver.busyTimeout(raw);
        return millis != null ? millis : Integer.parseInt(String.valueOf(control.query("PRAGMA busy_timeout")));
    }

    private void setBusyTimeout(int millis) throws SQLException {
        if (server.driver.driver == DriverMethods.SQLITE) {
            // A PRAGMA would leave the driver's own idea of the timeout behind, which it restores after each query.
            server.driver.setBusyTimeout(raw, millis);
        } else {
            control.query("PRAGMA busy_timeout=" + millis);
        }
    }

    private void readOnly() throws SQLException {
        String before = control.query("PRAGMA query_only");
        if (!"1".equals(before)) {
            queryOnly = true;
            control.run("PRAGMA query_only=1");
        }
    }

    /** BUSY at COMMIT leaves the transaction as it is: only the COMMIT is repeated, never the work. */
    @Override
    void commit(AttemptContext context, boolean atRest) throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                control.run("COMMIT");
                return;
            } catch (SQLException failure) {
                boolean busy = (failure.getErrorCode() & PRIMARY_CODE) == BUSY;
                if (!busy || tries == COMMIT_TRIES || context.deadline().hasPassed()) {
                    throw failure;
                }
            }
        }
    }

    @Override
    void rollback() throws SQLException {
        try {
            control.run("ROLLBACK");
        } catch (SQLException failure) {
            if (!noTransaction(failure)) {
                throw failure;
            }
        }
    }

    /** Some errors (INTERRUPT, FULL, RAISE(ROLLBACK)) have already rolled everything back. */
    private static boolean noTransaction(SQLException failure) {
        String message = failure.getMessage();
        return message != null && message.toLowerCase(Locale.ROOT).contains("no transaction is active");
    }

    @Override
    void restoreTransaction() throws SQLException {
        restoreSettings();
        if (wasManual) {
            raw.setAutoCommit(false);
        }
    }

    private void restoreSettings() throws SQLException {
        if (queryOnly) {
            queryOnly = false;
            control.run("PRAGMA query_only=0");
        }
        Integer before = busyTimeoutBefore;
        if (before != null) {
            busyTimeoutBefore = null;
            setBusyTimeout(before);
        }
    }

    @Override
    void beginSavepoint(boolean readOnly, Timeouts timeouts) throws SQLException {
        limitWaits(shortened(timeouts));
        if (readOnly) {
            readOnly();
        }
        control.run(savepoint().set());
    }

    /** A nested scope never lengthens the outer limit. */
    private Timeouts shortened(Timeouts timeouts) throws SQLException {
        Duration lock = timeouts.lock();
        if (lock == null) {
            return timeouts;
        }
        Duration outer = Duration.ofMillis(Math.max(1, busyTimeout()));
        return lock.compareTo(outer) <= 0 ? timeouts : timeouts.withLock(outer);
    }

    @Override
    void releaseSavepoint() throws SQLException {
        control.run(savepoint().release());
        savepointIsGone();
        restoreSettings();
    }

    @Override
    @Nullable
    Isolation rollbackToSavepoint(boolean asksIsolation) throws SQLException {
        try {
            control.run(savepoint().rollBack());
            control.run(savepoint().release());
            savepointIsGone();
        } finally {
            restoreSettings();
        }
        return null;
    }

    @Override
    Verdict afterLostSavepoint(SQLException lost, JdbcFaults.@Nullable Found cause) {
        return Verdict.RETRY_TRANSACTION;
    }

    /** BEGIN is refused inside a transaction; where it is not, the transaction is gone. In process, so it costs little. */
    @Override
    boolean transactionSurvived(SQLException failure) throws SQLException {
        try {
            control.run("BEGIN");
        } catch (SQLException within) {
            // Anything but this refusal, such as an interrupt that is still pending, says nothing.
            return (within.getErrorCode() & PRIMARY_CODE) == ERROR;
        }
        control.run("ROLLBACK");
        return false;
    }

    @Override
    boolean asksWhetherTransactionSurvived() {
        return true;
    }

    @Override
    void beginAutocommit(boolean readOnly, Timeouts timeouts) throws SQLException {
        limitWaits(timeouts);
        if (readOnly) {
            readOnly();
        }
    }

    @Override
    void endAutocommit() throws SQLException {
        restoreSettings();
    }
}
