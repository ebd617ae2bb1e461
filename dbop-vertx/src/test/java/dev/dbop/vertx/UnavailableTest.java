package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** No connection is to be had: that is worth another try, unless the server says who may not have one. */
abstract class UnavailableTest extends ServerTest {
    UnavailableTest(TestDatabase db) {
        super(db);
    }

    private Pool impatient(int waiting) {
        return kept(Clients.pool(
                db,
                null,
                new PoolOptions()
                        .setMaxSize(1)
                        .setMaxWaitQueueSize(waiting)
                        .setConnectionTimeout(3)
                        .setConnectionTimeoutUnit(TimeUnit.SECONDS),
                options -> options));
    }

    @Test
    void aPoolWithoutAFreeConnectionIsTriedAgainAfterABackOff() throws SQLException {
        Pool pool = impatient(-1);
        SqlConnection lent = Clients.await(pool.getConnection());
        Future<?> call = start(
                settings.listener(event -> {
                    if (failed.size() == 1) {
                        lent.close();
                    }
                }),
                VertxScope.transaction(pool),
                c -> note(c, "a"));

        Clients.await(call);

        assertThat(verdicts()).containsExactly(Verdict.RETRY_CONNECTION);
        assertThat(failed.get(0).phase()).isEqualTo(Phase.OPEN);
        assertThat(failed.get(0).delay()).isGreaterThan(Duration.ZERO);
        assertThat(noted("a")).containsExactly("1");
        assertUsable(pool);
    }

    @Test
    void aPoolWithoutPlaceToWaitIsTriedAgainToo() throws SQLException {
        Pool pool = impatient(0);
        SqlConnection lent = Clients.await(pool.getConnection());
        Future<?> call = start(
                settings.listener(event -> {
                    if (failed.size() == 1) {
                        lent.close();
                    }
                }),
                VertxScope.transaction(pool),
                c -> note(c, "a"));

        Clients.await(call);

        assertThat(verdicts()).isNotEmpty().containsOnly(Verdict.RETRY_CONNECTION);
        assertThat(noted("a")).containsExactly("1");
    }

    @Test
    void aConnectionThatComesWhenNobodyWantsItAnyMoreGoesBack() throws SQLException {
        Pool pool = pool(null, 1);
        SqlConnection lent = Clients.await(pool.getConnection());
        var call = settings.callAsync(
                VertxScope.transaction(pool), c -> note(c, "a").toCompletionStage());

        assertThat(call.cancel(true)).isTrue();
        Clients.await(lent.close());

        assertUsable(pool);
        assertThat(noted("a")).isEmpty();
    }

    @Test
    void aRefusedConnectionIsTriedAgain() throws SQLException {
        FaultProxy proxy = proxy();
        Pool pool = pool(proxy, 1);
        proxy.refuseNewConnections();

        call(
                settings.listener(event -> {
                    if (failed.size() == 2) {
                        proxy.heal();
                    }
                }),
                VertxScope.transaction(pool),
                c -> note(c, "a"));

        assertThat(verdicts()).hasSize(2).containsOnly(Verdict.RETRY_CONNECTION);
        assertUsable(pool);
    }

    @Test
    void anUnknownHostIsTriedAgain() {
        Pool pool = kept(Clients.pool(db, null, 1, options -> options.setHost("nowhere.invalid")));

        failure(settings, VertxScope.transaction(pool), c -> note(c, "a"));

        assertThat(verdicts()).hasSize(4).containsOnly(Verdict.RETRY_CONNECTION);
        assertThat(runs).hasValue(0);
    }

    @Test
    void aWrongPasswordIsNotTriedAgainNorRepeatedInAnyMessage() throws SQLException {
        TestDatabase plain = db.asPlainUser();
        Pool pool = kept(Clients.pool(plain, null, 1, options -> options.setPassword("wrong-s3cret")));

        Throwable failure = failure(settings, VertxScope.transaction(pool), c -> note(c, "a"));

        assertThat(verdicts()).containsExactly(Verdict.GIVE_UP);
        assertThat(failure).hasMessageNotContaining("s3cret");
    }

    @Test
    void anUnknownDatabaseIsNotTriedAgain() {
        Pool pool = kept(Clients.pool(db, null, 1, options -> options.setDatabase("no_such_database")));

        failure(settings, VertxScope.transaction(pool), c -> note(c, "a"));

        assertThat(verdicts()).containsExactly(Verdict.GIVE_UP);
    }
}
