package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever an operation gets at through its connection belongs to the attempt, and ends with it. */
abstract class HandedOutObjectsTest {
    private final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create().named("handed out").listeners();

    HandedOutObjectsTest(TestDatabase db) {
        this.db = db;
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS noted", "CREATE TABLE noted (who VARCHAR(20))");
    }

    /** A way from the attempt's connection to some connection. */
    @FunctionalInterface
    private interface Way {
        Connection from(Connection c) throws SQLException;
    }

    private static final List<Way> WAYS = List.of(
            c -> c.createStatement().getConnection(),
            c -> c.getMetaData().getConnection(),
            c -> c.createStatement().executeQuery("SELECT 1").getStatement().getConnection(),
            c -> c.prepareStatement("SELECT 1").executeQuery().getStatement().getConnection(),
            c -> {
                Statement statement = c.createStatement();
                statement.execute("SELECT 1");
                return statement.getResultSet().getStatement().getConnection();
            });

    @Test
    void leadToNoConnectionButTheAttempts() throws SQLException {
        for (Way way : WAYS) {
            assertThatThrownBy(() -> runner.run(JdbcScope.transaction(db.dataSource()), c -> {
                        PlainSql.execute(c, "INSERT INTO noted VALUES ('undone')");
                        Connection found = way.from(c);
                        assertThat(found).isEqualTo(c);
                        found.commit();
                    }))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("commit() is refused");
        }
        assertThat(db.number("SELECT count(*) FROM noted")).isZero();
    }

    @Test
    void ofTheMetaDataAreTheAttemptsToo() throws SQLException {
        runner.run(JdbcScope.transaction(db.dataSource()), c -> {
            try (ResultSet tables = c.getMetaData().getTables(null, null, "%", null)) {
                assertThat(tables.next()).isTrue();
                Statement statement = tables.getStatement();
                if (statement != null) {
                    assertThat(statement.getConnection()).isEqualTo(c);
                }
            }
        });
    }

    @Test
    void describeTheirRows() throws SQLException {
        runner.run(JdbcScope.transaction(db.dataSource()), c -> {
            try (PreparedStatement statement = c.prepareStatement("SELECT who AS guest FROM noted");
                    ResultSet rows = statement.executeQuery()) {
                assertThat(rows.getMetaData().getColumnLabel(1)).isEqualToIgnoringCase("guest");
                assertThat(statement.getMetaData().getColumnCount()).isEqualTo(1);
                assertThat(statement.getParameterMetaData().getParameterCount()).isZero();
            }
        });
    }

    @Test
    void areDeadWhenTheAttemptHasEnded() throws SQLException {
        List<ThrowingCallable> late = new ArrayList<>();
        try (Connection own = db.connect()) {
            runner.run(JdbcScope.transaction(own), c -> {
                Statement statement = c.createStatement();
                statement.addBatch("INSERT INTO noted VALUES ('late')");
                PreparedStatement prepared = c.prepareStatement("INSERT INTO noted VALUES ('late')");
                ResultSet rows = c.createStatement().executeQuery("SELECT 1");
                late.add(() -> statement.execute("INSERT INTO noted VALUES ('late')"));
                late.add(statement::executeBatch);
                late.add(prepared::executeUpdate);
                late.add(rows::next);
                late.add(() -> rows.getStatement().execute("INSERT INTO noted VALUES ('late')"));
                late.add(() -> c.getMetaData().getTables(null, null, null, null));
            });

            assertThat(late)
                    .allSatisfy(call -> assertThatThrownBy(call)
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("has ended"));
        }
        assertThat(db.number("SELECT count(*) FROM noted")).isZero();
    }

    @Test
    void unwrapToTheDriversOwn() throws SQLException {
        try (Connection own = db.connect()) {
            Class<?> statements;
            Class<?> results;
            try (Statement statement = own.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT 1")) {
                statements = statement.getClass();
                results = rows.getClass();
            }
            runner.run(JdbcScope.transaction(own), c -> {
                try (Statement statement = c.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT 1")) {
                    assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
                    assertThat(statement.isWrapperFor(statements)).isTrue();
                    assertThat((Object) statement.unwrap(statements)).isInstanceOf(statements);
                    assertThat((Object) rows.unwrap(results)).isInstanceOf(results);
                    assertThat(rows.getStatement()).isSameAs(statement);
                    assertThat(rows.equals(statement)).isFalse();
                }
            });
        }
    }

    @Test
    void ofARefusedStatementTellOnlyItsKeyword() {
        assertThatThrownBy(() -> runner.run(
                        JdbcScope.transaction(db.dataSource()),
                        c -> PlainSql.execute(c, "COMMIT /* card 4711 */ AND NO CHAIN")))
                .isInstanceOf(SQLException.class)
                .hasMessageStartingWith("the statement COMMIT is refused")
                .hasMessageNotContaining("4711");
    }
}
