package dev.dbop.testkit;

import dev.dbop.sql.Database;
import dev.dbop.sql.FaultKind;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.ServerError;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** MySQL and MariaDB. */
final class InnoDbProvocation extends Provocation {

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

    /** INNODB_TRX stays as it is until nobody has read it for 0.1 s (MySQL 8.0 manual 15.15.2.3). */
    private static final long REFRESH_NANOS = Duration.ofMillis(110).toNanos();

    private final boolean mariaDb;

    InnoDbProvocation(TestDatabase database) {
        super(database);
        this.mariaDb = database.database() == Database.MARIADB;
    }

    /** InnoDB's victim is the transaction that has changed fewer rows (MySQL manual, "Deadlock Detection"). */
    @Override
    void prepareTables() throws SQLException {
        super.prepareTables();
        database.execute(
                "create table if not exists ballast (id int primary key, v int)",
                "insert ignore into ballast select a.id + 3 * b.id + 9 * c.id, 0 from counter a, counter b, counter c");
    }

    @Override
    String[] beginWithPriority() {
        return new String[] {"begin", "update ballast set v = v + 1"};
    }

    @Override
    String sessionId() {
        return "select connection_id()";
    }

    @Override
    List<String> settings() {
        return List.of("select concat_ws(' ', @@innodb_lock_wait_timeout, @@lock_wait_timeout, "
                + (mariaDb
                        ? "@@max_statement_time, @@tx_isolation, @@tx_read_only)"
                        : "@@max_execution_time, @@transaction_isolation, @@transaction_read_only)"));
    }

    @Override
    String lockTimeout() {
        return "select @@innodb_lock_wait_timeout * 1000";
    }

    @Override
    String statementTimeout() {
        return mariaDb ? "select round(@@max_statement_time * 1000)" : "select @@max_execution_time";
    }

    @Override
    Duration shortestLockTimeout() {
        return Duration.ofSeconds(1);
    }

    @Override
    String setLockTimeout() {
        return "set innodb_lock_wait_timeout = 1";
    }

    @Override
    String setStatementTimeout() {
        return mariaDb ? "set max_statement_time = 0.1" : "set max_execution_time = 100";
    }

    @Override
    ServerError error(FaultKind kind) {
        int code = switch (kind) {
            case CONSTRAINT -> 1062;
            case INVALID -> 1064;
            case DEADLOCK -> 1213;
            case LOCK_TIMEOUT -> 1205;
            case STATEMENT_TIMEOUT -> mariaDb ? 1969 : 3024;
            case CANCELLED -> 1317;
            default -> throw notProvoked(kind);
        };
        return new ServerError(null, code, null, null);
    }

    /** Not SLEEP, which on MySQL answers instead of failing when it is stopped. */
    @Override
    String slow() {
        return "with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000)"
                + " select count(*) from n a, n b, n c where a.i + b.i + c.i = 0";
    }

    @Override
    boolean locksRows() {
        return true;
    }

    @Override
    boolean dropsSavepoints() {
        return true;
    }

    /** Set for one transaction the level is in no variable: only InnoDB knows. */
    @Override
    Isolation isolation(Sql sql) throws Exception {
        sql.execute("update counter set v = v where id = 1");
        String session = sql.query(sessionId()).get(0);
        long end = System.nanoTime() + REFRESH_NANOS;
        Poll.until(ANSWER_LIMIT, () -> System.nanoTime() - end > 0, () -> "time stands still");
        List<String> levels = database.query(
                "select trx_isolation_level from information_schema.innodb_trx where trx_mysql_thread_id = ?",
                Long.parseLong(session));
        return Isolation.valueOf(levels.get(0).toUpperCase(Locale.ROOT).replace(' ', '_'));
    }

    @Override
    void doom(Sql sql) throws Exception {
        deadlock(sql);
    }

    /** A COMMIT waits for a global read lock; cancelled meanwhile, it has not happened. */
    @Override
    void refuseCommit(Sql sql) throws Exception {
        sql.execute("update counter set v = v + 1 where id = 1");
        long session = Long.parseLong(sql.query(sessionId()).get(0));
        TestSession locker = rival();
        locker.run("flush tables with read lock");
        // the lock is held until the rival closes: released here, it might be granted before the cancel is heeded
        beside(() -> {
            database.awaitBlocked(session);
            database.cancel(session);
        });
    }
}
