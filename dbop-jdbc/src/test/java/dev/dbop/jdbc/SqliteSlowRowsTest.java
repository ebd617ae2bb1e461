package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.SQLITE)
class SqliteSlowRowsTest extends SlowRowsTest {
    SqliteSlowRowsTest(TestDatabase db) {
        super(
                db,
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600000000)"
                        + " SELECT i FROM n WHERE i % 500000 = 1",
                Duration.ofSeconds(10));
    }

    /** No row takes that long; together they do, and they are one statement. */
    @Test
    void areStoppedWhenTheTimeOfTheStatementIsUp() {
        assertThat(stopped(once.statementTimeout(LIMIT)))
                .isInstanceOf(SQLTimeoutException.class)
                .hasMessageStartingWith("statement timeout of 500 ms");
    }
}
