package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.RunEvent;
import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.Database;
import dev.dbop.sql.RowWatchSql;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import dev.dbop.watch.RowDeletedException;
import dev.dbop.watch.RowWatchTimeoutException;
import dev.dbop.watch.WatchedRow;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.ds.PGSimpleDataSource;

/** Polling, and LISTEN with real time: the interval is so long that only word of a change ends these waits. */
@RealDatabase(value = Database.POSTGRESQL, pooled = true)
class RowWatchOnPostgreSqlTest extends RowWatchOnServerTest {
    private static final TableName JOB = TableName.of("public", "job");
    private static final String CHANNEL = "Job's changes";

    private final Semaphore looks = new Semaphore(0);

    RowWatchOnPostgreSqlTest(TestDatabase db) {
        super(db);
    }

    @Override
    List<String> isolations() {
        return List.of("REPEATABLE_READ", "SERIALIZABLE", "READ_UNCOMMITTED");
    }

    @Override
    String bytes() {
        return "BYTEA";
    }

    @BeforeEach
    void createTrigger() throws SQLException {
        for (String statement : RowWatchSql.notifyTrigger(JOB, List.of("id"), CHANNEL)) {
            db.execute(statement);
        }
    }

    private RowWatch listening(DataSource source) {
        return RowWatch.on(source, JOB)
                .where("id", 1)
                .every(Duration.ofSeconds(50))
                .within(Duration.ofSeconds(50))
                .notifiedBy(CHANNEL)
                .runner(DbopRunner.create().listeners(event -> {
                    if (event instanceof RunEvent.Succeeded) {
                        looks.release();
                    }
                }));
    }

