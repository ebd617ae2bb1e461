package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlHandedOutObjectsTest extends HandedOutObjectsTest {
    PostgreSqlHandedOutObjectsTest(TestDatabase database) {
        super(database);
    }

    /** MySQL's family has no cursor for a read that locks. */
    @Test
    void aStreamWhoseFirstPageWaitsForALockInVainIsRunAgain() throws SQLException {
        Pool pool = pool(null, 1);
        try (TestSession holder = TestSession.open(db)) {
            holder.run("BEGIN", "UPDATE acc SET v = v WHERE id = 3");
            List<Integer> ids = call(
                    settings.lockTimeout(Duration.ofSeconds(1)).listener(event -> {
                        if (failed.size() == 1) {
                            holder.start("COMMIT").join();
                        }
                    }),
                    VertxScope.transaction(pool),
                    c -> note(c, "a")
                            .compose(done -> c.prepare("SELECT id FROM acc ORDER BY id FOR UPDATE"))
                            .compose(statement -> read(statement, 10)));
            assertThat(ids).containsExactly(1, 2, 3);
        }
        assertThat(runs).hasValue(2);
        assertThat(noted("a")).containsExactly("2");
        assertUsable(pool);
    }
}
