package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.AttemptTimeoutException;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Some databases compute a row when it is asked for: the time that takes is limited like the statement's. */
abstract class SlowRowsTest {
    static final Duration LIMIT = Duration.ofMillis(500);

    private final TestDatabase db;
    private final String slow;
    private final Duration bearable;
    final DbopRunner once = DbopRunner.create()
            .named("slow rows")
            .policy(RetryPolicy.builder().maxRetries(0).build())
            .listeners();

    /**
     * Names the database.
     *
     * @param slow a query whose rows take their time, one by one
     * @param bearable how soon it must have been stopped
     */
    SlowRowsTest(TestDatabase db, String slow, Duration bearable) {
        this.db = db;
        this.slow = slow;
        this.bearable = bearable;
    }

    private void read(Connection c) throws SQLException {
        try (Statement statement = c.createStatement()) {
            statement.setFetchSize(1);
            try (ResultSet rows = statement.executeQuery(slow)) {
                while (rows.next()) {
                    assertThat(rows.getInt(1)).isPositive();
                }
            }
        }
    }

    final Throwable stopped(DbopRunner runner) {
        long start = System.nanoTime();
        Throwable failure = catchThrowable(() -> runner.run(JdbcScope.transaction(db.dataSource()), this::read));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(bearable);
        return failure;
    }

    @Test
    void areStoppedWhenTheTimeOfTheAttemptIsUp() {
        assertThat(stopped(once.policy(RetryPolicy.builder()
                        .maxRetries(0)
                        .attemptTimeout(LIMIT)
                        .build())))
                .isInstanceOf(AttemptTimeoutException.class);
    }
}
