package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.Driver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server goes down in good order under an open transaction, and comes back. */
class ShutdownFaultsTest {
    private final History history = new History();
    private final DbopRunner runner = DbopRunner.create()
            .named("whole")
            .policy(RetryPolicy.builder().maxRetries(1).build())
            .listeners(history);

    @ParameterizedTest
    @EnumSource(
            value = Database.class,
            names = {"MARIADB", "MYSQL"})
    void runsTheTransactionAgain(Database database) throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        try (TestServer server = TestServers.start(database);
                TestDatabase db = server.createDatabase(Driver.OWN)) {
            db.execute("CREATE TABLE lg (who VARCHAR(40) NOT NULL)");
            history.whenFailed("whole", server::restart);
            runner.run(JdbcScope.transaction(db.dataSource()), tx -> {
                update(tx, "INSERT INTO lg VALUES ('head')");
                if (runs.incrementAndGet() == 1) {
                    CompletableFuture<Void> down = CompletableFuture.runAsync(server::stop);
                    while (!down.isDone()) {
                        update(tx, "INSERT INTO lg VALUES ('last')");
                    }
                    update(tx, "INSERT INTO lg VALUES ('tail')");
                }
            });
            assertThat(history.lines()).singleElement().asString().startsWith("whole 1 OPERATION RETRY_CONNECTION ");
            assertThat(db.query("SELECT who FROM lg")).containsExactly("head");
        }
    }

    private static void update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
