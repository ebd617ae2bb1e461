package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.Timeouts;
import dev.dbop.Verdict;
import dev.dbop.sql.Isolation;
import dev.dbop.twophase.BranchId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How one family of databases begins and ends a transaction, a savepoint or a single statement, with timeouts and
 * read-only mode set and put back. One instance per attempt; it remembers what it changed.
 *
 * <p>Every {@code begin…} that throws has put back what it changed, or thrown so that the connection is discarded.
 */
abstract class Work {
    /** Savepoint names are unique in the process: MySQL replaces one of the same name, others nest it. */
    private static final AtomicLong SAVEPOINTS = new AtomicLong();

    final Connection raw;
    final Control control;
    private @Nullable String savepoint;

    Work(Connection raw, Control control) {
        this.raw = raw;
        this.control = control;
    }

    static Work of(Server server, Connection raw, Control control) {
        return switch (server.database.family()) {
            case POSTGRESQL -> new PostgresWork(raw, control);
            case MYSQL -> new MySqlWork(raw, control, server);
            case SQLITE -> new SqliteWork(raw, control, server);
        };
    }

    static String nextSavepointName() {
        return "dbop_" + Long.toString(SAVEPOINTS.incrementAndGet(), Character.MAX_RADIX);
    }

    /** The name of this attempt's savepoint. */
    final String savepoint() {
        if (savepoint == null) {
            savepoint = nextSavepointName();
        }
        return savepoint;
    }

    /**
     * BEGIN, with everything the transaction runs under.
     *
     * @param riding a statement of ours to be sent along as the transaction's first, or null
     * @return the first value it gave, or null
     */
    abstract @Nullable String beginTransaction(
            @Nullable Isolation isolation, boolean readOnly, Timeouts timeouts, @Nullable String riding)
            throws SQLException;

    /** Begins a branch that is to be prepared; where that is an ordinary transaction until then, begins one. */
    void beginBranch(BranchId branch, @Nullable Isolation isolation, boolean readOnly, Timeouts timeouts)
            throws SQLException {
        beginTransaction(isolation, readOnly, timeouts, null);
    }

    /** COMMIT; throws if the transaction had failed, though the server would answer its COMMIT with success. */
    abstract void commit(AttemptContext context) throws SQLException;

    /** ROLLBACK; harmless if the server has rolled back already. */
    abstract void rollback() throws SQLException;

    /** Puts back what {@link #beginTransaction} changed, once the transaction is over. */
    abstract void restoreTransaction() throws SQLException;

    abstract void beginSavepoint(boolean readOnly, Timeouts timeouts) throws SQLException;

    abstract void releaseSavepoint() throws SQLException;

    /**
     * ROLLBACK TO and RELEASE, everything put back.
     *
     * @param asksIsolation whether the transaction's isolation level is wanted, at no further round trip
     * @return the level where it was wanted and matters for what a savepoint can heal, else null
     */
    abstract @Nullable Isolation rollbackToSavepoint(boolean asksIsolation) throws SQLException;

    /** What a failed {@link #rollbackToSavepoint} says about the transaction, given the failure before it. */
    abstract Verdict afterLostSavepoint(SQLException lost, JdbcFaults.@Nullable Found cause) throws SQLException;

    abstract void beginAutocommit(boolean readOnly, Timeouts timeouts) throws SQLException;

    abstract void endAutocommit() throws SQLException;

    /** Whether a failed statement has left the transaction alive, as far as the work itself can find out. */
    boolean transactionSurvived(SQLException failure) throws SQLException {
        return true;
    }

    /** Whether {@link #transactionSurvived} finds out for certain, so that the fault table need not be asked. */
    boolean asksWhetherTransactionSurvived() {
        return false;
    }

    /** What a connection of this database reports as autocommit while a transaction is open. */
    boolean autoCommitInTransaction() {
        return false;
    }
}
