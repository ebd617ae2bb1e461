package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Verdict;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The connection goes, in the attempt or while it lies in the pool. */
abstract class LostConnectionTest extends ServerTest {
    LostConnectionTest(TestDatabase db) {
        super(db);
    }

    private Future<Void> kill(SqlConnection connection) {
        Promise<Void> killed = Promise.promise();
        Clients.sessionId(db, connection)
                .onSuccess(session -> others.add(CompletableFuture.runAsync(() -> {
                    try {
                        db.kill(session);
                        killed.complete();
                    } catch (SQLException refused) {
                        killed.fail(refused);
                    }
                })));
        return killed.future();
    }

    @Test
    void aSessionKilledBetweenTwoStatementsIsReplacedAndNothingOfItIsKept() throws SQLException {
        Pool pool = pool(null, 1);
        for (int call = 1; call <= 5; call++) {
            runs.set(0);
            this.<Object>call(
                    settings,
                    VertxScope.transaction(pool),
                    c -> note(c, "a")
                            .compose(done -> runs.get() == 1 ? kill(c) : Future.succeededFuture())
                            .compose(done -> note(c, "b"))
                            .mapEmpty());
            assertThat(runs).hasValue(2);
        }
        assertThat(verdicts()).hasSize(5).containsOnly(Verdict.RETRY_CONNECTION);
        assertThat(noted("a")).hasSize(5).containsOnly("2");
        assertThat(noted("b")).hasSize(5).containsOnly("2");
        assertUsable(pool);
    }

    @Test
    void whatFollowsALossThatTheOperationSwallowsDoesNotMaskIt() throws SQLException {
        Pool pool = pool(null, 1);
        this.<Object>call(
                settings,
                VertxScope.transaction(pool),
                c -> note(c, "a")
                        .compose(done -> runs.get() == 1 ? kill(c) : Future.succeededFuture())
                        .compose(done -> runs.get() == 1 ? note(c, "b").otherwiseEmpty() : note(c, "b"))
                        .compose(done -> note(c, "c"))
                        .mapEmpty());

        assertThat(runs).hasValue(2);
        assertThat(verdicts()).containsExactly(Verdict.RETRY_CONNECTION);
        assertThat(noted("c")).containsExactly("2");
        assertUsable(pool);
    }

    @Test
    void aSessionKilledWhileManyStatementsAreInFlightLeavesNothing() throws SQLException {
        Pool pool = pool(1, 256);
        this.<Object>call(settings, VertxScope.transaction(pool), c -> {
            Future<?> first = note(c, "a");
            if (runs.get() == 1) {
                first = kill(c);
                for (int i = 0; i < 50; i++) {
                    note(c, "a");
                }
            }
            return first.compose(done -> note(c, "b")).mapEmpty();
        });

        assertThat(noted("a")).containsExactly("2");
        assertThat(noted("b")).containsExactly("2");
        assertUsable(pool);
    }

    @Test
    void aSessionKilledInThePoolCostsAtMostAnAttempt() throws SQLException {
        Pool pool = pool(null, 1);
        for (int call = 1; call <= 5; call++) {
            Long session = this.<Long>call(settings, VertxScope.transaction(pool), c -> Clients.sessionId(db, c));
            db.kill(session);
            call(settings, VertxScope.transaction(pool), c -> note(c, "a"));
        }
        assertThat(noted("a")).hasSize(5);
        assertUsable(pool);
    }

    @Test
    void aConnectionCutInAnyStatementIsReplaced() throws SQLException {
        FaultProxy proxy = proxy();
        Pool pool = pool(proxy, 1);
        for (int call = 1; call <= 3; call++) {
            proxy.cutBeforeForwarding(FaultProxy.containing("'cut'"));
            call(settings, VertxScope.transaction(pool), c -> note(c, "a").compose(done -> note(c, "cut")));
            proxy.cutAfterForwarding(FaultProxy.containing("'cut'"));
            call(settings, VertxScope.transaction(pool), c -> note(c, "a").compose(done -> note(c, "cut")));
        }
        assertThat(noted("a")).hasSize(6);
        assertThat(noted("cut")).hasSize(6);
        assertThat(verdicts()).hasSize(6).containsOnly(Verdict.RETRY_CONNECTION);
        assertUsable(pool);
    }
}
