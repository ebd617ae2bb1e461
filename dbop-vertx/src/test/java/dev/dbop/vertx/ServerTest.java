package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.Phase;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** What the tests on real servers share: two tables, pools that are closed, and what the attempts' verdicts were. */
@Timeout(60)
abstract class ServerTest {
    final TestDatabase db;
    final boolean postgres;
    final List<RunEvent.AttemptFailed> failed = new CopyOnWriteArrayList<>();
    final List<RunEvent.Probed> probed = new CopyOnWriteArrayList<>();
    final AtomicInteger runs = new AtomicInteger();
    final DbopRunner settings = DbopRunner.create()
            .named("attacked")
            .policy(RetryPolicy.builder()
                    .maxRetries(3)
                    .initialDelay(Duration.ofMillis(10))
                    .build())
            .listeners(this::heard);
    /** What other sessions are doing, whose failures are the test's only if it asks for them. */
    final List<CompletableFuture<?>> others = new CopyOnWriteArrayList<>();

    private final List<Pool> pools = new ArrayList<>();
    private final List<FaultProxy> proxies = new ArrayList<>();

    ServerTest(TestDatabase db) {
        this.db = db;
        this.postgres = db.database() == Database.POSTGRESQL;
    }

    private void heard(RunEvent event) {
        if (event instanceof RunEvent.AttemptFailed failure) {
            failed.add(failure);
        } else if (event instanceof RunEvent.Probed found) {
            probed.add(found);
        }
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS noted",
                "DROP TABLE IF EXISTS acc",
                "CREATE TABLE noted (who VARCHAR(20), run INT)",
                "CREATE TABLE acc (id INT PRIMARY KEY, v INT)",
                "INSERT INTO acc VALUES (1, 0), (2, 0), (3, 0)");
    }

    @AfterEach
    void closePools() {
        proxies.forEach(FaultProxy::heal);
        pools.forEach(Clients::close);
        proxies.forEach(FaultProxy::close);
    }

    final FaultProxy proxy() {
        FaultProxy proxy = FaultProxy.to(db);
        proxies.add(proxy);
        return proxy;
    }

    final Pool kept(Pool pool) {
        pools.add(pool);
        return pool;
    }

    final Pool pool(@Nullable FaultProxy proxy, int size) {
        return kept(Clients.pool(db, proxy, size));
    }

    final Pool pool(int size, int pipelining) {
        return kept(Clients.pool(db, null, size, Clients.pipelining(pipelining)));
    }

    /** A pool with so many connections made already, for what is not to connect within its limit. */
    final Pool connected(Pool pool, int connections) {
        List<Future<SqlConnection>> all =
                Stream.generate(pool::getConnection).limit(connections).toList();
        Clients.await(Future.all(all));
        all.forEach(each -> Clients.await(each.compose(SqlConnection::close)));
        return pool;
    }

    final <T> Future<T> start(
            DbopRunner with, AsyncAttemptScope<SqlConnection> scope, Function<SqlConnection, Future<T>> operation) {
        return VertxRunner.of(Clients.VERTX, with).call(scope, connection -> {
            runs.incrementAndGet();
            return operation.apply(connection);
        });
    }

    final <T> T call(
            DbopRunner with, AsyncAttemptScope<SqlConnection> scope, Function<SqlConnection, Future<T>> operation) {
        return Clients.await(start(with, scope, operation));
    }

    final Throwable failure(
            DbopRunner with, AsyncAttemptScope<SqlConnection> scope, Function<SqlConnection, Future<?>> operation) {
        Throwable failure = Assertions.catchThrowable(() ->
                call(with, scope, connection -> operation.apply(connection).mapEmpty()));
        return assertThat(failure).as("nothing failed").isNotNull().actual();
    }

    /** Leaves a note with the number of the run that wrote it. */
    final Future<Object> note(SqlConnection connection, String who) {
        return sql(connection, "INSERT INTO noted VALUES ('" + who + "', " + runs.get() + ")");
    }

    static Future<Object> sql(SqlConnection connection, String text) {
        return connection.query(text).execute().mapEmpty();
    }

    static Future<Object> add(SqlConnection connection, int id) {
        return sql(connection, "UPDATE acc SET v = v + 1 WHERE id = " + id);
    }

    /** The runs that have left a durable note. */
    final List<String> noted(String who) throws SQLException {
        return db.query("SELECT run FROM noted WHERE who = '" + who + "' ORDER BY run");
    }

    final List<Verdict> verdicts() {
        return failed.stream().map(RunEvent.AttemptFailed::verdict).toList();
    }

    final List<Phase> phases() {
        return failed.stream().map(RunEvent.AttemptFailed::phase).toList();
    }

    /** A pool that has lost a connection for good, or lent one that is dead, does not manage this. */
    final void assertUsable(Pool pool) {
        assertUsable(pool, 1);
    }

    /** As {@link #assertUsable(Pool)}, with so many connections at most. */
    final void assertUsable(Pool pool, int size) {
        DbopRunner once = settings.policy(RetryPolicy.builder().maxRetries(0).build());
        for (int i = 0; i < 3; i++) {
            List<String> one = call(
                    once,
                    VertxScope.transaction(pool),
                    connection -> connection.query("SELECT 1").execute().map(Clients::column));
            assertThat(one).containsExactly("1");
        }
        assertThat(pool.size()).isLessThanOrEqualTo(size);
    }
}
