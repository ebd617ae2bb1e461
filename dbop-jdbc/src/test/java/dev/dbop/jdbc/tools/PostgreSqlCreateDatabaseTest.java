package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlCreateDatabaseTest extends CreateDatabaseTest {
    PostgreSqlCreateDatabaseTest(TestDatabase db) {
        super(db);
    }

    @Test
    void triesAgainWhileSomebodyUsesTheTemplate() throws SQLException {
        String copy = db.name() + "_copy";
        CompletableFuture<Boolean> created;
        try (Connection inTheWay =
                DriverManager.getConnection(db.url().replace("/" + db.name() + "?", "/template1?"))) {
            assertThat(inTheWay.isValid(5)).isTrue();
            created = CompletableFuture.supplyAsync(() -> {
                try {
                    return Databases.create(server, copy);
                } catch (SQLException failure) {
                    throw new CompletionException(failure);
                }
            });
            // The server waits 5 s before it refuses the first attempt; the second has a session of its own.
            long first = sessionThatCreates(copy, 0);
            sessionThatCreates(copy, first);
        }

        assertThat(created.join()).isTrue();
        db.execute("DROP DATABASE " + copy);
    }

    private long sessionThatCreates(String name, long otherThan) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> db.number(
                                "SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE state = 'active' AND query = ?",
                                "CREATE DATABASE \"" + name + "\""),
                        session -> session != 0 && session != otherThan);
    }

    @Test
    void refusesANameThatWouldBeCut() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Databases.create(server, "é".repeat(32)))
                .withMessageContaining("must have 63 bytes at most, has 64");
    }
}
