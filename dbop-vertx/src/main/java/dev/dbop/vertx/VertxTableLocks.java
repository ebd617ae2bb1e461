package dev.dbop.vertx;

import dev.dbop.Deadline;
import dev.dbop.Ticker;
import dev.dbop.sql.Database;
import dev.dbop.sql.LockMode;
import dev.dbop.sql.TableLockSql;
import dev.dbop.sql.TableName;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.spi.DatabaseMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Locks whole tables until the transaction ends, without blocking.
 *
 * <p>On PostgreSQL in every mode of {@code LOCK TABLE} (manual, "LOCK"): a view's tables are locked with it, and a table's
 * partitions. On MySQL and MariaDB, whose {@code LOCK TABLES} commits the transaction it is sent in, only in those modes that
 * a statement's own metadata lock gives, see {@link #lock(SqlConnection, LockMode, Duration, TableName...)}.
 *
 * <p>Takes a round trip for the limit of the session, one more for each table (two on MySQL and MariaDB), and on MySQL and
 * MariaDB one to restore it. The transaction's snapshot is not taken: at every isolation level what is read first after the
 * lock is what was committed before it was granted.
 */
public final class VertxTableLocks {
    /** How long to wait, unless told otherwise: 5 s. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    /** The mode, unless told otherwise: one holder at a time, beside any reader and writer. */
    public static final LockMode DEFAULT_MODE = LockMode.SHARE_UPDATE_EXCLUSIVE;

    private final SqlConnection connection;
    private final TableLockSql sql;
    private final List<TableName> tables;
    private final Deadline end;

    private VertxTableLocks(SqlConnection connection, TableLockSql sql, List<TableName> tables, Duration timeout) {
        this.connection = connection;
        this.sql = sql;
        this.tables = tables;
        this.end = Deadline.after(timeout, Ticker.system());
    }

    /**
     * Locks tables in {@link #DEFAULT_MODE}, waiting for {@link #DEFAULT_TIMEOUT}. PostgreSQL and YugabyteDB only.
     *
     * @param connection in a transaction
     * @param tables in any order
     * @return as {@link #lock(SqlConnection, LockMode, Duration, TableName...)}
     */
    public static Future<Void> lock(SqlConnection connection, TableName... tables) {
        return lock(connection, DEFAULT_MODE, DEFAULT_TIMEOUT, tables);
    }

    /**
     * Locks tables, waiting for {@link #DEFAULT_TIMEOUT}.
     *
     * @param connection in a transaction
     * @param mode what others are kept from
     * @param tables in any order
     * @return as {@link #lock(SqlConnection, LockMode, Duration, TableName...)}
     */
    public static Future<Void> lock(SqlConnection connection, LockMode mode, TableName... tables) {
        return lock(connection, mode, DEFAULT_TIMEOUT, tables);
    }

    /**
     * Locks tables one after the other, in an order of their names, so that callers who name the same tables in the same
     * way cannot wait for each other. A limit of the session that is shorter stays; afterwards the limit is what it was.
     *
     * <p>The limit is of one wait: the partitions of a table, and the tables of a view, are waited for in turn, each for the
     * time that was left when the first was. MySQL and MariaDB count whole seconds, one at least.
     *
     * <p>On MySQL and MariaDB {@link LockMode#ACCESS_SHARE} and {@link LockMode#ROW_EXCLUSIVE} can be had. The first keeps
     * the tables from being altered, dropped, truncated or locked by LOCK TABLES WRITE, the second also by LOCK TABLES READ;
     * neither keeps anybody from writing rows.
     *
     * @param connection one that a transaction's or savepoint's attempt was handed, or on which the client's own {@code
     *     Transaction} is open: of a transaction that was begun in SQL the client does not tell
     * @param mode what others are kept from
     * @param timeout for all tables together; zero to wait for nobody, which MySQL cannot
     * @param tables in any order
     * @return succeeds once all locks are granted. Fails with the client's {@code DatabaseException} if one is not granted
     *     in time: on PostgreSQL with SQLSTATE 55P03, which fails the transaction unless it happens inside a savepoint
     *     scope; on MySQL and MariaDB with code 1205, after which the tables before it stay locked. Fails with {@link
     *     IllegalArgumentException} if the timeout is negative or no table is named, with {@link IllegalStateException} if no
     *     transaction is open, and with {@link UnsupportedOperationException} if the database has no such lock; nothing is
     *     sent then
     */
    public static Future<Void> lock(SqlConnection connection, LockMode mode, Duration timeout, TableName... tables) {
        VertxTableLocks locks;
        try {
            DatabaseMetadata metadata = connection.databaseMetadata();
            Database database = Database.of(metadata.productName(), metadata.fullVersion());
            TableLockSql sql = TableLockSql.of(database, mode, timeout);
            List<TableName> ordered = TableLockSql.order(tables);
            refuseOutsideTransaction(connection);
            locks = new VertxTableLocks(connection, sql, ordered, timeout);
        } catch (RuntimeException refused) {
            return Future.failedFuture(refused);
        }
        return locks.run();
    }

    private static void refuseOutsideTransaction(SqlConnection connection) {
        VertxAttempt enclosing = AttemptConnection.enclosing(connection);
        boolean open = enclosing == null ? connection.transaction() != null : enclosing.controlled();
        if (!open) {
            throw new IllegalStateException(
                    "no transaction is known to be open on the connection: a table is locked until"
                            + " the transaction ends, which would be at once; lock inside VertxScope.transaction, or"
                            + " VertxScope.savepoint if BEGIN was sent as SQL");
        }
    }

    private Future<Void> run() {
        String query = sql.limit();
        if (query == null) {
            return lockAll(null);
        }
        return connection.query(query).execute().map(Rows::first).compose(this::lockAll);
    }

    private Future<Void> lockAll(@Nullable String found) {
        Future<Void> locked = Future.succeededFuture();
        for (int i = 0; i < tables.size(); i++) {
            TableName table = tables.get(i);
            boolean last = i == tables.size() - 1;
            locked = locked.compose(before -> lock(table, last, found));
        }
        String restore = sql.restore(found);
        if (sql.joined() || restore == null) {
            return locked;
        }
        return locked.compose(
                granted -> send(restore),
                failure -> send(restore).transform(restored -> {
                    if (restored.failed() && !failure.equals(restored.cause())) {
                        failure.addSuppressed(restored.cause());
                    }
                    return Future.failedFuture(failure);
                }));
    }

    /** Where a text is undone as a whole the limit rides along with every lock, its old value with the last. */
    private Future<Void> lock(TableName table, boolean last, @Nullable String found) {
        Duration left = end.remaining();
        List<String> statements = new ArrayList<>(sql.lock(table, left, found));
        if (sql.joined()) {
            String restore = last ? sql.restore(found) : null;
            if (restore != null) {
                statements.add(restore);
            }
            return send(String.join("; ", statements));
        }
        Future<Void> sent = Future.succeededFuture();
        for (String statement : statements) {
            sent = sent.compose(before -> send(statement));
        }
        return sent;
    }

    private Future<Void> send(String text) {
        return connection.query(text).execute().mapEmpty();
    }
}
