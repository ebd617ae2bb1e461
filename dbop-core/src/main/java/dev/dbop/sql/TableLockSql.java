package dev.dbop.sql;

import dev.dbop.Timeouts;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The SQL that locks tables until the transaction ends, in a time: the limit that is found ({@link #limit}), then, table by
 * table, statements for the time that is left ({@link #lock}), then the limit again ({@link #restore}). Texts only; sending
 * them is the adapter's business.
 *
 * <p>None of them takes the transaction's snapshot, so that what is read after the lock is what was committed before it, at
 * every isolation level: {@code SHOW} and {@code SET LOCAL} on PostgreSQL (manual, "LOCK"), a query of no rows on MySQL and
 * MariaDB (measured on both).
 */
public final class TableLockSql {
    private final Database database;
    private final LockMode mode;
    private final Duration timeout;

    private TableLockSql(Database database, LockMode mode, Duration timeout) {
        this.database = database;
        this.mode = mode;
        this.timeout = timeout;
    }

    /**
     * Returns the texts of one database, mode and time.
     *
     * @param database any
     * @param mode every mode on PostgreSQL; on MySQL and MariaDB those that their metadata locks give
     * @param timeout for all tables together; zero to wait for nobody, which MySQL cannot
     * @return the texts
     * @throws IllegalArgumentException if the timeout is negative
     * @throws UnsupportedOperationException if the database has no such lock that lasts until the transaction ends; the
     *     message says why
     */
    public static TableLockSql of(Database database, LockMode mode, Duration timeout) {
        Objects.requireNonNull(mode, "mode");
        if (timeout.isNegative()) {
            throw new IllegalArgumentException(
                    "timeout is " + timeout + ": must not be negative; pass zero to wait for nobody");
        }
        String reason = reasonAgainst(database, mode, timeout);
        if (reason != null) {
            throw new UnsupportedOperationException(
                    "a lock in mode " + mode.sql() + " is not supported on " + database.productName() + ", " + reason);
        }
        return new TableLockSql(database, mode, timeout);
    }

    private static @Nullable String reasonAgainst(Database database, LockMode mode, Duration timeout) {
        return switch (database) {
            case POSTGRESQL, YUGABYTEDB -> null;
            case COCKROACHDB, TIDB -> "because it locks rows and no tables: lock the rows (SELECT ... FOR UPDATE)";
            case SQLITE ->
                "because it locks the whole database file: BEGIN IMMEDIATE, with which dbop begins its transactions,"
                        + " keeps everybody else from writing";
            case MYSQL, MARIADB -> reasonAgainst(mode, database == Database.MYSQL && timeout.isZero());
        };
    }

    private static @Nullable String reasonAgainst(LockMode mode, boolean nowait) {
        if (mode != LockMode.ACCESS_SHARE && mode != LockMode.ROW_EXCLUSIVE) {
            return "because LOCK TABLES commits the transaction it is sent in: use ACCESS SHARE or ROW EXCLUSIVE, lock"
                    + " the rows (SELECT ... FOR UPDATE), or agree on a row to be locked first";
        }
        return nowait
                ? "because its lock_wait_timeout is a second at least: pass a timeout, or use another mode's"
                : null;
    }

    /**
     * Returns the tables in the order in which to lock them, whoever locks them: by name, then by schema. Two callers who
     * name the same tables cannot wait for each other then.
     *
     * @param tables in any order; one named twice is locked once
     * @return the same tables, sorted
     * @throws IllegalArgumentException if there are none
     */
    public static List<TableName> order(TableName... tables) {
        if (tables.length == 0) {
            throw new IllegalArgumentException("tables is []: must not be empty; pass the tables to be locked");
        }
        Comparator<TableName> byName =
                Comparator.comparing(table -> table.parts().get(table.parts().size() - 1));
        return Stream.of(tables)
                .distinct()
                .sorted(byName.thenComparing(TableName::toString))
                .toList();
    }

    /**
     * Tells how to send what {@link #lock} returns.
     *
     * @return true if as one text, which fails and is undone as a whole: with a failed one the transaction, or what it did
     *     since the last savepoint, is lost, the limit set in it included. False if one by one: the limit is the session's,
     *     and has to be restored after a failure, too
     */
    public boolean joined() {
        return database.family() == Database.Family.POSTGRESQL;
    }

    /**
     * Returns the query for the limit there is, for {@link #lock} and {@link #restore}.
     *
     * @return a query with one row of one text; null if no limit is needed because the lock waits for nobody
     */
    public @Nullable String limit() {
        if (joined()) {
            return timeout.isZero() ? null : "SHOW lock_timeout";
        }
        return "SELECT @@lock_wait_timeout";
    }

    /**
     * Returns the statements that lock a table.
     *
     * @param table it, or a view on it
     * @param left of the timeout; what is over counts as the shortest wait there is
     * @param found what {@link #limit} gave; a limit that is shorter stays
     * @return one or two statements
     */
    public List<String> lock(TableName table, Duration left, @Nullable String found) {
        return joined() ? postgres(table, left, found) : mySql(table, left, found);
    }

    private List<String> postgres(TableName table, Duration left, @Nullable String found) {
        String lock = "LOCK TABLE " + table.quoted(database) + " IN " + mode.sql() + " MODE";
        if (found == null) {
            return List.of(lock + " NOWAIT");
        }
        Duration limit = PostgresSql.shown(found);
        Duration wait = left.compareTo(SHORTEST) < 0 ? SHORTEST : left;
        return limit != null && limit.compareTo(wait) <= 0
                ? List.of(lock)
                : List.of(PostgresSql.setLocal(Timeouts.none().withLock(wait)).get(0), lock);
    }

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** Opening the table takes its metadata lock, which is held until the transaction ends, though no row is wanted. */
    private List<String> mySql(TableName table, Duration left, @Nullable String found) {
        String lock = "SELECT 1 FROM " + table.quoted(database) + " LIMIT 0"
                + (mode == LockMode.ROW_EXCLUSIVE ? " FOR UPDATE" : "");
        long limit = found == null ? Long.MAX_VALUE : Long.parseLong(found);
        long wait = Math.min(limit, seconds(left));
        return List.of("SET lock_wait_timeout = " + wait, lock);
    }

    /** Rounded up; zero only if nobody is to be waited for. */
    private long seconds(Duration left) {
        return timeout.isZero() ? 0 : Math.max(1, left.plusNanos(999_999_999).toSeconds());
    }

    /**
     * Returns the statement that restores the limit after the last table.
     *
     * @param found what {@link #limit} gave
     * @return the statement, null if there is nothing to restore
     */
    public @Nullable String restore(@Nullable String found) {
        if (found == null) {
            return null;
        }
        return joined()
                ? "SET LOCAL lock_timeout = " + database.literal(found)
                : "SET lock_wait_timeout = " + Long.parseLong(found);
    }
}
