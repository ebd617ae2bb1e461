package dev.dbop.jdbc.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.Verdict;
import dev.dbop.connect.TargetSession;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A write that a standby refuses is worth another connection, unless it was to be refused anywhere. */
@Timeout(120)
class StandbyNoteTest {
    private static TestServer primary;
    private static TestServer standby;
    private static TestDatabase db;

    private final List<Verdict> verdicts = new ArrayList<>();
    private final DbopRunner runner = DbopRunner.create()
            .named("write")
            .policy(RetryPolicy.builder()
                    .maxRetries(1)
                    .initialDelay(Duration.ofMillis(10))
                    .maxDelay(Duration.ofMillis(10))
                    .build())
            .listeners(event -> {
                if (event instanceof RunEvent.AttemptFailed failed) {
                    verdicts.add(failed.verdict());
                }
            });

    @BeforeAll
    static void startServers() throws SQLException {
        primary = TestServers.start(Database.POSTGRESQL);
        db = primary.createDatabase(ClientDriver.OWN);
        db.execute("CREATE TABLE written (n INT)");
        standby = primary.startStandby();
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(StandbyNoteTest::tableIsThere);
    }

    @AfterAll
    static void closeServers() {
        standby.close();
        primary.close();
    }

    private static boolean tableIsThere() throws SQLException {
        try (Connection connection = DriverManager.getConnection(db.url(standby.port()))) {
            return Cluster.ask(connection, "SELECT count(*) FROM written").equals("0");
        }
    }

    private static HikariConfig toStandby() {
        HikariConfig config = new HikariConfig();
        config.setDataSource(Cluster.factory(
                Cluster.dsn("postgresql", db.login(), db.name(), "", Cluster.address(standby)), TargetSession.ANY));
        config.setMaximumPoolSize(2);
        return config;
    }

    private SQLException failureOnStandby(HikariConfig config) {
        try (HikariDataSource pool = new HikariDataSource(config)) {
            return catchThrowableOfType(
                    SQLException.class,
                    () -> runner.run(
                            JdbcScope.transaction(pool),
                            connection -> Cluster.execute(connection, "INSERT INTO written VALUES (1)")));
        }
    }

    @Test
    void anotherConnectionIsTried() {
        assertThat(failureOnStandby(toStandby()).getSQLState()).isEqualTo("25006");
        assertThat(verdicts).containsExactly(Verdict.RETRY_CONNECTION, Verdict.RETRY_CONNECTION);
    }

    @Test
    void aReadOnlyPoolsRefusalIsFinal() {
        HikariConfig config = toStandby();
        config.setReadOnly(true);

        assertThat(failureOnStandby(config).getSQLState()).isEqualTo("25006");
        assertThat(verdicts).containsExactly(Verdict.GIVE_UP);
    }

    @Test
    void aPoolThatThrowsTheConnectionAwayDoesNotHideTheFailure() {
        HikariConfig config = toStandby();
        config.setExceptionOverrideClassName(EvictingReadOnly.class.getName());

        assertThat(failureOnStandby(config).getSQLState()).isEqualTo("25006");
    }

    /** As clusters that fail over recommend it. */
    public static final class EvictingReadOnly implements SQLExceptionOverride {
        @java.lang.Override
        public Override adjudicate(SQLException failure) {
            return "25006".equals(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
        }
    }
}
