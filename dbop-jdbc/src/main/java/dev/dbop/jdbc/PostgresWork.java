package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.Timeouts;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.PostgresSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL and its relatives. BEGIN rides along with the first statement, own statements are joined into one string,
 * so a transaction costs one round trip for COMMIT and one more for a prologue if there is any.
 */
final class PostgresWork extends Work {
    /**
     * COMMIT of a failed transaction answers ROLLBACK without an error; any statement before it in the same string fails with
     * 25P02 instead, at no further round trip. Where the driver knows that the transaction has not failed, and nothing
     * can let it fail any more, COMMIT needs none.
     */
    private static final Map<Database, String> COMMITS = new EnumMap<>(Database.class);

    static {
        for (Database database : Database.values()) {
            COMMITS.put(database, PostgresSql.failsInFailedTransaction(database) + "; COMMIT");
        }
    }

    private final Database database;
    private boolean wasAutoCommit;
    private List<String> restore = List.of();

    PostgresWork(Connection raw, Control control, Database database) {
        super(raw, control);
        this.database = database;
    }

    @Override
    @Nullable
    String beginTransaction(@Nullable Isolation isolation, boolean readOnly, Timeouts timeouts, @Nullable String riding)
            throws SQLException {
        wasAutoCommit = raw.getAutoCommit();
        if (wasAutoCommit) {
            raw.setAutoCommit(false);
        }
        List<String> prologue = prologue(isolation, readOnly, timeouts, riding);
        if (holdsBack()) {
            hold(new Prologue(
                    prologue,
                    this::refusePassedBy,
                    () -> ridden(first(control.runJoined(prologue))),
                    values -> ridden(first(values))));
            return null;
        }
        return prologue.isEmpty() ? null : first(control.runJoined(prologue));
    }

    private static List<String> prologue(
            @Nullable Isolation isolation, boolean readOnly, Timeouts timeouts, @Nullable String riding) {
        if (isolation == null && !readOnly && timeouts.isNone() && riding == null) {
            return List.of();
        }
        List<String> prologue = new ArrayList<>(4);
        String characteristics = PostgresSql.characteristics(isolation, readOnly);
        if (characteristics != null) {
            prologue.add(characteristics);
        }
        prologue.addAll(PostgresSql.setLocal(timeouts));
        if (riding != null) {
            prologue.add(riding);
        }
        return prologue;
    }

    private static @Nullable String first(List<String> values) {
        return values.isEmpty() ? null : values.get(0);
    }

    /** Only the caller's own connection can be used behind the back of the one the operation gets. */
    private void refusePassedBy() throws SQLException {
        if (control.isTransactionOpen()) {
            throw new SQLException(
                    "a statement has run before what the attempt begins with, on another connection than the one handed to"
                            + " the operation: with a riding prologue all statements have to run on that one",
                    "2D000");
        }
    }

    @Override
    void commit(AttemptContext context, boolean atRest) throws SQLException {
        Prologue prologue = prologue();
        if (prologue != null && neverBegan()) {
            if (!prologue.isEmpty()) {
                prologue.check();
            }
            if (!control.isTransactionOpen()) {
                return;
            }
        }
        if (atRest && control.isTransactionSound()) {
            control.commit();
        } else {
            end(Objects.requireNonNull(COMMITS.get(database)));
        }
    }

    /** A failed transaction answers 25P02; what to throw is the failure that was swallowed, which the driver has kept. */
    private void end(String statements) throws SQLException {
        try {
            control.runJoined(statements);
        } catch (SQLException failure) {
            boolean follows = "25P02".equals(failure.getSQLState());
            throw follows && failure.getCause() instanceof SQLException first ? Note.swallowed(first) : failure;
        }
    }

    @Override
    void rollback() throws SQLException {
        // What was never sent must not reach a later attempt on the same connection.
        neverBegan();
        if (raw.getAutoCommit()) {
            return;
        }
        raw.rollback();
    }

    @Override
    void restoreTransaction() throws SQLException {
        if (wasAutoCommit) {
            raw.setAutoCommit(true);
        }
    }

    @Override
    void beginSavepoint(boolean readOnly, Timeouts timeouts) throws SQLException {
        if (!holdsBack()) {
            setSavepoint(readOnly, timeouts);
            return;
        }
        List<String> riding = new ArrayList<>(3);
        riding.add(savepoint().set());
        if (readOnly) {
            riding.add("SET TRANSACTION READ ONLY");
        }
        // Takes the snapshot, unlike SHOW, so it goes only with statements that do; and decides which limit is shorter.
        String limits = PostgresSql.shortenLocal(timeouts);
        if (limits != null) {
            riding.add(limits);
        }
        hold(new Prologue(
                riding, () -> {}, () -> setSavepoint(readOnly, timeouts), found -> keepFound(found, timeouts)));
    }

