package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred callers on one runner and a pool of ten: read, compute, write one row, at SERIALIZABLE. */
@RealDatabase(value = Database.POSTGRESQL, pooled = true)
class ManyThreadsTest {
    private static final int CALLERS = 200;
    private static final int CONNECTIONS = 10;

    private final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create()
            .named("increment")
            .isolation(Isolation.SERIALIZABLE)
            .listeners()
            .policy(RetryPolicy.builder()
                    .maxRetries(10_000)
                    .initialDelay(Duration.ofMillis(1))
                    .maxDelay(Duration.ofMillis(50))
                    .jitter(1)
                    .build());

    ManyThreadsTest(TestDatabase db) {
        this.db = db;
    }

    @BeforeEach
    void createCounter() throws SQLException {
        db.execute("DROP TABLE IF EXISTS counter", "CREATE TABLE counter (id INT PRIMARY KEY, v INT)");
        db.execute("INSERT INTO counter VALUES (1, 0)");
    }

    private HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setDataSource(db.dataSource());
        config.setMaximumPoolSize(CONNECTIONS);
        return new HikariDataSource(config);
    }

    private static int increment(Connection c) throws SQLException {
        int v;
        try (PreparedStatement select = c.prepareStatement("SELECT v FROM counter WHERE id = 1");
                ResultSet rows = select.executeQuery()) {
            rows.next();
            v = rows.getInt(1) + 1;
        }
        try (PreparedStatement update = c.prepareStatement("UPDATE counter SET v = ? WHERE id = 1")) {
            update.setInt(1, v);
            update.executeUpdate();
        }
        return v;
    }

    private void incrementBy(ExecutorService threads) throws Exception {
        try (HikariDataSource pool = pool()) {
            List<Future<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                calls.add(threads.submit(() -> runner.call(JdbcScope.transaction(pool), ManyThreadsTest::increment)));
            }
            List<Integer> results = new ArrayList<>();
            for (Future<Integer> call : calls) {
                results.add(call.get(60, TimeUnit.SECONDS));
            }
            assertThat(results).doesNotHaveDuplicates().hasSize(CALLERS);
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        } finally {
            threads.shutdownNow();
        }
        assertThat(db.number("SELECT v FROM counter")).isEqualTo(CALLERS);
    }

    @Test
    void twoHundredPlatformThreadsShareARunnerAndAPoolOfTen() throws Exception {
        incrementBy(Executors.newFixedThreadPool(CALLERS));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_25)
    void twoHundredVirtualThreadsShareARunnerAndAPoolOfTenAndNoneIsPinned(@TempDir Path folder) throws Exception {
        // Loads what pins a thread only while it is loaded.
        incrementBy(Executors.newFixedThreadPool(CALLERS));
        createCounter();
        Path file = folder.resolve("pinned.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ofMillis(1));
            recording.start();
            incrementBy(virtualThreads());
            recording.stop();
            recording.dump(file);
        }
        assertThat(pinned(file)).isEmpty();
    }

    private static List<String> pinned(Path file) throws IOException {
        assertThat(Files.size(file)).isPositive();
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
                .map(Object::toString)
                .filter(event -> event.contains("dev.dbop"))
                .toList();
    }

    /** By name, because the tests are compiled for Java 17. */
    static ExecutorService virtualThreads() throws NoSuchMethodException, IllegalAccessException {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (InvocationTargetException failure) {
            throw new IllegalStateException(failure.getCause());
        }
    }
}
