package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteConnection;

/** How long SQLite waits for its lock: as asked for, and no longer than a statement may take. */
@RealDatabase(Database.SQLITE)
class SqliteLockWaitTest {
    private final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create().named("waiting").listeners();

    SqliteLockWaitTest(TestDatabase db) {
        this.db = db;
    }

    private static int wait(DbopRunner with, AttemptScope<Connection, SQLException> scope) throws SQLException {
        return with.call(
                scope,
                c -> Integer.parseInt(PlainSql.query(c, "PRAGMA busy_timeout").get(0)));
    }

    @Test
    void aStatementTimeoutShortensTheWaitAndNeverLengthensIt() throws SQLException {
        try (Connection own = db.connect()) {
            own.unwrap(SQLiteConnection.class).setBusyTimeout(1000);
            for (AttemptScope<Connection, SQLException> scope :
                    List.of(JdbcScope.transaction(own), JdbcScope.autocommit(own))) {
                assertThat(wait(runner.statementTimeout(Duration.ofSeconds(4)), scope))
                        .isEqualTo(1000);
                assertThat(wait(runner.statementTimeout(Duration.ofMillis(400)), scope))
                        .isEqualTo(400);
                assertThat(wait(
                                runner.lockTimeout(Duration.ofSeconds(2)).statementTimeout(Duration.ofSeconds(4)),
                                scope))
                        .isEqualTo(2000);
                assertThat(wait(
                                runner.lockTimeout(Duration.ofSeconds(9)).statementTimeout(Duration.ofSeconds(4)),
                                scope))
                        .isEqualTo(4000);
            }
            assertThat(PlainSql.query(own, "PRAGMA busy_timeout")).containsExactly("1000");
        }
    }

    @Test
    void whoWaitsNotAtAllGoesOnNotWaiting() throws SQLException {
        try (Connection own = db.connect()) {
            own.unwrap(SQLiteConnection.class).setBusyTimeout(0);

            assertThat(wait(runner.statementTimeout(Duration.ofSeconds(4)), JdbcScope.transaction(own)))
                    .isZero();
        }
    }
}
