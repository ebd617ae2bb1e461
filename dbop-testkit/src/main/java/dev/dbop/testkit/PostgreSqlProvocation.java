package dev.dbop.testkit;

import dev.dbop.sql.FaultKind;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.ServerError;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** PostgreSQL and its relatives. */
final class PostgreSqlProvocation extends Provocation {

    PostgreSqlProvocation(TestDatabase database) {
        super(database);
    }

    /** A session looks for deadlocks when it has waited for deadlock_timeout: who waits shortest is the victim. */
    @Override
    void prepareTables() throws SQLException {
        super.prepareTables();
        database.execute(
                "create table if not exists deferred_check (id int unique deferrable initially deferred)",
                "alter database " + database.name() + " set deadlock_timeout = '20ms'");
    }

    @Override
    String[] beginWithPriority() {
        return new String[] {"begin", "set local deadlock_timeout = '60s'"};
    }

    @Override
    String sessionId() {
        return "select pg_backend_pid()";
    }

    @Override
    List<String> settings() {
        return List.of("select name || '=' || setting from pg_settings where name in ('lock_timeout',"
                + " 'statement_timeout', 'transaction_isolation', 'transaction_read_only',"
                + " 'default_transaction_isolation', 'default_transaction_read_only') order by name");
    }

    @Override
    String lockTimeout() {
        return "select setting from pg_settings where name = 'lock_timeout'";
    }

    @Override
    String statementTimeout() {
        return "select setting from pg_settings where name = 'statement_timeout'";
    }

    @Override
    Duration shortestLockTimeout() {
        return Duration.ofMillis(50);
    }

    @Override
    String setLockTimeout() {
        return "set lock_timeout = '50ms'";
    }

    @Override
    String setStatementTimeout() {
        return "set statement_timeout = '100ms'";
    }

    @Override
    ServerError error(FaultKind kind) {
        return switch (kind) {
            case CONSTRAINT -> error("23505", "duplicate key value violates unique constraint");
            case INVALID -> error("42601", "syntax error");
            case DEADLOCK -> error("40P01", "deadlock detected");
            case LOCK_TIMEOUT -> error("55P03", "canceling statement due to lock timeout");
            case STATEMENT_TIMEOUT -> error("57014", "canceling statement due to statement timeout");
            case CANCELLED -> error("57014", "canceling statement due to user request");
            default -> throw notProvoked(kind);
        };
    }

    private static ServerError error(String sqlState, String message) {
        return new ServerError(sqlState, 0, message, null);
    }

    @Override
    String slow() {
        return "select pg_sleep(60)";
    }

    @Override
    boolean locksRows() {
        return true;
    }

    @Override
    boolean dropsSavepoints() {
        return false;
    }

    @Override
    Isolation isolation(Sql sql) throws Exception {
        String shown = sql.query("show transaction_isolation").get(0);
        return Isolation.valueOf(shown.toUpperCase(Locale.ROOT).replace(' ', '_'));
    }

    /** Any error dooms the transaction; going back to a savepoint revives it. */
    @Override
    void doom(Sql sql) throws Exception {
        sql.execute("insert into counter values (1, 0)");
    }

    @Override
    void refuseCommit(Sql sql) throws Exception {
        sql.execute("insert into deferred_check values (1), (1)");
    }
}
