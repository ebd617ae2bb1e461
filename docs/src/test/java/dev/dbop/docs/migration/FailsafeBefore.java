package dev.dbop.docs.migration;

import static dev.dbop.docs.migration.Accounts.add;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.function.CheckedRunnable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import javax.sql.DataSource;

// snippet: class
final class FailsafeBefore implements Transfers {
    private static final Set<String> TRANSIENT = Set.of("40001", "40P01", "57P01", "08003", "08006");

    private final RetryPolicy<Object> policy = RetryPolicy.builder()
            .handleIf(failure -> failure instanceof SQLException sql && TRANSIENT.contains(sql.getSQLState()))
            .withBackoff(Duration.ofMillis(100), Duration.ofSeconds(1))
            .withJitter(0.2)
            .withMaxRetries(5)
            .build();
    private final DataSource dataSource;

    FailsafeBefore(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public void transfer(int from, int to, int amount) throws SQLException {
        CheckedRunnable once = () -> transferOnce(from, to, amount);
        try {
            Failsafe.with(policy).run(once);
        } catch (FailsafeException wrapped) {
            if (wrapped.getCause() instanceof SQLException failure) {
                throw failure;
            }
            throw wrapped;
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
