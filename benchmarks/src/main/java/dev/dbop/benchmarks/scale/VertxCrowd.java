package dev.dbop.benchmarks.scale;

import dev.dbop.DbopRunner;
import dev.dbop.benchmarks.peers.Peers;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.vertx.VertxRunner;
import dev.dbop.vertx.VertxScope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Transactions on Vert.x, nearly all of which wait for one of twenty connections. */
final class VertxCrowd extends Crowd {
    private static final int CONNECTIONS = 20;

    private final Vertx vertx;
    private final Promise<Boolean> go = Promise.promise();
    private final Pool pool;
    private final List<Future<Boolean>> started;
    private final Supplier<Future<Boolean>> call;

    VertxCrowd(String contender, int calls, TestDatabase db) {
        super(calls, Where.OPERATION);
        this.vertx = Vertx.vertx();
        this.pool = pool(vertx, db);
        this.started = new ArrayList<>(calls);
        VertxRunner runner = VertxRunner.of(vertx, DbopRunner.create().listeners());
        this.call = contender.equals(Peers.DBOP)
                ? () -> runner.call(VertxScope.transaction(pool), this::work)
                : () -> pool.withTransaction(this::work);
        // what a pool keeps for good is none of a call's
        await(pool.withConnection(this::one));
    }

    private Future<Boolean> one(SqlConnection connection) {
        return connection.query("SELECT 1").execute().map(true);
    }

    private Future<Boolean> work(SqlConnection connection) {
        return one(connection).compose(rows -> {
            attempts.incrementAndGet();
            return go.future();
        });
    }

    private static Pool pool(Vertx vertx, TestDatabase db) {
        PgConnectOptions options = new PgConnectOptions()
                .setHost(db.server().host())
                .setPort(db.server().port())
                .setDatabase(db.name())
                .setUser(db.login().user())
                .setPassword(db.login().password());
        PoolOptions size = new PoolOptions()
                .setMaxSize(CONNECTIONS)
                .setConnectionTimeout(1)
                .setConnectionTimeoutUnit(TimeUnit.HOURS);
        return PgBuilder.pool().using(vertx).with(size).connectingTo(options).build();
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    /** From one event loop, as a server would. */
    @Override
    void start() {
        Promise<Boolean> called = Promise.promise();
        vertx.runOnContext(now -> {
            for (int i = 0; i < calls; i++) {
                started.add(call.get());
            }
            called.complete(true);
        });
        await(called.future());
    }

    @Override
    void gather() throws InterruptedException {
        while (attempts.get() < Math.min(calls, CONNECTIONS)) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    @Override
    void letGo() {
        go.complete(true);
        started.forEach(VertxCrowd::await);
    }

    /** Vert.x does not show its timers. */
    @Override
    @Nullable
    Integer timers() {
        return null;
    }

    @Override
    void close() {
        await(pool.close());
        await(vertx.close());
        started.clear();
    }
}
