package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.RetryPolicy;
import dev.dbop.Timeouts;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

/**
 * What MySQL's family does to attempts, provoked for real: the tables, sessions and pools of the groups of faults. A
 * subclass holds a group; the classes that name the servers hold its tests.
 *
 * <p>Two calls are nested in most tests: "whole", a transaction, and "step", a savepoint in it.
 */
@Tag("one-jdk")
abstract class InnoDbFaultsTest {
    /** Not what a server starts with, so that a session put back to the server's values shows. */
    private static final String MARIADB_SESSION =
            "SET innodb_lock_wait_timeout=37, lock_wait_timeout=38, max_statement_time=39";

    private static final String MYSQL_SESSION =
            "SET innodb_lock_wait_timeout=37, lock_wait_timeout=38, max_execution_time=39000";

    /** The databases that have their tables: to empty them costs less than to create them. */
    private static final Set<String> CREATED = ConcurrentHashMap.newKeySet();

    /** A COMMIT on its way, which "autocommit" is not. */
    static final Predicate<byte[]> COMMIT = bytes -> new String(bytes, StandardCharsets.ISO_8859_1).contains("COMMIT");

    static final Duration SECOND = Duration.ofSeconds(1);

    final TestDatabase db;
    final boolean mariaDb;
    /** MySQL Connector/J, else MariaDB Connector/J. */
    final boolean connectorJ;

    final History history = new History();
    /** Without timeouts: transactions begin by START TRANSACTION, the session stays in autocommit mode. */
    final DbopRunner plain = DbopRunner.create()
            .named("whole")
            .policy(RetryPolicy.builder()
                    .maxRetries(2)
                    .initialDelay(Duration.ZERO)
                    .build())
            .listeners(history);
    /** With timeouts that do not strike: transactions begin by switching autocommit off. */
    final DbopRunner whole = plain.lockTimeout(Duration.ofSeconds(25)).statementTimeout(Duration.ofSeconds(30));

    final DbopRunner step = whole.named("step").lockTimeout(Duration.ofSeconds(20));

    private final AtomicBoolean crossed = new AtomicBoolean();

    InnoDbFaultsTest(TestDatabase db) throws SQLException {
        this.db = db;
        this.mariaDb = db.database() == Database.MARIADB;
        this.connectorJ = !mariaDb && db.driver() == ClientDriver.OWN;
        if (CREATED.add(db.name())) {
            db.execute(
                    "CREATE TABLE acc (id INT PRIMARY KEY, v INT NOT NULL)",
                    "CREATE TABLE lg (id INT AUTO_INCREMENT PRIMARY KEY, who VARCHAR(40) NOT NULL)",
                    "CREATE TABLE ma (id INT PRIMARY KEY)",
                    "CREATE TABLE mb (id INT PRIMARY KEY)",
                    "INSERT INTO acc VALUES (1, 0), (2, 0), (3, 0)");
        } else {
            db.execute(
                    "REPLACE INTO acc VALUES (1, 0), (2, 0), (3, 0)",
                    "DELETE FROM lg",
                    "DELETE FROM ma",
                    "DELETE FROM mb");
        }
    }

