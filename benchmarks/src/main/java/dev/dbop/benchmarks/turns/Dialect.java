package dev.dbop.benchmarks.turns;

import dev.dbop.sql.Database;
import java.util.List;

/**
 * What a database wants to be told.
 *
 * @param limits sets a lock timeout of 5 s and a statement timeout of 20 s, a statement each
 * @param ask asks for each of these
 * @param restore sets what was there, the value in place of %s
 */
record Dialect(List<String> limits, List<String> ask, List<String> restore) {
    static final String UPDATE = "UPDATE acct SET v = v + 1 WHERE id = 1";
    /** Fails as a lock timeout does. */
    static final String FAILING_UPDATE = "UPDATE acct SET v = v + busy() WHERE id = 1";

    static final String READ = "SELECT v FROM acct WHERE id = 1";

    private static final Dialect POSTGRESQL = new Dialect(
            List.of("SET LOCAL lock_timeout = 5000", "SET LOCAL statement_timeout = 20000"),
            List.of("SHOW lock_timeout", "SHOW statement_timeout"),
            List.of("SET LOCAL lock_timeout = '%s'", "SET LOCAL statement_timeout = '%s'"));
    private static final Dialect MYSQL = session("innodb_lock_wait_timeout", "5", "max_execution_time", "20000");
    private static final Dialect MARIADB = session("innodb_lock_wait_timeout", "5", "max_statement_time", "20");

    private static Dialect session(String lock, String lockValue, String statement, String statementValue) {
        return new Dialect(
                List.of("SET SESSION " + lock + " = " + lockValue, "SET SESSION " + statement + " = " + statementValue),
                List.of("SELECT @@" + lock, "SELECT @@" + statement),
                List.of("SET SESSION " + lock + " = %s", "SET SESSION " + statement + " = %s"));
    }

    static Dialect of(Database database) {
        return switch (database) {
            case POSTGRESQL -> POSTGRESQL;
            case MYSQL -> MYSQL;
            case MARIADB -> MARIADB;
            default ->
                throw new IllegalArgumentException("database " + database + ": must be POSTGRESQL, MYSQL or MARIADB");
        };
    }

    /** The table, and the function that fails. */
    static List<String> schema(Database database) {
        String busy = database == Database.POSTGRESQL
                ? "CREATE FUNCTION busy() RETURNS INT LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE EXCEPTION 'busy' USING ERRCODE = '55P03'; END $$"
                : "CREATE FUNCTION busy() RETURNS INT DETERMINISTIC BEGIN"
                        + " SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1205, MESSAGE_TEXT = 'busy'; RETURN 0; END";
        return List.of(
                "CREATE TABLE acct (id INT PRIMARY KEY, v INT NOT NULL)", "INSERT INTO acct VALUES (1, 0)", busy);
    }
}
