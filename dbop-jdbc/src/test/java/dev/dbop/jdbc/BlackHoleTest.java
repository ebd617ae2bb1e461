package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.AttemptTimeoutException;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The network swallows everything in the middle of a statement: neither answer nor cancel gets through. */
@Tag("one-jdk")
abstract class BlackHoleTest {
    private final TestDatabase db;
    private final String connectTimeout;
    private final DbopRunner runner = DbopRunner.create().named("swallowed").listeners();
    private final DbopRunner timed = runner.policy(RetryPolicy.builder()
            .maxRetries(0)
            .attemptTimeout(Duration.ofSeconds(4))
            .build());

    /**
     * Names the database.
     *
     * @param connectTimeout a parameter of the URL: MariaDB's driver cuts a busy connection only after it has tried, for
     *     this long, to kill it through another
     */
    BlackHoleTest(TestDatabase db, String connectTimeout) {
        this.db = db;
        this.connectTimeout = connectTimeout;
    }

    private HikariDataSource pool(FaultProxy proxy) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(db.url(proxy.port()) + connectTimeout);
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(5_000);
        return new HikariDataSource(config);
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS hole", "CREATE TABLE hole (id INT PRIMARY KEY, v INT)");
        db.execute("INSERT INTO hole VALUES (1, 0)");
    }

    private static int update(DataSource source, DbopRunner runner) throws SQLException {
        return runner.call(JdbcScope.transaction(source), c -> {
            try (Statement statement = c.createStatement()) {
                return statement.executeUpdate("UPDATE hole SET v = v + 1 WHERE id = 1");
            }
        });
    }

    @Test
    void anAttemptThatHearsNothingIsCutWhenItsTimeIsUpAndLeavesNoSessionOnTheServer() throws Exception {
        try (TestSession blocker = TestSession.open(db);
                FaultProxy proxy = FaultProxy.to(db);
                HikariDataSource pool = pool(proxy)) {
            blocker.run("BEGIN", "UPDATE hole SET v = 100 WHERE id = 1");
            CompletableFuture<Integer> call = CompletableFuture.supplyAsync(() -> {
                try {
                    return update(pool, timed);
                } catch (SQLException failure) {
                    throw new IllegalStateException(failure);
                }
            });
            awaitBlocked();
            proxy.blackHole();

            assertThatThrownBy(() -> call.get(40, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(Exception.class)
                    .cause()
                    .isInstanceOf(AttemptTimeoutException.class);
            // The way back is closed, so the server ends the wait by the timeout it was given.
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(db.sessions())
                            .filteredOn(session -> session.state() == ServerSession.State.ACTIVE
                                    || session.state() == ServerSession.State.BLOCKED)
                            .isEmpty());
        }
        assertThat(db.number("SELECT v FROM hole WHERE id = 1")).isZero();
    }

    /** A pooled connection is the first to find out, in the prologue of the attempt. */
    @Test
    void anAttemptThatHearsNothingWhileItIsOpenedIsCutWhenItsTimeIsUp() throws Exception {
        try (FaultProxy proxy = FaultProxy.to(db);
                HikariDataSource pool = pool(proxy)) {
            update(pool, runner);
            proxy.blackHole();

            assertThat(endOf(() -> update(pool, timed))).isInstanceOf(AttemptTimeoutException.class);
        }
    }

    @Test
    void aRollbackThatHearsNothingIsCutAfterTheGracePeriod() throws Exception {
        RuntimeException own = new IllegalArgumentException("the operation's own");
        try (FaultProxy proxy = FaultProxy.to(db);
                HikariDataSource pool = pool(proxy)) {
            assertThat(endOf(() -> timed.call(JdbcScope.transaction(pool), c -> {
                        PlainSql.execute(c, "UPDATE hole SET v = v + 1 WHERE id = 1");
                        proxy.blackHole();
                        throw own;
                    })))
                    .isSameAs(own);
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(db.number("SELECT v FROM hole WHERE id = 1")).isZero());
    }

    /** How a call fails; pgjdbc first waits ten seconds for a cancel of its own. */
    private static Throwable endOf(Callable<Integer> call) throws Exception {
        CompletableFuture<Integer> running = CompletableFuture.supplyAsync(() -> {
            try {
                return call.call();
            } catch (Exception failure) {
                throw new CompletionException(failure);
            }
        });
        return running.handle((result, thrown) -> thrown == null ? new AssertionError(result) : thrown.getCause())
                .get(40, TimeUnit.SECONDS);
    }

    private void awaitBlocked() {
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        db.sessions().stream().anyMatch(session -> session.state() == ServerSession.State.BLOCKED));
    }
}
