package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.sql.TokenTable;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** PostgreSQL crashes between the work and its COMMIT, and gives the lost transaction's number to another one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("one-jdk")
class PostgreSqlCrashTest {
    private static final TokenTable TOKENS = TokenTable.named("dbop_token");

    /**
     * What a transaction has written is not on disk before its COMMIT: nobody flushes it in between, not the WAL writer,
     * not the background writer with what a standby would need, not a vacuum that commits.
     */
    private final TestServer server = TestServers.start(
            Database.POSTGRESQL, "wal_writer_delay=10000", "wal_level=minimal", "max_wal_senders=0", "autovacuum=off");

    private final AtomicInteger attempts = new AtomicInteger();
    private final DbopRunner runner = DbopRunner.create()
            .policy(RetryPolicy.builder().maxDuration(Duration.ofSeconds(30)).build())
            .listeners();
    private TestDatabase db;
    private long lost;

    PostgreSqlCrashTest() throws SQLException {
        db = server.createDatabase(ClientDriver.OWN);
    }

    @BeforeAll
    void createTables() throws SQLException {
        db.execute("CREATE TABLE done (attempt INT)", TOKENS.create(Database.POSTGRESQL));
    }

    @BeforeEach
    void forget() throws SQLException {
        db.execute("DELETE FROM done");
        attempts.set(0);
    }

    @AfterAll
    void stop() throws SQLException {
        db.close();
        server.close();
    }

    private int workThenCrash(Connection connection) throws SQLException {
        int attempt = attempts.incrementAndGet();
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO done VALUES (" + attempt + ")");
            if (attempt == 1) {
                lost = number(statement);
                server.kill();
                server.restart();
            }
        }
        return attempt;
    }

    private static long number(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery("SELECT txid_current()")) {
            assertThat(result.next()).isTrue();
            return result.getLong(1);
        }
    }

    private int workThenCrashAndGiveTheNumberToAnother(Connection connection) throws SQLException {
        int attempt = workThenCrash(connection);
        giveTheNumberToAnother();
        return attempt;
    }

    private void giveTheNumberToAnother() throws SQLException {
        try (Connection other = db.connect();
                Statement statement = other.createStatement()) {
            long number = number(statement);
            while (number < lost) {
                number = number(statement);
            }
        }
        assertThat(db.query("SELECT txid_status(" + lost + ")"))
                .as("what a probe by the number alone would believe")
                .containsExactly("committed");
    }

    @Test
    void aNumberThatMayBelongToAnotherProvesNothing() throws SQLException {
        assertThatThrownBy(() -> runner.call(
                        JdbcScope.transaction(db.dataSource(), JdbcCommitProbe.pgXactStatus()),
                        this::workThenCrashAndGiveTheNumberToAnother))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThat(db.number("SELECT count(*) FROM done")).isZero();
    }

    @Test
    void aTokenTellsAllTheSame() throws SQLException {
        assertThat(runner.call(
                        JdbcScope.transaction(db.dataSource(), JdbcCommitProbe.tokenRow(TOKENS)), this::workThenCrash))
                .isEqualTo(2);
        assertThat(db.query("SELECT attempt FROM done")).containsExactly("2");
    }
}
