package dev.dbop.sql;

import dev.dbop.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The session SQL of MySQL, MariaDB and TiDB: transaction characteristics and timeouts. Texts only; sending them is the
 * adapter's business.
 *
 * <p>There is no {@code SET LOCAL}: the old values are kept in user variables, set and restored in one statement each.
 * {@code innodb_lock_wait_timeout} counts whole seconds and does not cover metadata locks, whose {@code
 * lock_wait_timeout} is a day or a year unless set, so both are. MySQL's {@code max_execution_time} stops top-level
 * SELECTs only (manual, "Statement Execution Time Optimizer Hints"); the adapter has to stop anything else itself.
 */
public final class MySqlSql {
    /**
     * How long a text of several statements is not to be stopped, so that {@code KILL QUERY} meets a statement that waits and
     * not the gap between two: told to there, the servers drop the rest without a word, and the client waits for ever
     * (measured on MySQL 8.0.31 and MariaDB 11.4.5, about once in 2000 early KILLs).
     */
    public static final Duration UNSTOPPED = Duration.ofMillis(500);

    /** The largest values the servers take (manuals, "Server System Variables"). */
    private static final long LONGEST_LOCK_SECONDS = 31_536_000;

    private static final long LONGEST_STATEMENT_MILLIS = 4_294_967_295L;

    private final Database database;

    private MySqlSql(Database database) {
        this.database = database;
    }

    /**
     * Returns the texts of one database.
     *
     * @param database of the MySQL family
     * @return the texts
     * @throws IllegalArgumentException if it is of another family
     */
    public static MySqlSql of(Database database) {
        if (database.family() != Database.Family.MYSQL) {
            throw new IllegalArgumentException(
                    "database is " + database.productName() + ": must be MySQL, MariaDB or TiDB");
        }
        return new MySqlSql(database);
    }

    /**
     * Returns the statement that sets the next transaction's characteristics.
     *
     * @param isolation the level, or null to keep the session's
     * @param readOnly whether the transaction may not write
     * @return the statement, or null if there is nothing to set
     */
    public @Nullable String characteristics(@Nullable Isolation isolation, boolean readOnly) {
        if (isolation == null) {
            return readOnly ? "SET TRANSACTION READ ONLY" : null;
        }
        return "SET TRANSACTION ISOLATION LEVEL " + isolation.sql() + (readOnly ? ", READ ONLY" : "");
    }

    /**
     * Returns the statement that keeps the session's timeouts in user variables and sets new ones.
     *
     * @param timeouts what to set; unset ones are left alone
     * @param depth tells nested saves apart: 0 for a transaction, 1 for a savepoint in it, and so on
     * @param shorten true to keep an old value that is shorter: a nested scope never lengthens the outer limit
     * @param assignments further assignments, evaluated last, such as {@code autocommit=0}
     * @return the statement, or null if there is nothing to set
     */
    public @Nullable String save(Timeouts timeouts, int depth, boolean shorten, String... assignments) {
        List<String> keep = new ArrayList<>();
        List<String> set = new ArrayList<>();
        Duration lock = timeouts.lock();
        if (lock != null) {
            long seconds = Math.max(1, Math.min(LONGEST_LOCK_SECONDS, ceil(lock, 1000)));
            keep(keep, depth, "innodb_lock_wait_timeout", "lock_wait_timeout");
            set.add("innodb_lock_wait_timeout=" + limit("innodb_lock_wait_timeout", seconds, shorten));
            set.add("lock_wait_timeout=" + limit("lock_wait_timeout", seconds, shorten));
        }
        Duration statement = timeouts.statement();
        if (statement != null) {
            long millis = Math.max(1, Math.min(LONGEST_STATEMENT_MILLIS, ceil(statement, 1)));
            String variable = statementVariable();
            keep(keep, depth, variable);
            set.add(variable + "=" + statementLimit(variable, millis, shorten));
        }
        set.addAll(List.of(assignments));
        keep.addAll(set);
        return keep.isEmpty() ? null : "SET " + String.join(",", keep);
    }

