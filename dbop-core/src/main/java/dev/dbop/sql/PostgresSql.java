package dev.dbop.sql;

import dev.dbop.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The session SQL of PostgreSQL and its relatives: transaction characteristics and timeouts. Texts only; sending them is
 * the adapter's business.
 *
 * <p>{@code SET LOCAL} and {@code SHOW} are used throughout because {@code set_config()} takes the transaction's
 * snapshot and then forbids setting the isolation level (measured on PostgreSQL 15). {@code ROLLBACK TO SAVEPOINT}
 * reverts a {@code SET LOCAL} made after the savepoint, {@code RELEASE SAVEPOINT} does not, so only success has
 * something to restore.
 */
public final class PostgresSql {
    /** The largest value of a timeout, in milliseconds: the settings are integers (manual, "Client Connection Defaults"). */
    private static final long LONGEST_MILLIS = Integer.MAX_VALUE;

    private PostgresSql() {}

    /**
     * Returns the statement that sets a transaction's characteristics; it must come before any query of it.
     *
     * @param isolation the level, or null to keep the session's
     * @param readOnly whether the transaction may not write
     * @return the statement, or null if there is nothing to set
     */
    public static @Nullable String characteristics(@Nullable Isolation isolation, boolean readOnly) {
        if (isolation == null) {
            return readOnly ? "SET TRANSACTION READ ONLY" : null;
        }
        return "SET TRANSACTION ISOLATION LEVEL " + isolation.sql() + (readOnly ? ", READ ONLY" : "");
    }

    /**
     * Returns a statement that does nothing, but fails with 25P02 in a failed transaction, as every one does that does
     * not end it (manual, "PostgreSQL Error Codes"). Sent before COMMIT or PREPARE TRANSACTION in one string it keeps
     * the server from answering with success where it rolls back.
     *
     * @param database where it is run
     * @return on PostgreSQL a savepoint, which needs neither planner nor result: 6 microseconds where a SELECT takes 27
     *     (measured on PostgreSQL 17.11); elsewhere, where a transaction may be less ready to end with one, a SELECT
     */
    public static String failsInFailedTransaction(Database database) {
        return database == Database.POSTGRESQL ? "SAVEPOINT dbop_end" : "SELECT 1";
    }

    /**
     * Returns the statements that set timeouts until the transaction ends or the savepoint before them is rolled back.
     *
     * @param timeouts what to set; unset ones are left alone
     * @return none, one or two statements
     */
    public static List<String> setLocal(Timeouts timeouts) {
        return set("SET LOCAL ", timeouts);
    }

    /**
     * Returns the query that sets timeouts as {@link #setLocal}, where the transaction's own limits are not shorter, and
     * tells those it finds, all in one statement. It takes the transaction's snapshot.
     *
     * @param timeouts what to set; unset ones are left alone
     * @return a query with one row: the limits found as {@code SHOW} prints them, lock before statement timeout, then the
     *     new ones; or null if there is nothing to set
     */
    public static @Nullable String shortenLocal(Timeouts timeouts) {
        List<String> found = new ArrayList<>(4);
        List<String> set = new ArrayList<>(2);
        Duration lock = timeouts.lock();
        if (lock != null) {
            found.add("current_setting('lock_timeout')");
            set.add(shorten("lock_timeout", lock));
        }
        Duration statement = timeouts.statement();
        if (statement != null) {
            found.add("current_setting('statement_timeout')");
            set.add(shorten("statement_timeout", statement));
        }
        found.addAll(set);
        return found.isEmpty() ? null : "SELECT " + String.join(", ", found);
    }

    /** Zero is no limit, so it is not the shorter one. */
    private static String shorten(String setting, Duration wanted) {
        return "set_config('" + setting + "', least(nullif(extract(epoch FROM current_setting('" + setting
                + "')::interval) * 1000, 0), " + millis(wanted) + ")::bigint::text, true)";
    }

    /**
     * Returns the statements that set timeouts for the session.
     *
     * @param timeouts what to set; unset ones are left alone
     * @return none, one or two statements
     */
    public static List<String> setSession(Timeouts timeouts) {
        return set("SET SESSION ", timeouts);
    }

