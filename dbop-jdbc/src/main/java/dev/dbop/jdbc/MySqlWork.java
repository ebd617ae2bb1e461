package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.Timeouts;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.MySqlSql;
import dev.dbop.sql.Undone;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MySQL, MariaDB and TiDB. The driver stays in autocommit mode as it sees it and transactions are controlled in SQL:
 * with timeouts, {@code autocommit=0} rides in the SET that keeps and changes them; without, START TRANSACTION is sent.
 */
final class MySqlWork extends Work {
    private final Server server;
    private final MySqlSql sql;
    private final int depth;
    private Timeouts timeouts = Timeouts.none();
    private boolean autocommitOff;
    private boolean sessionReadOnly;

    MySqlWork(Connection raw, Control control, Server server, int depth) {
        super(raw, control);
        this.server = server;
        this.sql = MySqlSql.of(server.database);
        this.depth = depth;
    }

    @Override
    @Nullable
    String beginTransaction(@Nullable Isolation isolation, boolean readOnly, Timeouts wanted, @Nullable String riding)
            throws SQLException {
        timeouts = wanted;
        boolean wasAutoCommit = raw.getAutoCommit();
        autocommitOff = wasAutoCommit && !timeouts.isNone() && !control.joins();
        String save =
                autocommitOff ? sql.save(timeouts, depth, false, "autocommit=0") : sql.save(timeouts, depth, false);
        control.runAll(Arrays.asList(
                sql.characteristics(isolation, readOnly), save, autocommitOff ? null : "START TRANSACTION", riding));
        return null;
    }

    @Override
    void commit(AttemptContext context) throws SQLException {
        String restore = restore();
        if (restore == null) {
            control.run("COMMIT");
            return;
        }
        if (control.joins()) {
            // COMMIT last: whatever fails in the text before it, nothing is committed.
            control.runAll(List.of(restore, "COMMIT"));
            timeouts = Timeouts.none();
        } else if (control.runPair("COMMIT", restore) == null) {
            timeouts = Timeouts.none();
            autocommitOff = false;
        }
    }

    @Override
    void rollback() throws SQLException {
        control.run("ROLLBACK");
    }

    @Override
    void restoreTransaction() throws SQLException {
        String restore = restore();
        if (restore != null) {
            control.run(restore);
        }
    }

    /** Autocommit comes last: switching it on commits, so nothing may be open by then. */
    private @Nullable String restore() {
        return autocommitOff ? sql.restore(timeouts, depth, "autocommit=1") : sql.restore(timeouts, depth);
    }

    @Override
    void beginSavepoint(boolean readOnly, Timeouts wanted) throws SQLException {
        if (readOnly) {
            throw new IllegalStateException("read-only is asked of a savepoint on " + server.database.productName()
                    + ": a transaction's access mode cannot change once it has begun; declare the enclosing call"
                    + " read-only instead");
        }
        timeouts = wanted;
        control.runAll(Arrays.asList(sql.save(timeouts, depth, true), "SAVEPOINT " + savepoint()));
    }

    @Override
    void releaseSavepoint() throws SQLException {
        control.runAll(Arrays.asList(sql.restore(timeouts, depth), "RELEASE SAVEPOINT " + savepoint()));
    }

    @Override
    @Nullable
    Isolation rollbackToSavepoint(boolean asksIsolation) throws SQLException {
        // A lock wait heals here at any level: InnoDB's writes see the newest committed row, snapshot or not.
        SQLException failed = null;
        try {
            control.runAll(List.of("ROLLBACK TO SAVEPOINT " + savepoint(), "RELEASE SAVEPOINT " + savepoint()));
        } catch (SQLException lost) {
            failed = lost;
        }
        restoreAfter(failed);
        return null;
    }

    /** The session's timeouts outlive transaction and savepoint, so they are put back whatever happened. */
    private void restoreAfter(@Nullable SQLException failed) throws SQLException {
        String restore = sql.restore(timeouts, depth);
        if (restore != null && !(failed != null && raw.isClosed())) {
            try {
                control.run(restore);
            } catch (SQLException alsoFailed) {
                if (failed == null) {
                    throw alsoFailed;
                }
                failed.addSuppressed(alsoFailed);
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    /**
     * The savepoint is gone. After an error that ends the transaction, or a lock wait where the server is told to undo
     * everything, it was rolled back. Otherwise only an implicit commit explains it: the outer work is durable.
     */
    @Override
    Verdict afterLostSavepoint(SQLException lost, JdbcFaults.@Nullable Found cause) throws SQLException {
        JdbcFaults.Found rollback = JdbcFaults.find(server.database, lost);
        Fault why = rollback == null ? null : rollback.fault();
        if (why != null && why.undone() != Undone.STATEMENT && why.vendorCode() != NO_SAVEPOINT) {
            return Verdict.RETRY_TRANSACTION;
        }
        Fault fault = cause == null ? null : cause.fault();
        boolean ended = fault != null && fault.undone() == Undone.TRANSACTION;
        boolean timedOut = fault != null && fault.vendorCode() == LOCK_WAIT_TIMEOUT;
        return ended || (timedOut && server.rollsBackOnTimeout(raw)) ? Verdict.RETRY_TRANSACTION : Verdict.GIVE_UP;
    }

    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int NO_SAVEPOINT = 1305;

    @Override
    boolean transactionSurvived(SQLException failure) throws SQLException {
        // Of a batch, the failure that counts is the one inside.
        JdbcFaults.Found found = JdbcFaults.find(server.database, failure);
        return found == null
                || found.exception().getErrorCode() != LOCK_WAIT_TIMEOUT
                || server.database == Database.TIDB
                || !server.rollsBackOnTimeout(raw);
    }

    @Override
    void beginAutocommit(boolean readOnly, Timeouts wanted) throws SQLException {
        timeouts = wanted;
        sessionReadOnly = readOnly;
        List<String> also = new ArrayList<>(2);
        if (readOnly) {
            also.add("@dbop_read_only=@@" + sql.readOnlyVariable());
            also.add(sql.readOnlyVariable() + "=1");
        }
        String save = sql.save(timeouts, depth, false, also.toArray(new String[0]));
        if (save != null) {
            control.run(save);
        }
    }

    @Override
    void endAutocommit() throws SQLException {
        String restore = sessionReadOnly
                ? sql.restore(timeouts, depth, sql.readOnlyVariable() + "=@dbop_read_only")
                : sql.restore(timeouts, depth);
        if (restore != null) {
            control.run(restore);
        }
    }
}
