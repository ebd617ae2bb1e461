package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.sql.TokenTable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what became of a transaction whose COMMIT was sent and never answered. Given to {@link
 * VertxScope#transaction(io.vertx.sqlclient.Pool, VertxCommitProbe)}; asks on another connection of the same pool. Immutable
 * and thread-safe.
 */
public final class VertxCommitProbe {
    private static final VertxCommitProbe XACT_STATUS = new VertxCommitProbe(null);

    private final @Nullable TokenTable table;

    private VertxCommitProbe(@Nullable TokenTable table) {
        this.table = table;
    }

    /**
     * Returns the probe that asks PostgreSQL by the transaction's number, which costs no round trip and writes nothing.
     *
     * <p>The number is taken when the transaction begins, so its snapshot is taken then too. After a crash of the server,
     * or a failover, the number proves nothing (another transaction may have been given it) and the outcome stays unknown:
     * where that matters use {@link #tokenRow}. PostgreSQL only, from version 10.
     *
     * @return a shared instance
     */
    public static VertxCommitProbe pgXactStatus() {
        return XACT_STATUS;
    }

    /**
     * Returns the probe for any database: every transaction first writes a token into a table, and the probe inserts the
     * same token again. A duplicate key says the transaction was committed, success that it never can be.
     *
     * <p>Costs one insert per transaction, which rides in its prologue. Survives a crash of the server, and a failover to
     * any copy that has the transaction.
     *
     * @param table must exist: see {@link TokenTable#create}; prune it now and then, see {@link TokenTable#prune}
     * @return the probe
     */
    public static VertxCommitProbe tokenRow(TokenTable table) {
        return new VertxCommitProbe(Objects.requireNonNull(table, "table"));
    }

    /** Makes the mark of one transaction. */
    CommitMark mark(Database database) {
        if (table != null) {
            return new CommitMark.Token(database, table);
        }
        if (database != Database.POSTGRESQL) {
            throw new IllegalStateException("VertxCommitProbe.pgXactStatus() is used on " + database.productName()
                    + ": only PostgreSQL can tell by a transaction's number; use VertxCommitProbe.tokenRow");
        }
        return new CommitMark.TransactionId();
    }

    @Override
    public String toString() {
        return table == null ? "pgXactStatus" : "tokenRow(" + table + ")";
    }
}
