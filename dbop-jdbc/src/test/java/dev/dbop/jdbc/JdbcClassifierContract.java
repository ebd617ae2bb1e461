package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.testkit.ClassifierContract;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@link JdbcClassifier} under the contract; a subclass names the database. */
abstract class JdbcClassifierContract extends ClassifierContract {
    private final TestDatabase database;

    JdbcClassifierContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    @Override
    protected Classifier classifier() {
        return JdbcClassifier.of(database.database());
    }

    @Override
    protected Client connect(@Nullable FaultProxy proxy) throws SQLException {
        return new JdbcClient(
                proxy == null ? database.connect() : database.dataSource(proxy).getConnection());
    }

    @Test
    void looksIntoWhatClientsPutAroundAFailure() {
        assertThat(classifier()
                        .classify(
                                new IllegalStateException(new SQLTransientConnectionException("no more")), Phase.OPEN))
                .isEqualTo(Verdict.RETRY_CONNECTION);
        SQLException limit = new StatementTimeout(Duration.ofSeconds(1), new SQLException("cancelled", "57014"));
        assertThat(classifier().classify(new IllegalStateException(limit), Phase.OPERATION))
                .isEqualTo(Verdict.RETRY_SAVEPOINT);
    }

    private record JdbcClient(Connection connection) implements Client {
        @Override
        public void execute(String sql) throws SQLException {
            PlainSql.execute(connection, sql);
        }

        @Override
        public List<String> query(String sql) throws SQLException {
            return PlainSql.query(connection, sql);
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
