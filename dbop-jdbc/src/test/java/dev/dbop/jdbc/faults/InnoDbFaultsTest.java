package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.testkit.Driver;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.Session;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What MySQL's family does to attempts, provoked for real: the tables, sessions and pools of the groups of faults. A
 * subclass holds a group; the classes that name the servers hold its tests.
 *
 * <p>Two calls are nested in most tests: "whole", a transaction, and "step", a savepoint in it.
 */
abstract class InnoDbFaultsTest {
    /** Not what a server starts with, so that a session put back to the server's values shows. */
    private static final String MARIADB_SESSION =
            "SET innodb_lock_wait_timeout=37, lock_wait_timeout=38, max_statement_time=39";

    private static final String MYSQL_SESSION =
            "SET innodb_lock_wait_timeout=37, lock_wait_timeout=38, max_execution_time=39000";

    static final Duration SHORT = Duration.ofMillis(150);
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
    final DbopRunner whole =
            plain.lockTimeout(Duration.ofSeconds(25)).statementTimeout(Duration.ofSeconds(30));

    final DbopRunner step = whole.named("step").lockTimeout(Duration.ofSeconds(20));

    private final AtomicBoolean crossed = new AtomicBoolean();

    InnoDbFaultsTest(TestDatabase db) throws SQLException {
        this.db = db;
        this.mariaDb = db.database() == Database.MARIADB;
        this.connectorJ = !mariaDb && db.driver() == Driver.OWN;
        db.execute(
                "DROP TABLE IF EXISTS acc, lg, ma, mb",
                "CREATE TABLE acc (id INT PRIMARY KEY, v INT NOT NULL)",
                "CREATE TABLE lg (id INT AUTO_INCREMENT PRIMARY KEY, who VARCHAR(40) NOT NULL)",
                "CREATE TABLE ma (id INT PRIMARY KEY)",
                "CREATE TABLE mb (id INT PRIMARY KEY)",
                "INSERT INTO acc VALUES (1, 0), (2, 0), (3, 0)");
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
    Session holding(int id) throws SQLException {
        Session other = Session.open(db);
        other.run("START TRANSACTION", "UPDATE acc SET v = v + 100 WHERE id = " + id);
        return other;
    }

    /** The other party, holding row 2 and having done so much that any other session is the victim of a deadlock. */
    Session heavyweight() throws SQLException {
        Session other = Session.open(db);
        StringBuilder rows = new StringBuilder("INSERT INTO ma VALUES (0)");
        for (int i = 1; i < 60; i++) {
            rows.append(",(").append(i).append(')');
        }
        other.run("START TRANSACTION", rows.toString(), "UPDATE acc SET v = v + 100 WHERE id = 2");
        return other;
    }

    /** Adds to rows 1 and 2; the first time, as the victim of a deadlock with the heavyweight, which then commits. */
    void cross(Connection connection, Session heavyweight) throws SQLException {
        closeCycle(connection, heavyweight);
        add(connection, 1);
        add(connection, 2);
    }

    /** Lets the heavyweight want row 1 once the session waits, and commit when it has it; only the first time. */
    void closeCycle(Connection connection, Session heavyweight) throws SQLException {
        if (crossed.compareAndSet(false, true)) {
            long victim = db.sessionId(connection);
            CompletableFuture<Boolean> unused = heavyweight.start(other -> {
                db.awaitBlocked(victim);
                execute(other, "UPDATE acc SET v = v + 100 WHERE id = 1", "COMMIT");
                return true;
            });
        }
    }

    /** Both parties' updates are there, each exactly once. */
    void assertCrossed() throws SQLException {
        assertThat(value(1)).as("row 1").isEqualTo(101);
        assertThat(value(2)).as("row 2").isEqualTo(101);
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
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(1);
        config.setMinimumIdle(0);
        config.setConnectionInitSql(mariaDb ? MARIADB_SESSION : MYSQL_SESSION);
        config.setConnectionTimeout(Duration.ofSeconds(10).toMillis());
        config.setInitializationFailTimeout(-1);
        try (HikariDataSource pool = new HikariDataSource(config);
                Connection untouched = db.connect()) {
            use.on(pool);
            prepare(untouched);
            try (Connection next = pool.getConnection()) {
                assertThat(db.stateOf(next)).as("the pooled session").isEqualTo(db.stateOf(untouched));
            }
        }
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
