package dev.dbop.vertx;

import dev.dbop.Timeouts;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.MySqlSql;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MySQL, MariaDB and TiDB. Transactions run with {@code autocommit=0}: after a deadlock the server has ended the
 * transaction, and what is pipelined behind it would otherwise be durable, statement by statement. A savepoint set first
 * tells at the end whether the transaction is still the same one: RELEASE fails if it is not.
 */
final class MySqlWork extends Work {
    private static final String OFF = "autocommit=0";

    private final MySqlSql sql;
    private final int depth;
    private Timeouts timeouts = Timeouts.none();
    private boolean sessionReadOnly;

    MySqlWork(Database database, int depth) {
        this.sql = MySqlSql.of(database);
        this.depth = depth;
    }

    /** Where none is open the first is ignored, and so the second fails. */
    @Override
    String asksForTransaction() {
        return "SAVEPOINT " + savepoint() + "; RELEASE SAVEPOINT " + savepoint();
    }

    @Override
    boolean saysTransactionIsOpen(List<@Nullable String> row, VertxFaults.@Nullable Found failure) {
        return failure == null;
    }

    private String kept() {
        return "@dbop_autocommit_" + depth;
    }

    @Override
    String beginTransaction(@Nullable Isolation isolation, boolean readOnly, Timeouts wanted, @Nullable String riding) {
        timeouts = wanted;
        return joined(
                sql.characteristics(isolation, readOnly),
                sql.save(wanted, depth, false, kept() + "=@@autocommit", OFF),
                "SAVEPOINT " + savepoint(),
                "SELECT CONNECTION_ID()",
                riding);
    }

    @Override
    @Nullable
    String ridden(List<@Nullable String> values) {
        return null;
    }

    /** Autocommit comes last: switching it on commits, so nothing may be open by then. */
    private String restore() {
        return String.valueOf(sql.restore(timeouts, depth, "autocommit=" + kept()));
    }

    @Override
    String commit(boolean committedImplicitly) {
        return joined(committedImplicitly ? null : "RELEASE SAVEPOINT " + savepoint(), "COMMIT", restore());
    }

    @Override
    int committedAfter(boolean committedImplicitly) {
        return committedImplicitly ? 1 : 2;
    }

    @Override
    String rollbackOfWhole() {
        return joined("ROLLBACK TO SAVEPOINT " + savepoint(), rollback());
    }

    @Override
    String rollback() {
        return joined("ROLLBACK", restore());
    }

    @Override
    String beginSavepoint(boolean readOnly, Timeouts wanted) {
        if (readOnly) {
            throw new IllegalStateException(
                    "read-only is asked of a savepoint on MySQL or MariaDB: a transaction's access"
                            + " mode cannot change once it has begun; declare the enclosing call read-only instead");
        }
        timeouts = wanted;
        // The first pair fails where no transaction is open, and a savepoint would be ignored.
        return joined(
                depth == 0 ? asksForTransaction() : null, sql.save(wanted, depth, true), "SAVEPOINT " + savepoint());
    }

    @Override
    void begunSavepoint(List<@Nullable String> values) {}

    @Override
    String releaseSavepoint() {
        return joined(sql.restore(timeouts, depth), "RELEASE SAVEPOINT " + savepoint());
    }

    @Override
    String rollbackToSavepoint() {
        return joined(
                "ROLLBACK TO SAVEPOINT " + savepoint(),
                "RELEASE SAVEPOINT " + savepoint(),
                sql.restore(timeouts, depth));
    }

    @Override
    @Nullable
    String restoreSavepoint() {
        return sql.restore(timeouts, depth);
    }

    @Override
    @Nullable
    String beginAutocommit(boolean readOnly, Timeouts wanted) {
        timeouts = wanted;
        sessionReadOnly = readOnly;
        String also = readOnlyBefore() + "=@@" + sql.readOnlyVariable();
        return readOnly
                ? sql.save(wanted, depth, false, also, sql.readOnlyVariable() + "=1")
                : sql.save(wanted, depth, false);
    }

    private String readOnlyBefore() {
        return "@dbop_read_only_" + depth;
    }

    @Override
    void begunAutocommit(List<@Nullable String> values) {}

    @Override
    @Nullable
    String endAutocommit() {
        return sessionReadOnly
                ? sql.restore(timeouts, depth, sql.readOnlyVariable() + "=" + readOnlyBefore())
                : sql.restore(timeouts, depth);
    }
}
