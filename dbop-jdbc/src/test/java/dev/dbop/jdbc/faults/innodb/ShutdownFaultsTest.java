package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** MySQL goes down in good order under an open transaction, and comes back. */
class ShutdownFaultsTest {
    private final History history = new History();
    private final DbopRunner runner = DbopRunner.create()
            .named("whole")
            .policy(RetryPolicy.builder().maxRetries(1).build())
            .listeners(history);

    /** The next statement gets 1053 or a closed socket, as it happens. */
    @Test
    void runsTheTransactionAgain() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        try (TestServer server = TestServers.start(Database.MYSQL);
                TestDatabase db = server.createDatabase(ClientDriver.OWN)) {
            db.execute("CREATE TABLE lg (who VARCHAR(40) NOT NULL)");
            history.whenFailed("whole", server::restart);
            runner.run(JdbcScope.transaction(db.dataSource()), tx -> {
                InnoDbFaultsTest.note(tx, "head");
                if (runs.incrementAndGet() == 1) {
                    CompletableFuture<Void> down = CompletableFuture.runAsync(server::stop);
                    while (!down.isDone()) {
                        InnoDbFaultsTest.note(tx, "last");
                    }
                    InnoDbFaultsTest.note(tx, "tail");
                }
            });
            assertThat(history.lines())
                    .singleElement()
                    .asString()
                    .matches("whole 1 OPERATION RETRY_CONNECTION (1053/08S01|0/08S01)");
            assertThat(db.query("SELECT who FROM lg")).containsExactly("head");
        }
    }
}