    /** Limits the statements of the first attempt to a second; those of a later one are to succeed, however late. */
    static DbopRunner limitedAtFirst(DbopRunner runner) {
        Timeouts patient = new Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(30));
        return runner.timeouts((attempt, attempts) -> attempt == 1 ? patient.withStatement(SECOND) : patient);
    }

    /** Something done with a connection or a pool. */
    @FunctionalInterface
    interface Use<R> {
        void on(R resource) throws SQLException;
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static void update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    static void note(Connection connection, String who) throws SQLException {
        update(connection, "INSERT INTO lg (who) VALUES ('" + who + "')");
    }

    static void add(Connection connection, int id) throws SQLException {
        update(connection, "UPDATE acc SET v = v + 1 WHERE id = " + id);
    }

    long noted(String who) throws SQLException {
        return db.number("SELECT COUNT(*) FROM lg WHERE who = ?", who);
    }

    long value(int id) throws SQLException {
        return db.number("SELECT v FROM acc WHERE id = ?", id);
    }

    /** The other party, in a transaction in which it holds a row. */
    TestSession holding(int id) throws SQLException {
        TestSession other = TestSession.open(db);
        other.run("START TRANSACTION", "UPDATE acc SET v = v + 100 WHERE id = " + id);
        return other;
    }

    /** The other party, holding row 2 and having done so much that any other session is the victim of a deadlock. */
    TestSession heavyweight() throws SQLException {
        TestSession other = TestSession.open(db);
        StringBuilder rows = new StringBuilder("INSERT INTO ma VALUES (0)");
        for (int i = 1; i < 60; i++) {
            rows.append(",(").append(i).append(')');
        }
        other.run("START TRANSACTION", rows.toString(), "UPDATE acc SET v = v + 100 WHERE id = 2");
        return other;
    }

    /** Adds to rows 1 and 2; the first time, as the victim of a deadlock with the heavyweight, which then commits. */
    void cross(Connection connection, TestSession heavyweight) throws SQLException {
        closeCycle(connection, heavyweight);
        add(connection, 1);
        add(connection, 2);
    }

    /** Lets the next crossing end in a deadlock again. */
    void uncross() {
        crossed.set(false);
    }

    /** Lets the heavyweight want row 1 once the session waits, and commit when it has it; only the first time. */
    void closeCycle(Connection connection, TestSession heavyweight) throws SQLException {
        if (crossed.compareAndSet(false, true)) {
            long victim = db.sessionId(connection);
            CompletableFuture<Boolean> unused = heavyweight.start(other -> {
                db.awaitBlocked(victim);
                execute(other, "UPDATE acc SET v = v + 100 WHERE id = 1", "COMMIT");
                return true;
            });
        }
    }

    /** Waits for what the other party was given to do: where the victim does not come again, nothing else does. */
    static void awaitEndOf(TestSession other) throws SQLException {
        other.run();
    }

    /** Both parties' updates are there, each exactly once. */
    void assertCrossed() throws SQLException {
        assertThat(value(1)).as("row 1").isEqualTo(101);
        assertThat(value(2)).as("row 2").isEqualTo(101);
    }

    /** Opens a connection. */
    @FunctionalInterface
    interface Opener {
        Connection open() throws SQLException;
    }

    /** The least a data source can be. */
    static DataSource opening(Opener opener) {
        return (DataSource) Proxy.newProxyInstance(
                InnoDbFaultsTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getConnection" -> opener.open();
                    case "equals" ->
                        arguments != null && System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private void prepare(Connection connection) throws SQLException {
        execute(connection, mariaDb ? MARIADB_SESSION : MYSQL_SESSION);
    }

    /** A connection that must be found afterwards as it was before. */
    void onConnection(Use<Connection> use) throws SQLException {
        try (Connection connection = db.connect()) {
            prepare(connection);
            SessionState before = db.stateOf(connection);
            use.on(connection);
            assertThat(db.stateOf(connection)).as("the session").isEqualTo(before);
        }
    }

    /** A pool of one connection, in which the next borrower must find what the first would have found. */
    void onPool(Use<HikariDataSource> use) throws SQLException {
        onPool(db.url(), use);
    }

    void onPool(FaultProxy proxy, Use<HikariDataSource> use) throws SQLException {
        onPool(db.url(proxy.port()), use);
    }

    void onPool(String url, Use<HikariDataSource> use) throws SQLException {
        onPool(url, Duration.ofSeconds(10), use);
    }

    void onPool(String url, Duration timeout, Use<HikariDataSource> use) throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(1);
        config.setMinimumIdle(0);
        config.setConnectionInitSql(mariaDb ? MARIADB_SESSION : MYSQL_SESSION);
        config.setConnectionTimeout(timeout.toMillis());
        config.setInitializationFailTimeout(-1);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            use.on(pool);
            try (Connection untouched = DriverManager.getConnection(url);
                    Connection next = pool.getConnection()) {
                prepare(untouched);
                assertThat(db.stateOf(next)).as("the pooled session").isEqualTo(db.stateOf(untouched));
            }
        }
    }

    /** The history of a fault that undoing the step heals. */
    static List<String> healed(String code) {
        return List.of("step 1 OPERATION RETRY_SAVEPOINT " + code);
    }

    /** The history of a step's fault that only the whole transaction, run again, heals. */
    static List<String> goneUp(String verdict, String code) {
        return List.of(
                "step 1 OPERATION " + verdict + " " + code,
                "step: BEYOND_REACH",
                "whole 1 OPERATION " + verdict + " " + code);
    }

    /** The history of a step's fault that ends the step and the call around it. */
    static List<String> givenUp(String code) {
        return List.of(
                "step 1 OPERATION GIVE_UP " + code,
                "step: NOT_RETRYABLE",
                "whole 1 OPERATION GIVE_UP " + code,
                "whole: NOT_RETRYABLE");
    }

    /** Runs a call that must fail, and returns the failure it throws. */
    static Exception failureOf(
            DbopRunner runner, AttemptScope<Connection, SQLException> scope, Use<Connection> operation) {
        Outcome<Boolean> outcome = runner.tryCall(scope, connection -> {
            operation.on(connection);
            return true;
        });
        assertThat(outcome).isInstanceOf(Outcome.Failure.class);
        return ((Outcome.Failure<Boolean>) outcome).failure();
    }

    /** A lock wait that timed out; Connector/J makes a lost transaction of it, which it is not. */
    String lockTimeout() {
        return connectorJ ? "1205/40001" : "1205/HY000";
    }

    /** A connection that broke. */
    String lost() {
        return connectorJ ? "0/08S01" : "-1/08000";
    }
}
