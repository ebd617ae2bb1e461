package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pools hand out connections in any state, and may fail where one is given back. */
abstract class PooledConnectionsTest {
    private final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create()
            .named("pooled")
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(1)).build())
            .listeners();

    PooledConnectionsTest(TestDatabase db) {
        this.db = db;
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS noted", "CREATE TABLE noted (body VARCHAR(20))");
    }

    private HikariDataSource pool(Consumer<HikariConfig> change) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(db.url());
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(5000);
        change.accept(config);
        return new HikariDataSource(config);
    }

    private static void note(Connection c) throws SQLException {
        PlainSql.execute(c, "INSERT INTO noted VALUES ('done')");
    }

    private long noted() throws SQLException {
        return db.number("SELECT count(*) FROM noted");
    }

    @Test
    void autocommitAttemptsCommitThoughThePoolHasAutocommitOff() throws SQLException {
        try (HikariDataSource pool = pool(config -> config.setAutoCommit(false))) {
            runner.run(JdbcScope.autocommit(pool), PooledConnectionsTest::note);
            assertThat(noted()).isEqualTo(1);
            runner.lockTimeout(Duration.ofSeconds(3)).run(JdbcScope.autocommit(pool), PooledConnectionsTest::note);
            assertThat(noted()).isEqualTo(2);
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isFalse();
                assertThat(connection.unwrap(Connection.class).getAutoCommit()).isFalse();
            }
        }
    }

    @Test
    void transactionsRunAgainAfterALossThoughThePoolHasAutocommitOff() throws SQLException {
        Assumptions.assumeTrue(db.database() != Database.SQLITE, "there is no connection to lose");
        AtomicInteger attempts = new AtomicInteger();
        try (HikariDataSource pool = pool(config -> config.setAutoCommit(false))) {
            runner.isolation(Isolation.SERIALIZABLE).run(JdbcScope.transaction(pool), c -> {
                if (attempts.incrementAndGet() == 1) {
                    db.kill(db.sessionId(c));
                }
                note(c);
            });
        }
        assertThat(attempts).hasValue(2);
        assertThat(noted()).isEqualTo(1);
    }

    @Test
    void everythingThatReadsWorksOnAReadOnlyPool() throws SQLException {
        Assumptions.assumeTrue(db.database() != Database.SQLITE, "its driver refuses such a pool");
        DbopRunner limited = runner.lockTimeout(Duration.ofSeconds(3)).statementTimeout(Duration.ofSeconds(4));
        try (HikariDataSource pool = pool(config -> config.setReadOnly(true))) {
            for (DbopRunner any : new DbopRunner[] {runner, runner.readOnly(), limited, limited.readOnly()}) {
                assertThat(any.call(JdbcScope.autocommit(pool), PooledConnectionsTest::count))
                        .isEqualTo("0");
                assertThat(any.call(JdbcScope.transaction(pool), PooledConnectionsTest::count))
                        .isEqualTo("0");
            }
            DbopRunner step = limited.named("step");
            limited.run(JdbcScope.transaction(pool), c -> {
                c.rollback(c.setSavepoint());
                assertThat(step.call(JdbcScope.savepoint(c), PooledConnectionsTest::count))
                        .isEqualTo("0");
            });
        }
    }

    private static String count(Connection c) throws SQLException {
        return PlainSql.query(c, "SELECT count(*) FROM noted").get(0);
    }

    @Test
    void whatIsCommittedIsASuccessThoughTheConnectionCannotBeGivenBack() throws SQLException {
        DataSource shuttingDown = closingWith(new IllegalStateException("the pool is shut down"));

        runner.idempotent().run(JdbcScope.transaction(shuttingDown), PooledConnectionsTest::note);
        assertThat(noted()).isEqualTo(1);
        runner.run(JdbcScope.autocommit(shuttingDown), PooledConnectionsTest::note);
        assertThat(noted()).isEqualTo(2);
    }

    @Test
    void aFailureIsNotHiddenByAConnectionThatCannotBeGivenBack() throws SQLException {
        RuntimeException broken = new IllegalStateException("the pool is shut down");
        RuntimeException failure = new IllegalArgumentException("the operation's own");

        assertThatThrownBy(() -> runner.run(JdbcScope.transaction(closingWith(broken)), c -> {
                    throw failure;
                }))
                .isSameAs(failure)
                .hasSuppressedException(broken);
    }

    private DataSource closingWith(RuntimeException failure) {
        return proxy(DataSource.class, (method, arguments) -> {
            Connection connection = db.connect();
            return proxy(Connection.class, (called, given) -> {
                Object result = called.invoke(connection, given);
                if (called.getName().equals("close")) {
                    throw failure;
                }
                return result;
            });
        });
    }

    @FunctionalInterface
    private interface Answer {
        Object to(java.lang.reflect.Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        Object proxy = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            try {
                return switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(self);
                    // Maps try identity first.
                    case "equals" -> false;
                    default -> answer.to(method, given);
                };
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        });
        return type.cast(proxy);
    }

    @Test
    void aJoinThatBeganTheTransactionDoesNotKnowTheOutcomeOfALostCommit() throws SQLException {
        Assumptions.assumeTrue(db.database() != Database.SQLITE, "there is no connection to lose");
        AtomicInteger attempts = new AtomicInteger();
        try (FaultProxy proxy = FaultProxy.to(db);
                Connection own = db.dataSource(proxy).getConnection()) {
            assertThatThrownBy(() -> runner.run(JdbcScope.join(own), c -> {
                        attempts.incrementAndGet();
                        note(c);
                        proxy.cutAfterForwarding(FaultProxy.commit());
                    }))
                    .isInstanceOf(OutcomeUnknownException.class);
        }
        assertThat(attempts).hasValue(1);
    }
}
