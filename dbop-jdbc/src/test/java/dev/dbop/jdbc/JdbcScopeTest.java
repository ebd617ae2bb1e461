package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What every database owes to every scope; a subclass names the database. */
abstract class JdbcScopeTest {
    final TestDatabase db;
    final DbopRunner runner = DbopRunner.create().named("test");

    JdbcScopeTest(TestDatabase db) throws SQLException {
        this.db = db;
        db.execute(
                "DROP TABLE IF EXISTS t", "CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 0)");
    }

    static void update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    @Test
    void commitsATransactionWithEverySetting() throws SQLException {
        runner.lockTimeout(Duration.ofSeconds(2))
                .statementTimeout(Duration.ofSeconds(5))
                .isolation(Isolation.SERIALIZABLE)
                .run(JdbcScope.transaction(db.dataSource()), c -> update(c, "UPDATE t SET v = v + 1 WHERE id = 1"));

        assertThat(db.number("SELECT v FROM t WHERE id = 1")).isEqualTo(1);
    }

    @Test
    void rollsBackWhatFails() {
        assertThatThrownBy(() -> runner.run(JdbcScope.transaction(db.dataSource()), c -> {
                    update(c, "UPDATE t SET v = v + 1 WHERE id = 1");
                    throw new SQLException("no", "23505", 1);
                }))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void nestsSavepoints() throws SQLException {
        try (Connection c = db.connect()) {
            var before = db.stateOf(c);
            runner.lockTimeout(Duration.ofSeconds(20)).run(JdbcScope.transaction(c), tx -> {
                update(tx, "INSERT INTO t VALUES (2, 0)");
                var inner = db.stateOf(c);
                runner.lockTimeout(Duration.ofSeconds(2))
                        .statementTimeout(Duration.ofSeconds(3))
                        .run(JdbcScope.savepoint(tx), s -> update(s, "INSERT INTO t VALUES (3, 0)"));
                assertThat(db.stateOf(c)).isEqualTo(inner);
                assertThatThrownBy(() -> runner.lockTimeout(Duration.ofSeconds(1))
                                .run(JdbcScope.savepoint(tx), s -> {
                                    update(s, "INSERT INTO t VALUES (4, 0)");
                                    throw new IllegalStateException("no");
                                }))
                        .hasMessage("no");
                assertThat(db.stateOf(c)).isEqualTo(inner);
            });
            assertThat(db.stateOf(c)).isEqualTo(before);
        }
        assertThat(db.number("SELECT count(*) FROM t")).isEqualTo(3);
    }

    @Test
    void readsOnly() throws SQLException {
        assertThatThrownBy(() -> runner.readOnly()
                        .run(JdbcScope.transaction(db.dataSource()), c -> update(c, "UPDATE t SET v = 9")))
                .isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> runner.readOnly()
                        .run(JdbcScope.autocommit(db.dataSource()), c -> update(c, "UPDATE t SET v = 9")))
                .isInstanceOf(SQLException.class);
        assertThat(db.number("SELECT v FROM t WHERE id = 1")).isZero();
    }

    @Test
    void countsRoundTrips() throws SQLException {
        if (db.database() == dev.dbop.sql.Database.SQLITE) {
            return;
        }
        try (FaultProxy proxy = FaultProxy.to(db);
                Connection c = db.dataSource(proxy).getConnection()) {
            runner.run(JdbcScope.transaction(c), tx -> update(tx, "UPDATE t SET v = v + 1 WHERE id = 1"));
            proxy.delay(Duration.ofMillis(10));
            proxy.resetRoundTrips();
            runner.run(JdbcScope.transaction(c), tx -> update(tx, "UPDATE t SET v = v + 1 WHERE id = 1"));
            System.out.println(db.driver() + " " + db.database() + " plain tx " + proxy.roundTrips());
            proxy.resetRoundTrips();
            runner.lockTimeout(Duration.ofSeconds(2))
                    .statementTimeout(Duration.ofSeconds(5))
                    .run(JdbcScope.transaction(c), tx -> update(tx, "UPDATE t SET v = v + 1 WHERE id = 1"));
            System.out.println(db.driver() + " " + db.database() + " tx with timeouts " + proxy.roundTrips());
            runner.run(JdbcScope.transaction(c), tx -> {
                update(tx, "UPDATE t SET v = v + 1 WHERE id = 1");
                proxy.resetRoundTrips();
                runner.run(JdbcScope.savepoint(tx), s -> update(s, "UPDATE t SET v = v + 1 WHERE id = 1"));
                System.out.println(db.driver() + " " + db.database() + " savepoint " + proxy.roundTrips());
                proxy.resetRoundTrips();
                runner.lockTimeout(Duration.ofSeconds(2))
                        .statementTimeout(Duration.ofSeconds(5))
                        .run(JdbcScope.savepoint(tx), s -> update(s, "UPDATE t SET v = v + 1 WHERE id = 1"));
                System.out.println(db.driver() + " " + db.database() + " savepoint timeouts " + proxy.roundTrips());
            });
        }
    }
}
