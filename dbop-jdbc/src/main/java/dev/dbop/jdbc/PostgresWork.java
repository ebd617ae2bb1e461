package dev.dbop.jdbc;

import dev.dbop.AttemptContext;
import dev.dbop.Timeouts;
import dev.dbop.Verdict;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.PostgresSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL and its relatives. BEGIN rides along with the first statement, own statements are joined into one string,
 * so a transaction costs one round trip for COMMIT and one more for a prologue if there is any.
 */
final class PostgresWork extends Work {
    private boolean wasAutoCommit;
    private List<String> restore = List.of();

    PostgresWork(Connection raw, Control control) {
        super(raw, control);
    }

    @Override
    @Nullable
    String beginTransaction(@Nullable Isolation isolation, boolean readOnly, Timeouts timeouts, @Nullable String riding)
            throws SQLException {
        wasAutoCommit = raw.getAutoCommit();
        if (wasAutoCommit) {
            raw.setAutoCommit(false);
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
        List<String> values = prologue.isEmpty() ? List.of() : control.runJoined(prologue);
        return values.isEmpty() ? null : values.get(0);
    }

    @Override
    void commit(AttemptContext context) throws SQLException {
        // COMMIT of a failed transaction answers ROLLBACK without an error; any statement before it in the same string
        // fails with 25P02 instead, at no further round trip.
        end(List.of("SELECT 1", "COMMIT"));
    }

    /** A failed transaction answers 25P02; what to throw is the failure that was swallowed, which the driver has kept. */
    private void end(List<String> statements) throws SQLException {
        try {
            control.runJoined(statements);
        } catch (SQLException failure) {
            boolean follows = "25P02".equals(failure.getSQLState());
            throw follows && failure.getCause() instanceof SQLException first ? first : failure;
        }
    }

    @Override
    void rollback() throws SQLException {
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
        List<String> prologue = new ArrayList<>(6);
        prologue.add("SAVEPOINT " + savepoint());
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
        List<String> before = prologue.size() == 1 ? none(prologue) : control.runJoined(prologue);
        keepOuterLimits(before, timeouts);
    }

    private List<String> none(List<String> single) throws SQLException {
        control.run(single.get(0));
        return List.of();
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
        String set = "SET LOCAL " + setting + " = '" + before + "'";
        restore.add(set);
        Duration outer = PostgresSql.shown(before);
        if (outer != null && outer.compareTo(wanted) < 0) {
            shorter.add(set);
        }
    }

    @Override
    void releaseSavepoint() throws SQLException {
        List<String> epilogue = new ArrayList<>(restore);
        epilogue.add("RELEASE SAVEPOINT " + savepoint());
        end(epilogue);
    }

    @Override
    @Nullable
    Isolation rollbackToSavepoint(boolean asksIsolation) throws SQLException {
        // ROLLBACK TO itself reverts the settings made after the savepoint.
        List<String> epilogue = new ArrayList<>(3);
        epilogue.add("ROLLBACK TO SAVEPOINT " + savepoint());
        epilogue.add("RELEASE SAVEPOINT " + savepoint());
        if (asksIsolation) {
            epilogue.add("SHOW transaction_isolation");
        }
        List<String> values = control.runJoined(epilogue);
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
