package dev.dbop.jdbc.tools;

import dev.dbop.Deadline;
import dev.dbop.Ticker;
import dev.dbop.sql.Database;
import dev.dbop.sql.LockMode;
import dev.dbop.sql.TableLockSql;
import dev.dbop.sql.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Locks whole tables until the transaction ends.
 *
 * <p>On PostgreSQL in every mode of {@code LOCK TABLE} (manual, "LOCK"): a view's tables are locked with it, and a table's
 * partitions. On MySQL and MariaDB, whose {@code LOCK TABLES} commits the transaction it is sent in, only in those modes that
 * a statement's own metadata lock gives, see {@link #lock(Connection, LockMode, Duration, TableName...)}. On SQLite, where
 * every transaction that writes has the database to itself, not at all.
 *
 * <p>Takes a round trip for the limit of the session, one more for each table (two on MySQL and MariaDB), and on MySQL and
 * MariaDB one to restore it. The transaction's snapshot is not taken: at every isolation level what is read first after the
 * lock is what was committed before it was granted.
 */
public final class TableLocks {
    /** How long to wait, unless told otherwise: 5 s. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    /** The mode, unless told otherwise: one holder at a time, beside any reader and writer. */
    public static final LockMode DEFAULT_MODE = LockMode.SHARE_UPDATE_EXCLUSIVE;

    private TableLocks() {}

    /**
     * Locks tables in {@link #DEFAULT_MODE}, waiting for {@link #DEFAULT_TIMEOUT}. PostgreSQL and YugabyteDB only.
     *
     * @param connection with a transaction open
     * @param tables in any order
     * @throws SQLException as {@link #lock(Connection, LockMode, Duration, TableName...)}
     * @throws IllegalStateException if autocommit is on; nothing is sent then
     * @throws UnsupportedOperationException if the database has no such lock; nothing is sent then
     */
    public static void lock(Connection connection, TableName... tables) throws SQLException {
        lock(connection, DEFAULT_MODE, DEFAULT_TIMEOUT, tables);
    }

    /**
     * Locks tables, waiting for {@link #DEFAULT_TIMEOUT}.
     *
     * @param connection with a transaction open
     * @param mode what others are kept from
     * @param tables in any order
     * @throws SQLException as {@link #lock(Connection, LockMode, Duration, TableName...)}
     * @throws IllegalStateException if autocommit is on; nothing is sent then
     * @throws UnsupportedOperationException if the database has no such lock; nothing is sent then
     */
    public static void lock(Connection connection, LockMode mode, TableName... tables) throws SQLException {
        lock(connection, mode, DEFAULT_TIMEOUT, tables);
    }

    /**
     * Locks tables one after the other, in an order of their names, so that callers who name the same tables in the same
     * way cannot wait for each other. Blocks until all locks are granted or the time is up. A limit of the session that is
     * shorter stays; afterwards the limit is what it was.
     *
     * <p>The limit is of one wait: the partitions of a table, and the tables of a view, are waited for in turn, each for the
     * time that was left when the first was. MySQL and MariaDB count whole seconds, one at least.
     *
     * <p>On MySQL and MariaDB {@link LockMode#ACCESS_SHARE} and {@link LockMode#ROW_EXCLUSIVE} can be had. The first keeps
     * the tables from being altered, dropped, truncated or locked by LOCK TABLES WRITE, the second also by LOCK TABLES READ;
     * neither keeps anybody from writing rows.
     *
     * @param connection with a transaction open, begun by JDBC's {@code setAutoCommit(false)} or a scope of dbop's
     * @param mode what others are kept from
     * @param timeout for all tables together; zero to wait for nobody, which MySQL cannot
     * @param tables in any order
     * @throws SQLException if a lock is not granted in time: on PostgreSQL with SQLSTATE 55P03, which fails the transaction
     *     unless it happens inside a savepoint scope; on MySQL and MariaDB with code 1205, after which the tables before it
     *     stay locked. Also if there is no such table, or the connection fails
     * @throws IllegalArgumentException if the timeout is negative, or no table is named
     * @throws IllegalStateException if autocommit is on; nothing is sent then
     * @throws UnsupportedOperationException if the database has no such lock; nothing is sent then
     */
    public static void lock(Connection connection, LockMode mode, Duration timeout, TableName... tables)
            throws SQLException {
        Database database = Statements.database(connection);
        TableLockSql sql = TableLockSql.of(database, mode, timeout);
        List<TableName> ordered = TableLockSql.order(tables);
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "autocommit is on: a table is locked until the transaction ends, which would be"
                            + " at once; call setAutoCommit(false) first, or lock inside JdbcScope.transaction");
        }
        Deadline end = Deadline.after(timeout, Ticker.system());
        String query = sql.limit();
        String found = query == null ? null : Statements.value(connection, query);
        if (sql.joined()) {
            lockJoined(connection, sql, ordered, end, found);
        } else {
            lockOneByOne(connection, sql, ordered, end, found);
        }
    }

    /** The limit rides along with every lock, its old value with the last; a failure undoes it. */
    private static void lockJoined(
            Connection connection, TableLockSql sql, List<TableName> tables, Deadline end, @Nullable String found)
            throws SQLException {
        for (int i = 0; i < tables.size(); i++) {
            List<String> statements = new ArrayList<>(sql.lock(tables.get(i), end.remaining(), found));
            String restore = i == tables.size() - 1 ? sql.restore(found) : null;
            if (restore != null) {
                statements.add(restore);
            }
            Statements.run(connection, String.join("; ", statements));
        }
    }

    private static void lockOneByOne(
            Connection connection, TableLockSql sql, List<TableName> tables, Deadline end, @Nullable String found)
            throws SQLException {
        String restore = sql.restore(found);
        try {
            for (TableName table : tables) {
                Statements.runAll(connection, sql.lock(table, end.remaining(), found));
            }
        } catch (SQLException | RuntimeException failure) {
            try {
                Statements.runAll(connection, restore == null ? List.of() : List.of(restore));
            } catch (SQLException | RuntimeException notRestored) {
                Statements.suppress(failure, notRestored);
            }
            throw failure;
        }
        Statements.runAll(connection, restore == null ? List.of() : List.of(restore));
    }
}
