package dev.dbop.jdbc.twophase;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database that cannot keep a promise is refused before the first call, with the remedy. */
class StartUpChecksTest {
    private final TestDatabase decisions;

    StartUpChecksTest(@RealDatabase(Database.POSTGRESQL) TestDatabase decisions) {
        this.decisions = decisions;
    }

    @BeforeEach
    void createTable() throws SQLException {
        decisions.execute(
                "DROP TABLE IF EXISTS dbop_decision",
                DecisionTable.named("dbop_decision").create(Database.POSTGRESQL));
    }

    private void assertRefused(TestDatabase second, String... words) {
        assertThatThrownBy(() -> TwoPhase.builder()
                        .branch("decisions", decisions.dataSource())
                        .branch("second", second.dataSource())
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("\"second\" cannot take part")
                .hasMessageContainingAll(words);
    }

    @Test
    void aMissingDecisionTableIsNamedWithTheBranchItBelongsTo() throws SQLException {
        decisions.execute("DROP TABLE dbop_decision");

        assertThatThrownBy(() -> TwoPhase.builder()
                        .branch("accounts", decisions.dataSource())
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(
                        "must exist in the database of branch \"accounts\"; create it with: CREATE TABLE",
                        "dbop_decision");
    }

    @Test
    void postgreSqlThatMayPrepareNothing(
            @RealDatabase(value = Database.POSTGRESQL, options = "max_prepared_transactions=0") TestDatabase second) {
        assertRefused(second, "max_prepared_transactions is 0", "restart the server");
    }

    @Test
    void mySqlWhoseUserMayNotListPreparedBranches(@RealDatabase(Database.MYSQL) TestDatabase second)
            throws SQLException {
        assertRefused(second.asPlainUser(), "XA_RECOVER_ADMIN");
    }

    @Test
    void aServerThatIsReadOnlyAsAReplicaIs() throws SQLException {
        try (TestServer server = TestServers.start(Database.MARIADB);
                TestDatabase second = server.createDatabase(ClientDriver.OWN)) {
            try (Connection admin = second.admin();
                    Statement statement = admin.createStatement()) {
                statement.execute("SET GLOBAL read_only = 1");
                assertRefused(second, "read-only", "connect to the primary");
                statement.execute("SET GLOBAL read_only = 0");
            }
        }
    }

    @Test
    void sqliteAsAnotherBranchThanTheFirst(@RealDatabase(Database.SQLITE) TestDatabase second) {
        assertRefused(second, "SQLite cannot prepare a branch", "name it first");
    }

    @Test
    void aDescriptionThatCannotWork() {
        assertThatThrownBy(() -> TwoPhase.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("name at least one database");
        assertThatThrownBy(() -> TwoPhase.builder().branch(" ", decisions.dataSource()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        TwoPhase.builder().branch("a", decisions.dataSource()).branch("a", decisions.dataSource()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"a\"");
        assertThatThrownBy(() -> TwoPhase.builder()
                        .prefix("Mixed1")
                        .branch("a", decisions.dataSource())
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prefix is 'Mixed1'");
    }
}
