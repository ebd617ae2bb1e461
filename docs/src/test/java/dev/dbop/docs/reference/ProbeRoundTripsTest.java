package dev.dbop.docs.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.sql.TokenTable;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Counts what a commit probe adds to a transaction of one UPDATE on PostgreSQL; the page shows these numbers. */
@RealDatabase(value = Database.POSTGRESQL, pooled = true)
class ProbeRoundTripsTest {
    static final int PLAIN = 2;
    static final int XACT_STATUS = 3;
    static final int XACT_STATUS_AND_TIMEOUTS = 3;
    static final int TOKEN = 3;

    private static final TokenTable TOKENS = TokenTable.named("dbop_token");

    private final TestDatabase db;

    ProbeRoundTripsTest(TestDatabase db) {
        this.db = db;
    }

    @Test
    void whatTheProbesCostInATransaction() throws SQLException {
        db.execute("CREATE TABLE trips (id INT PRIMARY KEY, v INT)", "INSERT INTO trips VALUES (1, 0)");
        db.execute(TOKENS.create(Database.POSTGRESQL));
        DbopRunner runner = DbopRunner.create();
        DbopRunner limited = runner.lockTimeout(Duration.ofSeconds(5)).statementTimeout(Duration.ofSeconds(20));

        try (FaultProxy proxy = FaultProxy.to(db);
                HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(db.url(proxy.port()));
            pool.setMaximumPoolSize(1);
            JdbcCommitProbe xact = JdbcCommitProbe.pgXactStatus();
            JdbcCommitProbe token = JdbcCommitProbe.tokenRow(TOKENS);
            proxy.delay(Duration.ofMillis(25));

            assertThat(trips(proxy, runner, JdbcScope.transaction(pool))).isEqualTo(PLAIN);
            assertThat(trips(proxy, runner, JdbcScope.transaction(pool, xact))).isEqualTo(XACT_STATUS);
            assertThat(trips(proxy, limited, JdbcScope.transaction(pool, xact))).isEqualTo(XACT_STATUS_AND_TIMEOUTS);
            assertThat(trips(proxy, limited, JdbcScope.transaction(pool, token)))
                    .isEqualTo(TOKEN);
        }
    }

    private static int trips(FaultProxy proxy, DbopRunner runner, AttemptScope<Connection, SQLException> scope)
            throws SQLException {
        runner.run(scope, ProbeRoundTripsTest::update); // the first may pay for what the driver learns once
        proxy.resetRoundTrips();
        runner.run(scope, ProbeRoundTripsTest::update);
        return proxy.roundTrips();
    }

    private static void update(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE trips SET v = v + 1 WHERE id = 1");
        }
    }
}
