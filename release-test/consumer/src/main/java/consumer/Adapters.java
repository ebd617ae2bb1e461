package consumer;

import dev.dbop.DbopRunner;
import dev.dbop.hibernate.HibernateClassifier;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.jooq.JooqScope;
import dev.dbop.testkit.Credentials;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.vertx.VertxRunner;
import dev.dbop.vertx.VertxScope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.util.concurrent.TimeUnit;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** The sum of the balances, asked for by each adapter. */
final class Adapters {
    private static final String SUM = "SELECT sum(balance) FROM account";

    private Adapters() {}

    static void jooq(TestDatabase database) {
        DSLContext dsl = DSL.using(database.dataSource(), SQLDialect.DEFAULT);
        Object sum = DbopRunner.create()
                .named("jooq")
                .call(JooqScope.transaction(dsl), tx -> tx.fetchValue(SUM));
        Main.expect(200, sum);
    }

    static void hibernate(TestDatabase database) {
        Configuration configuration = new Configuration();
        configuration.getProperties().put(AvailableSettings.DATASOURCE, database.dataSource());
        try (SessionFactory factory = configuration.buildSessionFactory()) {
            Object sum = DbopRunner.create()
                    .named("hibernate")
                    .call(HibernateScope.transaction(factory), session -> session.createNativeQuery(SUM, Object.class)
                            .getSingleResult());
            Main.expect(200, sum);
        }
    }

    static void hibernate() {
        Main.expect(true, HibernateClassifier.standard() != null);
    }

    static void vertx(TestDatabase database) {
        Credentials login = database.login();
        PgConnectOptions options = new PgConnectOptions()
                .setHost(database.server().host())
                .setPort(database.server().port())
                .setDatabase(database.name())
                .setUser(login.user())
                .setPassword(login.password());
        Vertx vertx = Vertx.vertx();
        Pool pool = PgBuilder.pool().connectingTo(options).using(vertx).build();
        Future<Object> sum = VertxRunner.create(vertx)
                .with(runner -> runner.named("vertx"))
                .call(VertxScope.transaction(pool), tx -> tx.query(SUM)
                        .execute()
                        .map(rows -> rows.iterator().next().getValue(0)));
        Main.expect(200, join(sum));
        join(pool.close());
        join(vertx.close());
    }

    private static <T> T join(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().orTimeout(1, TimeUnit.MINUTES).join();
    }
}
