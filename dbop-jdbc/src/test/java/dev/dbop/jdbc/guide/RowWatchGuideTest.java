package dev.dbop.jdbc.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.jdbc.tools.RowWatch;
import dev.dbop.sql.Database;
import dev.dbop.sql.RowWatchSql;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.watch.RowDeletedException;
import dev.dbop.watch.RowWatchTimeoutException;
import dev.dbop.watch.WatchedRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of the guide on watching rows, run. */
@RealDatabase(Database.POSTGRESQL)
class RowWatchGuideTest {
    private final TestDatabase db;
    private final DataSource dataSource;

    RowWatchGuideTest(TestDatabase db) {
        this.db = db;
        this.dataSource = db.dataSource();
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS job",
                "CREATE TABLE job (id INT PRIMARY KEY, state TEXT, result TEXT)",
                "INSERT INTO job VALUES (42, 'NEW', NULL)");
    }

    private CompletableFuture<Void> later(String sql) {
        return CompletableFuture.runAsync(() -> {
            try {
                db.execute(sql);
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        });
    }

    @Test
    void waitsForACondition() throws Exception {
        CompletableFuture<Void> worker = later("UPDATE job SET state = 'DONE', result = 'ok' WHERE id = 42");
        // snippet: condition
        WatchedRow done = RowWatch.on(dataSource, TableName.of("public", "job"))
                .where("id", 42)
                .columns("state", "result")
                .every(Duration.ofMillis(500)) // between two looks
                .within(Duration.ofMinutes(5)) // or RowWatchTimeoutException
                .await(row -> "DONE".equals(row.get("state")));
        Object result = done.get("result");
        // end snippet
        assertThat(result).isEqualTo("ok");
        worker.join();
    }

    @Test
    void missesNothingBetweenReadingAndWaiting() throws Exception {
        RowWatch watch = RowWatch.on(dataSource, TableName.of("job")).where("id", 42);
        CompletableFuture<Void> worker;
        // snippet: seen
        WatchedRow seen = watch.snapshot();
        worker = startWorkOn(seen); // may be done before the next line
        WatchedRow changed = watch.awaitChangeFrom(seen);
        // end snippet
        assertThat(changed.differingFrom(seen)).containsExactly("state");
        worker.join();
    }

    private CompletableFuture<Void> startWorkOn(WatchedRow row) {
        return later("UPDATE job SET state = 'BEGUN' WHERE id = " + row.get("id"));
    }

    @Test
    void endsInTypedErrors() throws Exception {
        RowWatch watch = RowWatch.on(dataSource, TableName.of("job"))
                .where("id", 42)
                .every(Duration.ofMillis(10))
                .within(Duration.ofMillis(50));
        assertThat(outcome(watch)).isEqualTo("late");
    }

    // snippet: errors
    private static String outcome(RowWatch watch) throws SQLException, InterruptedException {
        try {
            return "done: " + watch.await(row -> row.get("result") != null).get("result");
        } catch (RowDeletedException gone) {
            return "cancelled"; // somebody has deleted the job
        } catch (RowWatchTimeoutException late) {
            return "late"; // its cause, if any, is why the last look failed
        }
    }
    // end snippet

    @Test
    void isToldByPostgreSql() throws Exception {
        // snippet: trigger
        List<String> ddl = RowWatchSql.notifyTrigger(TableName.of("public", "job"), List.of("id"), "job_changes");
        // end snippet
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String text : ddl) {
                statement.execute(text);
            }
        }
        RowWatch watch = RowWatch.on(dataSource, TableName.of("job")).where("id", 42);
        CompletableFuture<Void> worker;
        // snippet: notified
        RowWatch notified = watch.notifiedBy("job_changes").every(Duration.ofSeconds(10));
        WatchedRow seen = notified.snapshot();
        worker = startWorkOn(seen);
        WatchedRow changed = notified.awaitChangeFrom(seen); // a few milliseconds after the worker's COMMIT
        // end snippet
        assertThat(changed.get("state")).isEqualTo("BEGUN");
        worker.join();
    }
}
