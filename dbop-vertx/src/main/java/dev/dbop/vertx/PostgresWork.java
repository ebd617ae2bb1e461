package dev.dbop.vertx;

import dev.dbop.Timeouts;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.PostgresSql;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** PostgreSQL. Timeouts are the transaction's own; those around a savepoint are read with it and put back with RELEASE. */
final class PostgresWork extends Work {
    private final Database database;
    private Timeouts timeouts = Timeouts.none();
    private List<String> restore = List.of();

    PostgresWork(Database database) {
        this.database = database;
    }

    /** The transaction's time is its own statement's only outside a transaction. */
    @Override
    String asksForTransaction() {
        return "SELECT now() = statement_timestamp()";
    }

    @Override
    boolean saysTransactionIsOpen(List<@Nullable String> row, VertxFaults.@Nullable Found failure) {
        return failure != null ? "25P02".equals(failure.exception().getSqlState()) : !row.contains("true");
    }

    @Override
    String beginTransaction(@Nullable Isolation isolation, boolean readOnly, Timeouts wanted, @Nullable String riding) {
        List<String> prologue = new ArrayList<>(5);
        // Not in BEGIN itself: if that failed there would be no transaction, and what is pipelined behind it durable.
        prologue.add("BEGIN");
        String characteristics = PostgresSql.characteristics(isolation, readOnly);
        if (characteristics != null) {
            prologue.add(characteristics);
        }
        prologue.addAll(PostgresSql.setLocal(wanted));
        if (riding != null) {
            prologue.add(riding);
        }
        return String.join("; ", prologue);
    }

    @Override
    @Nullable
    String ridden(List<@Nullable String> values) {
        return values.isEmpty() ? null : values.get(0);
    }

    @Override
    String commit(boolean committedImplicitly) {
        return PostgresSql.failsInFailedTransaction(database) + "; COMMIT";
    }

    @Override
    int committedAfter(boolean committedImplicitly) {
        return 2;
    }

    @Override
    String rollbackOfWhole() {
        return rollback();
    }

    @Override
    String rollback() {
        return "ROLLBACK";
    }

    @Override
    String beginSavepoint(boolean readOnly, Timeouts wanted) {
        timeouts = wanted;
        List<String> prologue = new ArrayList<>(3);
        prologue.add("SAVEPOINT " + savepoint());
        if (readOnly) {
            prologue.add("SET TRANSACTION READ ONLY");
        }
        String shorten = PostgresSql.shortenLocal(wanted);
        if (shorten != null) {
            prologue.add(shorten);
        }
        return String.join("; ", prologue);
    }

    @Override
    void begunSavepoint(List<@Nullable String> values) {
        restore = restoring("SET LOCAL ", values);
    }

    private List<String> restoring(String set, List<@Nullable String> before) {
        List<String> statements = new ArrayList<>(2);
        int next = 0;
        if (timeouts.lock() != null) {
            statements.add(set + "lock_timeout = '" + before.get(next++) + "'");
        }
        if (timeouts.statement() != null) {
            statements.add(set + "statement_timeout = '" + before.get(next) + "'");
        }
        return statements;
    }

    @Override
    String releaseSavepoint() {
        List<String> epilogue = new ArrayList<>(restore);
        epilogue.add("RELEASE SAVEPOINT " + savepoint());
        return String.join("; ", epilogue);
    }

    /** ROLLBACK TO itself reverts the settings made after the savepoint. */
    @Override
    String rollbackToSavepoint() {
        return "ROLLBACK TO SAVEPOINT " + savepoint() + "; RELEASE SAVEPOINT " + savepoint()
                + "; SHOW transaction_isolation";
    }

    @Override
    @Nullable
    String restoreSavepoint() {
        return null;
    }

    @Override
    @Nullable
    String beginAutocommit(boolean readOnly, Timeouts wanted) {
        timeouts = wanted;
        List<String> read = new ArrayList<>(3);
        if (wanted.lock() != null) {
            read.add("current_setting('lock_timeout')");
        }
        if (wanted.statement() != null) {
            read.add("current_setting('statement_timeout')");
        }
        if (readOnly) {
            read.add("current_setting('default_transaction_read_only')");
        }
        if (read.isEmpty()) {
            return null;
        }
        List<String> prologue = new ArrayList<>(4);
        prologue.add("SELECT " + String.join(", ", read));
        prologue.addAll(PostgresSql.setSession(wanted));
        if (readOnly) {
            prologue.add("SET SESSION default_transaction_read_only = on");
        }
        return String.join("; ", prologue);
    }

    @Override
    void begunAutocommit(List<@Nullable String> values) {
        if (values.isEmpty()) {
            return;
        }
        List<String> statements = new ArrayList<>(restoring("SET SESSION ", values));
        if (statements.size() < values.size()) {
            statements.add("SET SESSION default_transaction_read_only = " + values.get(statements.size()));
        }
        restore = statements;
    }

    @Override
    @Nullable
    String endAutocommit() {
        return restore.isEmpty() ? null : String.join("; ", restore);
    }
}
