package dev.dbop.testkit;

import dev.dbop.sql.FaultKind;
import dev.dbop.sql.Isolation;
import dev.dbop.sql.ServerError;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SQLite: one writer at a time, so there are no deadlocks, and nobody to ask or to stop from outside. */
final class SqliteProvocation extends Provocation {

    SqliteProvocation(TestDatabase database) {
        super(database);
    }

    @Override
    TestSession holderOf(int id) throws SQLException {
        TestSession holder = rival();
        holder.run("begin immediate");
        return holder;
    }

    @Override
    String[] beginWithPriority() {
        return new String[] {"begin immediate"};
    }

    @Override
    @Nullable
    String sessionId() {
        return null;
    }

    @Override
    List<String> settings() {
        return List.of("pragma busy_timeout", "pragma query_only", "pragma read_uncommitted", "pragma foreign_keys");
    }

    @Override
    String lockTimeout() {
        return "pragma busy_timeout";
    }

    @Override
    @Nullable
    String statementTimeout() {
        return null;
    }

    @Override
    Duration shortestLockTimeout() {
        return Duration.ofMillis(50);
    }

    @Override
    String setLockTimeout() {
        return "pragma busy_timeout = 50";
    }

    @Override
    @Nullable
    String setStatementTimeout() {
        return null;
    }

    @Override
    ServerError error(FaultKind kind) {
        int code = switch (kind) {
            case CONSTRAINT -> 1555;
            case INVALID -> 1;
            case LOCK_TIMEOUT -> 5;
            default -> throw notProvoked(kind);
        };
        return new ServerError(null, code, null, null);
    }

    @Override
    String slow() {
        return "with recursive n (i) as (select 1 union all select i + 1 from n where i < 500000000)"
                + " select count(*) from n";
    }

    @Override
    boolean locksRows() {
        return false;
    }

    @Override
    boolean dropsSavepoints() {
        return true;
    }

    @Override
    @Nullable
    Isolation isolation(Sql sql) {
        return null;
    }

    /** The statement's own wish: it rolls the whole transaction back (SQLite documentation, "ON CONFLICT"). */
    @Override
    void doom(Sql sql) throws Exception {
        sql.execute("insert or rollback into counter values (1, 0)");
    }

    /** Without WAL a COMMIT waits until nobody reads. */
    @Override
    void refuseCommit(Sql sql) throws SQLException {
        rival().run("begin", "select v from counter");
    }
}
