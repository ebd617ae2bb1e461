package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import dev.dbop.sql.TokenTable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How {@link JdbcScope#transaction(javax.sql.DataSource, JdbcCommitProbe)} finds out what became of a COMMIT whose answer
 * never came. Immutable, thread-safe.
 *
 * <p>A transaction that is still open when it is asked for the second time (its COMMIT was lost on the way, or waits for
 * something) has its session ended, so that the answer is final. That takes the right to end sessions of the same user,
 * which every user of PostgreSQL, MySQL and MariaDB has.
 */
public final class JdbcCommitProbe {
    private static final JdbcCommitProbe XACT_STATUS = new JdbcCommitProbe(null);

    private final @Nullable TokenTable table;

    private JdbcCommitProbe(@Nullable TokenTable table) {
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
    public static JdbcCommitProbe pgXactStatus() {
        return XACT_STATUS;
    }

    /**
     * Returns the probe for any database: every transaction first writes a token into a table, and the probe inserts the
     * same token again. A duplicate key says the transaction was committed, success that it never can be.
     *
     * <p>Costs one insert per transaction, which needs no round trip of its own on PostgreSQL and with MariaDB's driver.
     * Survives a crash of the server, and a failover to any copy that has the transaction.
     *
     * @param table must exist: see {@link TokenTable#create}; prune it now and then, see {@link TokenTable#prune}
     * @return the probe
     */
    public static JdbcCommitProbe tokenRow(TokenTable table) {
        return new JdbcCommitProbe(Objects.requireNonNull(table, "table"));
    }

    /** Makes the mark of one transaction. */
    CommitMark mark(Database database) {
        if (table != null) {
            return new InsertMark(table.insert(database, TokenTable.newToken()), remedy(table, database));
        }
        if (database != Database.POSTGRESQL) {
            throw new IllegalStateException("JdbcCommitProbe.pgXactStatus() is used on " + database.productName()
                    + ": only PostgreSQL can tell by a transaction's number; use JdbcCommitProbe.tokenRow");
        }
        return new TransactionIdMark();
    }

    private static String remedy(TokenTable table, Database database) {
        return "the token table of JdbcCommitProbe.tokenRow is missing in this database: create it once, in your schema"
                + " migration for instance, with: " + table.create(database);
    }

    @Override
    public String toString() {
        return table == null ? "pgXactStatus" : "tokenRow(" + table + ")";
    }
}
