package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.LockMode;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import io.vertx.core.Future;
import io.vertx.sqlclient.DatabaseException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** {@link VertxTableLocks}; a subclass names the server. */
abstract class TableLocksTest extends ServerTest {
    private static final TableName ACC = TableName.of("acc");
    private static final TableName NOTED = TableName.of("noted");

    private final DbopRunner once = settings.policy(RetryPolicy.noRetries());
    private final String limit;
    private final String[] inTheWay;
    private final String[] outOfTheWay;

    TableLocksTest(TestDatabase db) {
        super(db);
        this.limit = postgres ? "SHOW lock_timeout" : "SELECT @@lock_wait_timeout";
        this.inTheWay = postgres ? new String[] {"BEGIN", "LOCK TABLE acc"} : new String[] {"LOCK TABLES acc WRITE"};
        this.outOfTheWay = new String[] {postgres ? "COMMIT" : "UNLOCK TABLES"};
    }

    private Future<List<String>> limit(SqlConnection connection) {
        return connection.query(limit).execute().map(Clients::column);
    }

    private void assertNotGranted(Throwable failure) {
        assertThat(failure).isInstanceOf(DatabaseException.class);
        DatabaseException refused = (DatabaseException) failure;
        if (postgres) {
            assertThat(refused.getSqlState()).isEqualTo("55P03");
        } else {
            assertThat(refused.getErrorCode()).isEqualTo(1205);
        }
    }

    @Test
    void waitsUntilOthersAreOutOfTheWay() throws SQLException {
        Pool pool = pool(null, 1);
        try (TestSession holder = TestSession.open(db)) {
            holder.run(inTheWay);
            Future<List<String>> locked = start(
                    once,
                    VertxScope.transaction(pool),
                    c -> limit(c).compose(before -> VertxTableLocks.lock(
                                    c, LockMode.ACCESS_SHARE, Duration.ofSeconds(20), NOTED, ACC)
                            .compose(granted -> limit(c))
                            .map(after -> {
                                assertThat(after).isEqualTo(before);
                                return after;
                            })));
            awaitBlocked();
            assertThat(locked.isComplete()).isFalse();
            holder.run(outOfTheWay);

            assertThat(Clients.await(locked)).hasSize(1);
        }
    }

    private void awaitBlocked() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() ->
                        db.sessions().stream().anyMatch(session -> session.state() == ServerSession.State.BLOCKED));
    }

    @Test
    void aLimitThatIsReachedInAStepLeavesTheRestAsItWas() throws SQLException {
        Pool pool = pool(null, 1);
        try (TestSession holder = TestSession.open(db)) {
            holder.run(inTheWay);
            List<String> limits = call(
                    once,
                    VertxScope.transaction(pool),
                    c -> limit(c).compose(before -> note(c, "outer")
                            .compose(noted -> VertxRunner.of(Clients.VERTX, once)
                                    .call(
                                            VertxScope.savepoint(c),
                                            step -> VertxTableLocks.lock(
                                                    step, LockMode.ACCESS_SHARE, Duration.ofMillis(300), ACC)))
                            .transform(refused -> {
                                assertNotGranted(refused.cause());
                                return limit(c);
                            })
                            .map(after -> {
                                assertThat(after).isEqualTo(before);
                                return after;
                            })));
            holder.run(outOfTheWay);

            assertThat(limits).hasSize(1);
        }
        assertThat(noted("outer")).hasSize(1);
    }

    @Test
    void refusesToLockOutsideATransactionBeforeAnythingIsSent() {
        Pool pool = pool(null, 1);
        TableName nobodys = TableName.of("nobody has made this");

        assertThat(failure(
                        once,
                        VertxScope.autocommit(pool),
                        c -> VertxTableLocks.lock(c, LockMode.ACCESS_SHARE, nobodys)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("VertxScope.transaction");
        assertThat(Assertions.catchThrowable(() -> Clients.await(
                        pool.withConnection(c -> VertxTableLocks.lock(c, LockMode.ACCESS_SHARE, nobodys)))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void locksInTheClientsOwnTransaction() {
        Pool pool = pool(null, 1);

        Clients.await(pool.withTransaction(c -> VertxTableLocks.lock(c, LockMode.ROW_EXCLUSIVE, ACC)));
        assertUsable(pool);
    }

    @Test
    void everyModeIsThereOrRefusedWithTheReason() {
        Pool pool = pool(null, 1);
        for (LockMode mode : LockMode.values()) {
            boolean had = postgres || mode == LockMode.ACCESS_SHARE || mode == LockMode.ROW_EXCLUSIVE;
            Throwable refused = Assertions.catchThrowable(
                    () -> call(once, VertxScope.transaction(pool), c -> VertxTableLocks.lock(c, mode, ACC)));

            if (had) {
                assertThat(refused).as(mode.sql()).isNull();
            } else {
                assertThat(refused)
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("because LOCK TABLES commits");
            }
        }
        assertThat(failure(
                        once,
                        VertxScope.transaction(pool),
                        c -> VertxTableLocks.lock(c, LockMode.ACCESS_SHARE, Duration.ofSeconds(-1), ACC)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHolderAtATimeUnlessToldOtherwise() throws SQLException {
        Pool pool = pool(null, 1);
        Throwable failure = Assertions.catchThrowable(() -> call(
                once,
                VertxScope.transaction(pool),
                c -> VertxTableLocks.lock(c, ACC)
                        .compose(granted -> Clients.connect(db, null)
                                .compose(other -> VertxRunner.of(Clients.VERTX, once)
                                        .call(
                                                VertxScope.transaction(other),
                                                second -> VertxTableLocks.lock(
                                                        second, VertxTableLocks.DEFAULT_MODE, Duration.ZERO, ACC))
                                        .eventually(other::close)))));

        if (postgres) {
            assertNotGranted(failure);
        } else {
            assertThat(failure).isInstanceOf(UnsupportedOperationException.class);
        }
    }
}