    private static <T> CompletableFuture<T> start(Callable<T> call) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return call.call();
                    } catch (Exception failure) {
                        throw new CompletionException(failure);
                    }
                },
                task -> new Thread(task, "watcher").start());
    }

    /** Waits for a look that has succeeded: the session has sent LISTEN before, and misses nothing from then on. */
    private void awaitLook() throws InterruptedException {
        assertThat(looks.tryAcquire(20, TimeUnit.SECONDS)).as("a look").isTrue();
    }

    /** Sessions whose last statement was to put back the time limit of a look. */
    private long listener() throws SQLException {
        return db.sessions().stream()
                .filter(session -> session.query().contains("statement_timeout"))
                .mapToLong(ServerSession::id)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aCommitOfAnyClientEndsTheWaitAtOnce() throws Exception {
        List<Long> micros = Collections.synchronizedList(new ArrayList<>());
        try (HikariDataSource pool = pool("REPEATABLE_READ", false);
                Connection writer = db.connect()) {
            for (int i = 0; i < 12; i++) {
                CompletableFuture<Long> woken = start(() -> {
                    listening(pool).awaitChange();
                    return System.nanoTime();
                });
                awaitLook();
                PlainSql.execute(writer, "BEGIN");
                PlainSql.execute(writer, "UPDATE job SET tries = tries + 1 WHERE id = 2");
                PlainSql.execute(writer, "UPDATE job SET tries = tries + 1 WHERE id = 1");
                assertThat(woken).isNotDone();
                looks.drainPermits();
                long committing = System.nanoTime();
                PlainSql.execute(writer, "COMMIT");
                micros.add(TimeUnit.NANOSECONDS.toMicros(woken.get(20, TimeUnit.SECONDS) - committing));
                looks.drainPermits();
                try (Connection connection = pool.getConnection()) {
                    PlainSql.execute(connection, "SELECT 1");
                    connection.commit();
                }
            }
        }
        Collections.sort(micros);
        System.getLogger("row-watch")
                .log(System.Logger.Level.INFO, "from COMMIT to the end of the wait, in us: " + micros);
        assertThat(micros.get(micros.size() / 2)).isLessThan(2_000_000);
    }

    @Test
    void aChangeBeforeLISTENIsSeenByTheLookAfterIt() throws Exception {
        RowWatch watch = listening(db.dataSource());
        WatchedRow seen = watch.snapshot();
        db.execute("UPDATE job SET state = 'done' WHERE id = 1");

        assertThat(watch.awaitChangeFrom(seen).get("state")).isEqualTo("done");
    }

    @Test
    void wordOfOtherRowsDoesNotEndTheWait() throws Exception {
        CompletableFuture<WatchedRow> woken =
                start(() -> listening(db.dataSource()).awaitChange());
        awaitLook();
        db.execute("UPDATE job SET state = 'other' WHERE id = 2", "NOTIFY \"Job's changes\"");
        db.execute("UPDATE job SET state = 'done' WHERE id = 1");

        assertThat(woken.get(20, TimeUnit.SECONDS).get("state")).isEqualTo("done");
    }

    @Test
    void aDeletedOrTruncatedRowIsHeardOf() throws Exception {
        for (String statement : List.of("DELETE FROM job WHERE id = 1", "TRUNCATE job")) {
            db.execute("INSERT INTO job VALUES (1, 'new', NULL, 0) ON CONFLICT DO NOTHING");
            looks.drainPermits();
            CompletableFuture<WatchedRow> woken =
                    start(() -> listening(db.dataSource()).awaitChange());
            awaitLook();
            db.execute(statement);
            assertThatThrownBy(() -> woken.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(RowDeletedException.class);
        }
    }

    @Test
    void anotherSessionTakesThePlaceOfOneThatIsKilled() throws Exception {
        CompletableFuture<WatchedRow> woken =
                start(() -> listening(db.dataSource()).awaitChange());
        awaitLook();
        long killed = listener();
        db.kill(killed);
        awaitLook();
        db.execute("UPDATE job SET state = 'done' WHERE id = 1");

        assertThat(woken.get(20, TimeUnit.SECONDS).get("state")).isEqualTo("done");
    }

    @Test
    void whatChangesWhileNobodyListensIsSeenByTheLookAfterwards() throws Exception {
        CompletableFuture<WatchedRow> woken =
                start(() -> listening(db.dataSource()).awaitChange());
        awaitLook();
        long killed = listener();
        try (Connection writer = db.connect()) {
            PlainSql.execute(writer, "BEGIN");
            PlainSql.execute(writer, "UPDATE job SET state = 'unheard' WHERE id = 1");
            PlainSql.execute(writer, "SELECT pg_terminate_backend(" + killed + ")");
            PlainSql.execute(writer, "COMMIT");
        }
        assertThat(woken.get(20, TimeUnit.SECONDS).get("state")).isEqualTo("unheard");
    }

    @Test
    void theConnectionGoesBackAsItCame() throws Exception {
        try (HikariDataSource pool = pool("SERIALIZABLE", false)) {
            RowWatch quick = listening(pool).every(Duration.ofMillis(50)).within(Duration.ofMillis(300));
            long session = sessionOf(pool);
            assertThatThrownBy(quick::awaitChange).isInstanceOf(RowWatchTimeoutException.class);
            db.execute("UPDATE job SET state = 'afterwards' WHERE id = 1");

            try (Connection connection = pool.getConnection()) {
                assertThat(db.sessionId(connection)).isEqualTo(session);
                assertThat(connection.getAutoCommit()).isFalse();
                assertThat(PlainSql.query(connection, "SELECT pg_listening_channels()"))
                        .isEmpty();
                connection.commit();
                assertThat(connection.unwrap(PGConnection.class).getNotifications())
                        .isEmpty();
            }
        }
    }

    @Test
    void whatAConditionThrowsEndsTheWaitAndTheListening() throws Exception {
        for (Throwable thrown :
                List.of(new AssertionError("no"), new IllegalStateException("no", new SQLException("no", "40P01")))) {
            List<WatchedRow> asked = new ArrayList<>();
            try (HikariDataSource pool = pool("SERIALIZABLE", false)) {
                long session = sessionOf(pool);
                assertThatThrownBy(() -> listening(pool).await(row -> {
                            asked.add(row);
                            if (thrown instanceof Error error) {
                                throw error;
                            }
                            throw (RuntimeException) thrown;
                        }))
                        .isSameAs(thrown);
                try (Connection connection = pool.getConnection()) {
                    assertThat(db.sessionId(connection)).isEqualTo(session);
                    assertThat(PlainSql.query(connection, "SELECT pg_listening_channels()"))
                            .isEmpty();
                    connection.commit();
                }
            }
            assertThat(asked).hasSize(1);
        }
    }

    @Test
    void timesAreComparedToTheMicrosecondHoweverTheyAreTransferred() throws Exception {
        db.execute("ALTER TABLE job ADD at time DEFAULT '10:00:00.0001', ADD midnight time DEFAULT '24:00'");
        try (HikariDataSource pool = pool("READ_COMMITTED", true)) {
            RowWatch watch = RowWatch.on(pool, JOB).where("id", 1);
            WatchedRow seen = watch.snapshot();
            for (int i = 0; i < 12; i++) {
                assertThat(watch.snapshot()).isEqualTo(seen);
            }
            db.execute("UPDATE job SET at = '10:00:00.0002'");
            assertThat(watch.snapshot().differingFrom(seen)).containsExactly("at");
        }
    }

    private long sessionOf(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return db.sessionId(connection);
        }
    }

    @Test
    void anInterruptEndsTheListening() throws Exception {
        CompletableFuture<Thread> watcher = new CompletableFuture<>();
        CompletableFuture<WatchedRow> woken = start(() -> {
            watcher.complete(Thread.currentThread());
            return listening(db.dataSource()).awaitChange();
        });
        awaitLook();
        watcher.join().interrupt();

        assertThatThrownBy(() -> woken.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void aDriverThatGivesNoNotificationsIsPolled() throws Exception {
        DataSource hiding = hiding(db.dataSource());
        RowWatch watch = RowWatch.on(hiding, JOB)
                .where("id", 1)
                .notifiedBy(CHANNEL)
                .ticker(time)
                .sleeper(time);
        time.then(() -> {}).then(() -> {}).then(() -> db.execute("UPDATE job SET state = 'done' WHERE id = 1"));

        assertThat(watch.awaitChange().get("state")).isEqualTo("done");
        assertThat(time.sleeps()).hasSize(3);
    }

    /** A pool that does not let anybody see the driver's own connection. */
    private static DataSource hiding(DataSource source) {
        return (DataSource) proxy(
                DataSource.class,
                source,
                (method, result) -> method.equals("getConnection")
                        ? proxy(
                                Connection.class,
                                result,
                                (called, given) -> called.equals("isWrapperFor") ? (Object) false : given)
                        : result);
    }

    @FunctionalInterface
    private interface Change {
        Object of(String method, Object result);
    }

    private static Object proxy(Class<?> type, Object target, Change change) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            try {
                return change.of(method.getName(), method.invoke(target, given));
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        });
    }

    @Test
    void aStandbyIsPolled() throws Exception {
        try (TestServer primary = TestServers.start(Database.POSTGRESQL);
                TestDatabase own = primary.createDatabase(ClientDriver.OWN)) {
            own.execute("CREATE TABLE job (id INT PRIMARY KEY, state TEXT)", "INSERT INTO job VALUES (1, 'new')");
            try (TestServer standby = primary.startStandby()) {
                PGSimpleDataSource source = new PGSimpleDataSource();
                source.setUrl(own.url(standby.port()));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .ignoreExceptions()
                        .until(() -> count(source) == 1);
                CompletableFuture<WatchedRow> woken = start(() -> RowWatch.on(source, TableName.of("job"))
                        .where("id", 1)
                        .every(Duration.ofMillis(100))
                        .within(Duration.ofSeconds(30))
                        .notifiedBy(CHANNEL)
                        .await(row -> "done".equals(row.get("state"))));
                own.execute("UPDATE job SET state = 'done' WHERE id = 1");
                assertThat(woken.get(30, TimeUnit.SECONDS).get("state")).isEqualTo("done");
            }
        }
    }

    private static int count(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM job")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @Test
    void theTriggerTakesAnyNameAndAnyKey() throws SQLException {
        TableName odd = TableName.of("Odd 'sche\"ma", "ta'b\"le $dbop$");
        String name = odd.quoted(Database.POSTGRESQL);
        db.execute(
                "DROP SCHEMA IF EXISTS \"Odd 'sche\"\"ma\" CASCADE",
                "CREATE SCHEMA \"Odd 'sche\"\"ma\"",
                "CREATE TABLE " + name + " (\"K'e\"\"y\" TEXT, n INT)");
        for (String statement : RowWatchSql.notifyTrigger(odd, List.of("K'e\"y", "n"), "odd")) {
            db.execute(statement);
        }
        try (Connection listener = db.connect();
                Connection writer = db.connect()) {
            PlainSql.execute(listener, RowWatchSql.listen("odd"));
            PlainSql.execute(writer, "INSERT INTO " + name + " VALUES ('a\"b', 1)");
            PlainSql.execute(writer, "UPDATE " + name + " SET n = 2");
            PlainSql.execute(writer, "DELETE FROM " + name);
            PlainSql.execute(writer, "INSERT INTO " + name + " VALUES (repeat('x', 9000), 1)");
            PlainSql.execute(writer, "TRUNCATE " + name);
            List<String> payloads = new ArrayList<>();
            while (payloads.size() < 6) {
                for (PGNotification sent : listener.unwrap(PGConnection.class).getNotifications(10_000)) {
                    payloads.add(sent.getParameter());
                }
            }
            assertThat(payloads)
                    .containsExactly(
                            "[\"a\\\"b\", 1]", "[\"a\\\"b\", 1]", "[\"a\\\"b\", 2]", "[\"a\\\"b\", 2]", "", "");
        }
        for (int i = 0; i < 2; i++) {
            for (String statement : RowWatchSql.dropNotifyTrigger(odd)) {
                db.execute(statement);
            }
        }
        db.execute("DROP SCHEMA \"Odd 'sche\"\"ma\" CASCADE");
    }
}
