package dev.dbop.docs.migration;

import static dev.dbop.docs.migration.Accounts.add;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;

// snippet: class
final class Resilience4jBefore implements Transfers {
    private static final Set<String> TRANSIENT = Set.of("40001", "40P01", "57P01", "08003", "08006");

    private final Retry retry = Retry.of(
            "transfer",
            RetryConfig.custom()
                    .maxAttempts(6)
                    .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(100, 2.0, 0.2, 1_000))
                    .retryOnException(
                            failure -> failure instanceof SQLException sql && TRANSIENT.contains(sql.getSQLState()))
                    .build());
    private final DataSource dataSource;

    Resilience4jBefore(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public void transfer(int from, int to, int amount) throws SQLException {
        try {
            Retry.decorateCheckedRunnable(retry, () -> transferOnce(from, to, amount))
                    .run();
        } catch (SQLException | RuntimeException failure) {
            throw failure;
        } catch (Throwable other) {
            throw new IllegalStateException(other);
        }
    }

    private void transferOnce(int from, int to, int amount) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            add(connection, from, -amount);
            add(connection, to, amount);
            connection.commit();
        } // not committed: the pool rolls back
    }
}
// end snippet
