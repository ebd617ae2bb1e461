package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.Timeouts;
import dev.dbop.Verdict;
import dev.dbop.sql.Isolation;
import dev.dbop.twophase.BranchId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How one family of databases begins and ends a transaction, a savepoint or a single statement, with timeouts and
 * read-only mode set and put back. One instance per attempt; it remembers what it changed.
 *
 * <p>Every {@code begin…} that throws has put back what it changed, or thrown so that the connection is discarded.
 */
abstract class Work {
    final Connection raw;
    final Control control;
    private @Nullable SavepointName savepoint;
    private @Nullable Consumer<@Nullable String> ridden;
    private @Nullable Prologue prologue;

    Work(Connection raw, Control control) {
        this.raw = raw;
        this.control = control;
    }

    static Work of(Server server, Connection raw, Control control) {
        return switch (server.database.family()) {
            case POSTGRESQL -> new PostgresWork(raw, control, server.database);
            case MYSQL -> new MySqlWork(raw, control, server);
            case SQLITE -> new SqliteWork(raw, control, server);
        };
    }

    /** The name of this attempt's savepoint. */
    final SavepointName savepoint() {
        if (savepoint == null) {
            savepoint = SavepointName.take();
        }
        return savepoint;
    }

    /** The attempt's savepoint is certain not to exist any more. */
    final void savepointIsGone() {
        if (savepoint != null) {
            savepoint.giveBack();
            savepoint = null;
        }
    }

    /**
     * Has the beginning wait for the operation's first statement, on databases where it can.
     *
     * @param value gets what the statement of ours that is sent along gives, when it has been sent
     */
    final void holdBack(Consumer<@Nullable String> value) {
        ridden = value;
    }

    final boolean holdsBack() {
        return ridden != null;
    }

    final void ridden(@Nullable String value) {
        if (ridden != null) {
            ridden.accept(value);
        }
    }

    /** The beginning is over, but for what waits. */
    final void hold(Prologue waiting) {
        prologue = waiting;
    }

    /** What has waited, or waits, for the first statement, or null. */
    final @Nullable Prologue prologue() {
        return prologue;
    }

    /** Whether nothing was ever sent, so that there is nothing to end; nothing will be from now on. */
    final boolean neverBegan() {
        return prologue != null && prologue.drop();
    }

    /**
     * BEGIN, with everything the transaction runs under.
     *
     * @param riding a statement of ours to be sent along as the transaction's first, or null
     * @return the first value it gave, or null; also while it waits
     */
    abstract @Nullable String beginTransaction(
            @Nullable Isolation isolation, boolean readOnly, Timeouts timeouts, @Nullable String riding)
            throws SQLException;

    /** Begins a branch that is to be prepared; where that is an ordinary transaction until then, begins one. */
    void beginBranch(BranchId branch, @Nullable Isolation isolation, boolean readOnly, Timeouts timeouts)
            throws SQLException {
        beginTransaction(isolation, readOnly, timeouts, null);
    }

    /**
     * COMMIT; throws if the transaction had failed, though the server would answer its COMMIT with success.
     *
     * @param atRest whether nothing of the operation's can come between, so that what the driver says now is true then
     */
    abstract void commit(AttemptContext context, boolean atRest) throws SQLException;

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
