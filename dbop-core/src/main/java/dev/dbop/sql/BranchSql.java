package dev.dbop.sql;

import dev.dbop.twophase.BranchId;
import dev.dbop.twophase.GroupId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of prepared branches: PostgreSQL's PREPARE TRANSACTION, and XA of MySQL and MariaDB. Texts only; sending them is
 * the adapter's business. Names need no quoting: {@link BranchId} is strict about its characters.
 */
public final class BranchSql {
    /** XAER_NOTA (manual, "XA Transaction States"): no such branch, or one in the hands of another session. */
    private static final int XAER_NOTA = 1397;
    /** XA_RBROLLBACK, XA_RBTIMEOUT, XA_RBDEADLOCK: rolled back already. */
    private static final Set<Integer> XA_ROLLED_BACK = Set.of(1402, 1613, 1614);

    private final Database database;

    private BranchSql(Database database) {
        this.database = database;
    }

    /**
     * Returns the texts of one database.
     *
     * @param database PostgreSQL, MySQL or MariaDB
     * @return the texts
     * @throws IllegalArgumentException if the database cannot prepare a branch
     */
    public static BranchSql of(Database database) {
        if (!prepares(database)) {
            throw new IllegalArgumentException(
                    "database is " + database.productName()
                            + ": must be PostgreSQL, MySQL or MariaDB to prepare a branch; make it branch 0, which is not prepared");
        }
        return new BranchSql(database);
    }

    /**
     * Tells whether a database can take part as another branch than 0.
     *
     * @param database any
     * @return true for PostgreSQL, MySQL and MariaDB
     */
    public static boolean prepares(Database database) {
        return database == Database.POSTGRESQL || database == Database.MYSQL || database == Database.MARIADB;
    }

    /**
     * Returns the statement that begins a branch.
     *
     * @param branch its name
     * @return XA START; null on PostgreSQL, where a branch is an ordinary transaction until it is prepared
     */
    public @Nullable String start(BranchId branch) {
        return postgres() ? null : "XA START " + xid(branch);
    }

    /**
     * Returns the statements that prepare a branch, on the session that did its work.
     *
     * @param branch its name
     * @return two statements to be sent together. PostgreSQL answers PREPARE of a failed transaction without an error,
     *     and prepares nothing: the statement before it in the same string fails instead, and does so too (with a
     *     division by zero) once a group without a decision row must be quiet
     */
    public List<String> prepare(BranchId branch) {
        return postgres()
                ? List.of(guard(branch.group().logLess()), "PREPARE TRANSACTION '" + branch + "'")
                : List.of("XA END " + xid(branch), "XA PREPARE " + xid(branch));
    }

    private static String guard(GroupId.@Nullable LogLess logLess) {
        return logLess == null
                ? PostgresSql.failsInFailedTransaction(Database.POSTGRESQL)
                : "SELECT 1 / (extract(epoch FROM clock_timestamp()) < " + logLess.quietAfter() + ")::int";
    }

    /**
     * Returns the statement that commits a prepared branch. Not inside a transaction.
     *
     * @param branch its name
     * @return the statement
     */
    public String commitPrepared(BranchId branch) {
        return postgres() ? "COMMIT PREPARED '" + branch + "'" : "XA COMMIT " + xid(branch);
    }

    /**
     * Returns the statement that rolls a prepared branch back. Not inside a transaction.
     *
     * @param branch its name
     * @return the statement
     */
    public String rollbackPrepared(BranchId branch) {
        return postgres() ? "ROLLBACK PREPARED '" + branch + "'" : "XA ROLLBACK " + xid(branch);
    }

    /**
     * Returns the statement that ends work in a branch before it is rolled back unprepared.
     *
     * @param branch its name
     * @return XA END, which fails if the server has rolled the branch back already; null on PostgreSQL
     */
    public @Nullable String end(BranchId branch) {
        return postgres() ? null : "XA END " + xid(branch);
    }

    private static String xid(BranchId branch) {
        return "'" + branch.gtrid() + "','" + branch.bqual() + "'," + BranchId.FORMAT_ID;
    }

    /**
     * Returns the query for everything prepared, whoever owns it.
     *
     * @return a query with the columns {@link #read} takes; on PostgreSQL for the database of the session only, because a
     *     branch can be finished only there
     */
    public String list() {
        return postgres()
                ? "SELECT gid, CAST(floor(extract(epoch FROM clock_timestamp() - prepared)) AS BIGINT)"
                        + " FROM pg_prepared_xacts WHERE database = current_database()"
                : "XA RECOVER";
    }

    /**
     * Reads one row of {@link #list}.
     *
     * @param columns its columns as text; PostgreSQL: name and age in seconds; XA: format id, length of the global part,
     *     length of the qualifier, both parts
     * @return the branch, or null if it is somebody else's and must not be touched
     */
    public @Nullable BranchId read(List<String> columns) {
        if (postgres()) {
            return BranchId.parse(columns.get(0));
        }
        int global = Integer.parseInt(columns.get(1));
        int qualifier = Integer.parseInt(columns.get(2));
        String data = columns.get(3);
        boolean ours = columns.get(0).equals(String.valueOf(BranchId.FORMAT_ID))
                && global > 0
                && qualifier > 0
                && data.length() == global + qualifier;
        return ours ? BranchId.parse(data.substring(0, global), data.substring(global)) : null;
    }

    /**
     * Returns the query for the server's clock.
     *
     * @return whole seconds since 1970-01-01T00:00Z
     */
    public String clock() {
        return postgres()
                ? "SELECT CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)"
                : "SELECT UNIX_TIMESTAMP()";
    }

    /**
     * Tells whether an error says that no such branch is prepared, which alone says nothing: it may be finished, on its
     * way, or (XA) in the hands of another session.
     *
     * @param error the server's
     * @return true for 42704 of PostgreSQL, XAER_NOTA of XA
     */
    public boolean saysNotFound(ServerError error) {
        return postgres() ? "42704".equals(error.sqlState()) : error.vendorCode() == XAER_NOTA;
    }

    /**
     * Tells whether an error says that another session is at work on the branch.
     *
     * @param error the server's
     * @return true for 55000 of PostgreSQL
     */
    public boolean saysBusy(ServerError error) {
        return postgres() && "55000".equals(error.sqlState());
    }

    /**
     * Tells whether the answer to a rollback says that there is nothing left to roll back.
     *
     * @param error the server's
     * @return true for XA_RBROLLBACK and its kind
     */
    public boolean saysRolledBack(ServerError error) {
        return !postgres() && XA_ROLLED_BACK.contains(error.vendorCode());
    }

    private boolean postgres() {
        return database.family() == Database.Family.POSTGRESQL;
    }
}