    private static void keep(List<String> keep, int depth, String... variables) {
        for (String variable : variables) {
            keep.add(kept(variable, depth) + "=@@" + variable);
        }
    }

    private static String limit(String variable, long value, boolean shorten) {
        // MySQL takes a whole number only, and LEAST of a signed and an unsigned one is a decimal.
        return shorten ? "CAST(LEAST(@@" + variable + "," + value + ") AS UNSIGNED)" : Long.toString(value);
    }

    /** Zero is no limit, so it is not the shorter one. */
    private String statementLimit(String variable, long millis, boolean shorten) {
        String value = database == Database.MARIADB ? decimal(millis) : Long.toString(millis);
        if (!shorten) {
            return value;
        }
        String shorter = "IF(@@" + variable + "=0," + value + ",LEAST(@@" + variable + "," + value + "))";
        return database == Database.MARIADB ? shorter : "CAST(" + shorter + " AS UNSIGNED)";
    }

    private static String kept(String variable, int depth) {
        return "@dbop_" + variable + "_" + depth;
    }

    private String statementVariable() {
        return database == Database.MARIADB ? "max_statement_time" : "max_execution_time";
    }

    /** Seconds with three places, as MariaDB's max_statement_time takes them. */
    private static String decimal(long millis) {
        return millis / 1000 + "." + String.format(Locale.ROOT, "%03d", millis % 1000);
    }

    private static long ceil(Duration duration, long unitMillis) {
        long millis = duration.toMillis();
        if (!duration.equals(Duration.ofMillis(millis))) {
            millis++;
        }
        return millis / unitMillis + (millis % unitMillis == 0 ? 0 : 1);
    }

    /**
     * Returns the statement that restores what {@link #save} kept.
     *
     * @param timeouts the same as given to save
     * @param depth the same as given to save
     * @param assignments further assignments, evaluated last: {@code autocommit=1} commits what is open, so it must not
     *     come before the others
     * @return the statement, or null if there is nothing to restore
     */
    public @Nullable String restore(Timeouts timeouts, int depth, String... assignments) {
        List<String> set = new ArrayList<>();
        if (timeouts.lock() != null) {
            set.add("innodb_lock_wait_timeout=" + kept("innodb_lock_wait_timeout", depth));
            set.add("lock_wait_timeout=" + kept("lock_wait_timeout", depth));
        }
        if (timeouts.statement() != null) {
            set.add(statementVariable() + "=" + kept(statementVariable(), depth));
        }
        set.addAll(List.of(assignments));
        return set.isEmpty() ? null : "SET " + String.join(",", set);
    }

    /**
     * Returns the name of the session variable that makes every transaction of the session read-only.
     *
     * @return {@code tx_read_only} on MariaDB, {@code transaction_read_only} elsewhere
     */
    public String readOnlyVariable() {
        return database == Database.MARIADB ? "tx_read_only" : "transaction_read_only";
    }

    /**
     * Tells whether the server itself ends any statement that runs longer than the statement timeout.
     *
     * @return true for MariaDB; false for MySQL and TiDB, which end SELECTs only
     */
    public boolean limitsEveryStatement() {
        return database == Database.MARIADB;
    }

    /**
     * Returns the query that finds a session of the same user on a server that has been up longer than the session is
     * known to exist; connection numbers begin again when a server restarts.
     *
     * @param connectionId the server's number of the session
     * @param age how long the session is known to have existed, at least
     * @return a query with one row, or none if there is no such session
     */
    public String findSession(long connectionId, Duration age) {
        return "SELECT p.id FROM information_schema.processlist p, " + uptime() + " WHERE p.id = " + connectionId
                + " AND p.user = SUBSTRING_INDEX(CURRENT_USER(), '@', 1) AND u.variable_value > " + age.toSeconds();
    }

    private String uptime() {
        String schema = database == Database.MYSQL ? "performance_schema" : "information_schema";
        return "(SELECT variable_value FROM " + schema + ".global_status WHERE variable_name = 'Uptime') u";
    }
}
