package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.testkit.AttemptScopeContract;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** {@link JdbcScope} under the contract; a subclass names the database. */
abstract class JdbcAttemptScopeContract extends AttemptScopeContract<Connection, SQLException> {
    private final TestDatabase database;

    JdbcAttemptScopeContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    @Override
    protected AttemptScope<Connection, SQLException> transaction(DataSource source) {
        return JdbcScope.transaction(source);
    }

    @Override
    protected AttemptScope<Connection, SQLException> autocommit(DataSource source) {
        return JdbcScope.autocommit(source);
    }

    @Override
    protected Connection openResource() throws SQLException {
        return database.connect();
    }

    @Override
    protected void closeResource(Connection connection) throws SQLException {
        connection.close();
    }

    @Override
    protected AttemptScope<Connection, SQLException> transactionOn(Connection connection) {
        return JdbcScope.transaction(connection);
    }

    @Override
    protected AttemptScope<Connection, SQLException> savepoint(Connection connection) {
        return JdbcScope.savepoint(connection);
    }

    @Override
    protected AttemptScope<Connection, SQLException> join(Connection connection) {
        return JdbcScope.join(connection);
    }

    @Override
    protected AttemptScope<Connection, SQLException> autocommitOn(Connection connection) {
        return JdbcScope.autocommit(connection);
    }

    @Override
    protected void execute(Connection connection, String sql) throws SQLException {
        PlainSql.execute(connection, sql);
    }

    @Override
    protected List<String> query(Connection connection, String sql) throws SQLException {
        return PlainSql.query(connection, sql);
    }

    @Test
    void namesValueRuleAndRemedyWhenItRefuses() throws SQLException {
        try (Connection connection = database.connect()) {
            assertThatThrownBy(() -> DbopRunner.create().listeners().run(JdbcScope.savepoint(connection), c -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching("[^:;]+: [^:;]+; [^:;]+");
        }
    }

    @Test
    void throwsTheFailureThatTheOperationSwallowed() throws SQLException {
        try (Connection connection = database.connect()) {
            List<SQLException> swallowed = new ArrayList<>();
            DbopRunner once = DbopRunner.create().listeners().policy(RetryPolicy.noRetries());
            assertThatThrownBy(() -> once.run(JdbcScope.transaction(connection), c -> {
                        try {
                            PlainSql.execute(c, losesTheTransaction());
                        } catch (SQLException loss) {
                            swallowed.add(loss);
                        }
                    }))
                    .satisfies(thrown -> assertThat(swallowed)
                            .containsAnyOf((SQLException) thrown, (SQLException) thrown.getCause()));
        }
    }

    private String losesTheTransaction() {
        return switch (database.database().family()) {
            case POSTGRESQL -> "insert into counter values (1, 0)";
            case MYSQL -> "signal sqlstate '40001' set mysql_errno = 1213, message_text = 'as if in a deadlock'";
            case SQLITE -> "insert or rollback into counter values (1, 0)";
        };
    }
}
