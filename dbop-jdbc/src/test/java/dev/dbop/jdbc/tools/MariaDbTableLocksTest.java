package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.MARIADB)
class MariaDbTableLocksTest extends InnoDbTableLocksTest {
    MariaDbTableLocksTest(TestDatabase db) throws SQLException {
        super(db);
    }

    @Test
    void waitsForNobodyIfToldSo() throws SQLException {
        own.setAutoCommit(false);
        PlainSql.execute(own, "SET SESSION lock_wait_timeout = 30");
        block();
        Duration shortest = Duration.ofSeconds(30);
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            assertNotGranted(failureOf(Duration.ZERO, ONE));
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            shortest = waited.compareTo(shortest) < 0 ? waited : shortest;
        }
        unblock();
        own.rollback();

        assertThat(shortest).isLessThan(Duration.ofMillis(900));
    }
}
