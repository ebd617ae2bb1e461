package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.mysqlclient.MySQLBuilder;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnectOptions;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The clients under test, all on one Vert.x of the JVM. */
final class Clients {
    static final Vertx VERTX = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));

    private static final int POOL_TIMEOUT_SECONDS = 5;
    private static final int PATIENCE_SECONDS = 60;

    private Clients() {}

    static SqlConnectOptions options(TestDatabase database, @Nullable FaultProxy proxy) {
        SqlConnectOptions options =
                isPostgres(database) ? new PgConnectOptions() : new MySQLConnectOptions().setUseAffectedRows(false);
        return options.setHost(proxy == null ? database.server().host() : "127.0.0.1")
                .setPort(proxy == null ? database.server().port() : proxy.port())
                .setDatabase(database.name())
                .setUser(database.login().user())
                .setPassword(database.login().password());
    }

    private static boolean isPostgres(TestDatabase database) {
        return database.database().family() == Database.Family.POSTGRESQL;
    }

    static Pool pool(TestDatabase database, @Nullable FaultProxy proxy, int size) {
        return pool(database, proxy, size, options -> options);
    }

    static Pool pool(
            TestDatabase database, @Nullable FaultProxy proxy, int size, UnaryOperator<SqlConnectOptions> change) {
        PoolOptions pool = new PoolOptions()
                .setMaxSize(size)
                .setConnectionTimeout(POOL_TIMEOUT_SECONDS)
                .setConnectionTimeoutUnit(TimeUnit.SECONDS);
        return pool(database, proxy, pool, change);
    }

    static Pool pool(
            TestDatabase database,
            @Nullable FaultProxy proxy,
            PoolOptions pool,
            UnaryOperator<SqlConnectOptions> change) {
        SqlConnectOptions options = change.apply(options(database, proxy));
        return isPostgres(database)
                ? PgBuilder.pool()
                        .using(VERTX)
                        .with(pool)
                        .connectingTo((PgConnectOptions) options)
                        .build()
                : MySQLBuilder.pool()
                        .using(VERTX)
                        .with(pool)
                        .connectingTo((MySQLConnectOptions) options)
                        .build();
    }

    /** Has a client send so many statements before it waits for an answer. */
    static UnaryOperator<SqlConnectOptions> pipelining(int limit) {
        return options -> {
            if (options instanceof PgConnectOptions postgres) {
                return postgres.setPipeliningLimit(limit);
            }
            return ((MySQLConnectOptions) options).setPipeliningLimit(limit);
        };
    }

    /** The number by which the server knows a connection. */
    static Future<Long> sessionId(TestDatabase database, SqlConnection connection) {
        return isPostgres(database)
                ? Future.succeededFuture((long) PgConnection.cast(connection).processId())
                : connection
                        .query("SELECT CONNECTION_ID()")
                        .execute()
                        .map(rows -> Long.valueOf(column(rows).get(0)));
    }

    static Future<? extends SqlConnection> connect(TestDatabase database, @Nullable FaultProxy proxy) {
        SqlConnectOptions options = options(database, proxy);
        return isPostgres(database)
                ? PgConnection.connect(VERTX, (PgConnectOptions) options)
                : MySQLConnection.connect(VERTX, (MySQLConnectOptions) options);
    }

    static void close(Pool pool) {
        await(pool.close());
    }

    static List<String> column(RowSet<Row> rows) {
        List<String> values = new ArrayList<>();
        for (Row row : rows) {
            Object value = row.getValue(0);
            boolean whole = value instanceof Double number && number == Math.rint(number);
            values.add(value == null ? "" : whole ? String.valueOf(row.getLong(0)) : value.toString());
        }
        return values;
    }

    /** Waits on a thread of the test's. */
    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw new CompletionException(failed.getCause());
        } catch (InterruptedException | TimeoutException late) {
            throw new AssertionError("the future did not complete", late);
        }
    }
}
