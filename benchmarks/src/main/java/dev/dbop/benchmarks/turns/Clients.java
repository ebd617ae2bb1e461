package dev.dbop.benchmarks.turns;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.benchmarks.Pools;
import dev.dbop.benchmarks.peers.Peers;
import dev.dbop.benchmarks.turns.VertxClient.VertxPool;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLBuilder;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnectOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** Makes the clients that a database has. */
final class Clients {
    private static final int PIPELINED = 8;

    private final TestDatabase db;
    private final FaultProxy proxy;
    private final String url;
    private final Dialect dialect;

    Clients(TestDatabase db, FaultProxy proxy) {
        this.db = db;
        this.proxy = proxy;
        this.url = db.url(proxy.port());
        this.dialect = Dialect.of(db.database());
    }

    Map<String, Supplier<Client>> all() {
        Map<String, Supplier<Client>> all = new LinkedHashMap<>();
        all.put(Peers.HAND, () -> new HandClient(url, dialect, HandClient.Style.PLAIN));
        all.put("hand, restoring", () -> new HandClient(url, dialect, HandClient.Style.RESTORING));
        all.put("spring", () -> new SpringClient(url, dialect));
        all.put("jdbi", () -> new JdbiClient(url, dialect));
        if (isPostgres()) {
            all.put("hand, autosave=always", () -> new HandClient(url, dialect, HandClient.Style.AUTOSAVE));
        }
        all.put("dbop", () -> jdbc(url, false));
        if (isPostgres()) {
            all.put("dbop, riding", () -> jdbc(url, true));
        } else if (db.database() == Database.MYSQL) {
            all.put("dbop, allowMultiQueries", () -> jdbc(url + "&allowMultiQueries=true", false));
        }
        all.put("jooq", () -> jooq(false));
        all.put("jooq, dbop", () -> jooq(true));
        all.put("hibernate", () -> {
            HikariDataSource pool = Pools.pool(url, 1, null);
            return new HibernateClient(hibernate(pool), dialect, pool::close);
        });
        all.put("hibernate, dbop", () -> {
            HikariDataSource pool = Pools.pool(url, 1, null);
            return new DbopClient<>(new HibernateBackend(hibernate(pool)), dialect, pool::close);
        });
        all.put("vertx", () -> new VertxClient(vertx(1), dialect));
        all.put("vertx, dbop", () -> new VertxDbopClient(vertx(PIPELINED), dialect));
        return all;
    }

    private boolean isPostgres() {
        return db.database() == Database.POSTGRESQL;
    }

    private Client jdbc(String toUrl, boolean riding) {
        HikariDataSource pool = Pools.pool(toUrl, 1, null);
        return new DbopClient<>(new Backend.Jdbc(pool, riding), dialect, pool::close);
    }

    private Client jooq(boolean dbop) {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        HikariDataSource pool = Pools.pool(url, 1, null);
        SQLDialect kind = switch (db.database()) {
            case POSTGRESQL -> SQLDialect.POSTGRES;
            case MARIADB -> SQLDialect.MARIADB;
            default -> SQLDialect.MYSQL;
        };
        DSLContext dsl = DSL.using(pool, kind);
        return dbop
                ? new DbopClient<>(new Backend.Jooq(dsl), dialect, pool::close)
                : new JooqClient(dsl, dialect, pool::close);
    }

    private static SessionFactory hibernate(HikariDataSource pool) {
        Configuration configuration = new Configuration();
        configuration.getProperties().put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool);
        return configuration.buildSessionFactory();
    }

    /** One connection, made by this thread's own client. */
    private VertxPool vertx(int pipelined) {
        Vertx vertx = Vertx.vertx();
        PoolOptions size = new PoolOptions().setMaxSize(1);
        Pool pool = isPostgres()
                ? PgBuilder.pool()
                        .using(vertx)
                        .with(size)
                        .connectingTo((PgConnectOptions) at(new PgConnectOptions()))
                        .build()
                : MySQLBuilder.pool()
                        .using(vertx)
                        .with(size)
                        .connectingTo(((MySQLConnectOptions) at(new MySQLConnectOptions()))
                                .setUseAffectedRows(false)
                                .setPipeliningLimit(pipelined))
                        .build();
        return new VertxPool(vertx, pool);
    }

    private SqlConnectOptions at(SqlConnectOptions options) {
        return options.setHost("127.0.0.1")
                .setPort(proxy.port())
                .setDatabase(db.name())
                .setUser(db.login().user())
                .setPassword(db.login().password());
    }
}