    private static List<String> set(String set, Timeouts timeouts) {
        List<String> statements = new ArrayList<>(2);
        Duration lock = timeouts.lock();
        if (lock != null) {
            statements.add(set + "lock_timeout = " + millis(lock));
        }
        Duration statement = timeouts.statement();
        if (statement != null) {
            statements.add(set + "statement_timeout = " + millis(statement));
        }
        return statements;
    }

    /** Never 0, which would switch the timeout off; rounded up. */
    private static long millis(Duration timeout) {
        long millis = timeout.toMillis();
        boolean exact = timeout.equals(Duration.ofMillis(millis));
        return Math.max(1, Math.min(LONGEST_MILLIS, exact ? millis : millis + 1));
    }

    /**
     * Reads a timeout as {@code SHOW} prints it, such as {@code 0}, {@code 1500ms}, {@code 3s}, {@code 2min}.
     *
     * @param shown the text
     * @return the timeout, or null for 0, which is none
     * @throws IllegalArgumentException if the text is not of that form
     */
    public static @Nullable Duration shown(String shown) {
        int unit = 0;
        while (unit < shown.length() && Character.isDigit(shown.charAt(unit))) {
            unit++;
        }
        if (unit == 0) {
            throw unreadable(shown);
        }
        long number = Long.parseLong(shown.substring(0, unit));
        if (number == 0) {
            return null;
        }
        return switch (shown.substring(unit)) {
            case "", "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "min" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> throw unreadable(shown);
        };
    }

    private static IllegalArgumentException unreadable(String shown) {
        return new IllegalArgumentException(
                "timeout is \"" + shown + "\": must be a number with ms, s, min, h or d, as SHOW prints it");
    }

    /**
     * What tells this run of this server from any other: a server that crashed gives the numbers of transactions it had
     * not written down to others (measured on PostgreSQL 15: the next transaction had the lost one's number), and so does
     * a standby that was promoted. The statistics' time of reset is set by every crash recovery, on any standby.
     */
    private static final String INCARNATION = "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || '/'"
            + " || coalesce(extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time())::text, '')";

    /**
     * Returns the query that gives the number of the transaction it runs in, with the run of the server it is valid in.
     * It assigns the transaction a number, and takes its snapshot.
     *
     * @return a query with one row of one text, for {@link #transactionStatus}
     */
    public static String transactionId() {
        return "SELECT txid_current() || ' ' || " + INCARNATION;
    }

    /**
     * Returns the query that tells what became of a transaction (manual, "Transaction ID and Snapshot Information
     * Functions").
     *
     * @param id as {@link #transactionId} gave it
     * @return a query with one row: {@code committed}, {@code aborted}, {@code in progress}, or null if that cannot be
     *     told any more
     * @throws IllegalArgumentException if the id is not of that form
     */
    public static String transactionStatus(String id) {
        int space = id.indexOf(' ');
        String number = space < 0 ? "" : id.substring(0, space);
        String incarnation = id.substring(space + 1);
        if (!number.matches("[0-9]{1,19}") || !incarnation.matches("[0-9A-F]{8}/[0-9.]*")) {
            throw new IllegalArgumentException(
                    "transaction id is '" + id + "': must be what PostgresSql.transactionId() gave");
        }
        return "SELECT CASE WHEN " + INCARNATION + " = '" + incarnation + "' THEN txid_status(" + number + ") END";
    }

    /**
     * Returns the statement that ends a session of the same role, if it is still the one that was meant: a session of
     * that number that is older than the given age. Its single value is true if the session was told to end.
     *
     * @param backendPid the server's process number of the session
     * @param age how long the session is known to have existed, at least
     * @return a query with one row, or none if there is no such session
     */
    public static String terminate(int backendPid, Duration age) {
        return "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = " + backendPid
                + " AND backend_start < clock_timestamp() - interval '" + age.toMillis() + " milliseconds'";
    }
}