    /** What {@link PostgresSql#shortenLocal} found; it has left the shorter limits in force. */
    private void keepFound(List<String> found, Timeouts timeouts) {
        restore = new ArrayList<>(3);
        int next = 0;
        if (timeouts.lock() != null) {
            restore.add(restoring("lock_timeout", found.get(next++)));
        }
        if (timeouts.statement() != null) {
            restore.add(restoring("statement_timeout", found.get(next)));
        }
    }

    private static String restoring(String setting, String before) {
        return "SET LOCAL " + setting + " = '" + before + "'";
    }

    private void setSavepoint(boolean readOnly, Timeouts timeouts) throws SQLException {
        if (!readOnly && timeouts.isNone()) {
            control.run(savepoint().set());
            return;
        }
        List<String> prologue = new ArrayList<>(6);
        prologue.add(savepoint().set());
        if (readOnly) {
            prologue.add("SET TRANSACTION READ ONLY");
        }
        if (timeouts.lock() != null) {
            prologue.add("SHOW lock_timeout");
        }
        if (timeouts.statement() != null) {
            prologue.add("SHOW statement_timeout");
        }
        prologue.addAll(PostgresSql.setLocal(timeouts));
        keepOuterLimits(control.runJoined(prologue), timeouts);
    }

    /** Remembers what to restore; where the transaction's own limit is shorter it stays in force. */
    private void keepOuterLimits(List<String> before, Timeouts timeouts) throws SQLException {
        restore = new ArrayList<>(3);
        List<String> shorter = new ArrayList<>(2);
        int next = 0;
        if (timeouts.lock() != null) {
            keep("lock_timeout", before.get(next++), timeouts.lock(), shorter);
        }
        if (timeouts.statement() != null) {
            keep("statement_timeout", before.get(next), timeouts.statement(), shorter);
        }
        if (!shorter.isEmpty()) {
            control.runJoined(shorter);
        }
    }

    private void keep(String setting, String before, Duration wanted, List<String> shorter) {
        String set = restoring(setting, before);
        restore.add(set);
        Duration outer = PostgresSql.shown(before);
        if (outer != null && outer.compareTo(wanted) < 0) {
            shorter.add(set);
        }
    }

    @Override
    void releaseSavepoint() throws SQLException {
        if (!neverBegan()) {
            String release = savepoint().release();
            end(restore.isEmpty() ? release : String.join("; ", restore) + "; " + release);
        }
        savepointIsGone();
    }

    @Override
    @Nullable
    Isolation rollbackToSavepoint(boolean asksIsolation) throws SQLException {
        if (neverBegan()) {
            savepointIsGone();
            return asksIsolation ? isolation(String.valueOf(control.query("SHOW transaction_isolation"))) : null;
        }
        // ROLLBACK TO itself reverts the settings made after the savepoint.
        List<String> epilogue = new ArrayList<>(3);
        epilogue.add(savepoint().rollBack());
        epilogue.add(savepoint().release());
        if (asksIsolation) {
            epilogue.add("SHOW transaction_isolation");
        }
        List<String> values = control.runJoined(epilogue);
        savepointIsGone();
        return values.isEmpty() ? null : isolation(values.get(0));
    }

    static Isolation isolation(String shown) {
        return Isolation.valueOf(shown.toUpperCase(Locale.ROOT).replace(' ', '_'));
    }

    @Override
    Verdict afterLostSavepoint(SQLException lost, JdbcFaults.@Nullable Found cause) {
        return Verdict.RETRY_TRANSACTION;
    }

    @Override
    void beginAutocommit(boolean readOnly, Timeouts timeouts) throws SQLException {
        List<String> prologue = new ArrayList<>(6);
        List<String> settings = new ArrayList<>(3);
        if (timeouts.lock() != null) {
            settings.add("lock_timeout");
        }
        if (timeouts.statement() != null) {
            settings.add("statement_timeout");
        }
        if (readOnly) {
            settings.add("default_transaction_read_only");
        }
        if (settings.isEmpty()) {
            return;
        }
        settings.forEach(setting -> prologue.add("SHOW " + setting));
        prologue.addAll(PostgresSql.setSession(timeouts));
        if (readOnly) {
            prologue.add("SET SESSION default_transaction_read_only = on");
        }
        List<String> before = control.runJoined(prologue);
        restore = new ArrayList<>(3);
        for (int i = 0; i < settings.size(); i++) {
            restore.add("SET SESSION " + settings.get(i) + " = '" + before.get(i) + "'");
        }
    }

    @Override
    void endAutocommit() throws SQLException {
        if (!restore.isEmpty()) {
            control.runJoined(restore);
        }
    }
}
