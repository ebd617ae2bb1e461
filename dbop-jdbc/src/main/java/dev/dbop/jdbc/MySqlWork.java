package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.Timeouts;
import dev.dbop.Verdict;
import dev.dbop.sql.BranchSql;
import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.MySqlSql;
import dev.dbop.sql.Undone;
import dev.dbop.twophase.BranchId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MySQL, MariaDB and TiDB. The driver stays in autocommit mode as it sees it and transactions are controlled in SQL:
 * with timeouts, and always with MariaDB's driver, {@code autocommit=0} rides in the SET that keeps and changes them;
 * otherwise START TRANSACTION is sent.
 */
final class MySqlWork extends Work {
    private final Server server;
    private final MySqlSql sql;
    private @Nullable Object session;
    private int slot;
    private Timeouts timeouts = Timeouts.none();
    private boolean autocommitOff;
    private boolean sessionReadOnly;

    MySqlWork(Connection raw, Control control, Server server) {
        super(raw, control);
        this.server = server;
        this.sql = MySqlSql.of(server.database);
    }

    @Override
    @Nullable
    String beginTransaction(@Nullable Isolation isolation, boolean readOnly, Timeouts wanted, @Nullable String riding)
            throws SQLException {
        boolean wasAutoCommit = raw.getAutoCommit();
        // In a batch MariaDB's driver goes on after a deadlock: with autocommit on, what follows would be durable.
        boolean pipelines = server.driver.driver == DriverMethods.MARIADB;
        autocommitOff = wasAutoCommit && !control.joins() && (pipelines || !wanted.isNone());
        String save = autocommitOff ? save(wanted, false, "autocommit=0") : save(wanted, false);
        control.runAll(Arrays.asList(
                sql.characteristics(isolation, readOnly), save, autocommitOff ? null : "START TRANSACTION", riding));
        return null;
    }

    /** XA START takes the place of START TRANSACTION; the driver knows nothing of it. */
    @Override
    void beginBranch(BranchId branch, @Nullable Isolation isolation, boolean readOnly, Timeouts wanted)
            throws SQLException {
        control.runAll(Arrays.asList(
                sql.characteristics(isolation, readOnly),
                save(wanted, false),
                BranchSql.of(server.database).start(branch)));
    }

    @Override
    void commit(AttemptContext context, boolean atRest) throws SQLException {
        String restore = restore();
        if (restore == null) {
            control.run("COMMIT");
            return;
        }
        if (control.joins()) {
            // COMMIT last: whatever fails in the text before it, nothing is committed.
            control.runAll(List.of(restore, "COMMIT"));
            restored();
        } else if (control.runPair("COMMIT", restore) == null) {
            restored();
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
            restored();
        }
    }

    /** Autocommit comes last: switching it on commits, so nothing may be open by then. */
    private @Nullable String restore() {
        return autocommitOff ? sql.restore(timeouts, slot, "autocommit=1") : sql.restore(timeouts, slot);
    }

    /** Keeps what the session has under a number that no other attempt on it uses. */
    private @Nullable String save(Timeouts wanted, boolean shorten, String... also) throws SQLException {
        timeouts = wanted;
        if (!wanted.isNone()) {
            takeSlot();
        }
        return sql.save(timeouts, slot, shorten, also);
    }

    private void takeSlot() throws SQLException {
        if (session == null) {
            Object physical = server.driver.physical(raw);
            session = physical == null ? raw : physical;
            slot = Slots.take(session);
        }
    }

    /** Nothing of this attempt is left in the session. */
    private void restored() {
        timeouts = Timeouts.none();
        autocommitOff = false;
        sessionReadOnly = false;
        if (session != null) {
            Slots.giveBack(session, slot);
            session = null;
        }
    }

    @Override
    void beginSavepoint(boolean readOnly, Timeouts wanted) throws SQLException {
        if (readOnly) {
            throw new IllegalStateException("read-only is asked of a savepoint on " + server.database.productName()
                    + ": a transaction's access mode cannot change once it has begun; declare the enclosing call"
                    + " read-only instead");
        }
        control.runAll(Arrays.asList(save(wanted, true), savepoint().set()));
    }

    @Override
    void releaseSavepoint() throws SQLException {
        control.runAll(Arrays.asList(sql.restore(timeouts, slot), savepoint().release()));
        savepointIsGone();
        restored();
    }

    @Override
    @Nullable
    Isolation rollbackToSavepoint(boolean asksIsolation) throws SQLException {
        // A lock wait heals here at any level: InnoDB's writes see the newest committed row, snapshot or not.
        SQLException failed = null;
        try {
            control.runAll(List.of(savepoint().rollBack(), savepoint().release()));
            savepointIsGone();
        } catch (SQLException lost) {
            failed = lost;
        }
        restoreAfter(failed);
        if (!asksIsolation) {
            return null;
        }
        boolean snapshot = raw.getTransactionIsolation() >= Connection.TRANSACTION_REPEATABLE_READ;
        return snapshot ? Isolation.REPEATABLE_READ : Isolation.READ_COMMITTED;
    }

    /** The session's timeouts outlive transaction and savepoint, so they are put back whatever happened. */
    private void restoreAfter(@Nullable SQLException failed) throws SQLException {
        String restore = sql.restore(timeouts, slot);
        if (restore != null && !(failed != null && raw.isClosed())) {
            try {
                control.run(restore);
                restored();
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
        return ended || (timedOut && Server.rollsBackOnTimeout(raw)) ? Verdict.RETRY_TRANSACTION : Verdict.GIVE_UP;
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
                || !Server.rollsBackOnTimeout(raw);
    }

    @Override
    void beginAutocommit(boolean readOnly, Timeouts wanted) throws SQLException {
        sessionReadOnly = readOnly;
        List<String> also = new ArrayList<>(2);
        if (readOnly) {
            takeSlot();
            also.add(readOnlyBefore() + "=@@" + sql.readOnlyVariable());
            also.add(sql.readOnlyVariable() + "=1");
        }
        String save = save(wanted, false, also.toArray(new String[0]));
        if (save != null) {
            control.run(save);
        }
    }

    @Override
    void endAutocommit() throws SQLException {
        String restore = sessionReadOnly
                ? sql.restore(timeouts, slot, sql.readOnlyVariable() + "=" + readOnlyBefore())
                : sql.restore(timeouts, slot);
        if (restore != null) {
            control.run(restore);
            restored();
        }
    }

    private String readOnlyBefore() {
        return "@dbop_read_only_" + slot;
    }
}
