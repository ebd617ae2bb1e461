package dev.dbop.docs.migration;

import static dev.dbop.docs.migration.Accounts.add;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.JdbcScope;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

// snippet: class
final class FailsafeAfter implements Transfers {
    private final DbopRunner runner = DbopRunner.create()
            .named("transfer")
            .policy(RetryPolicy.builder() // these are the defaults
                    .initialDelay(Duration.ofMillis(100))
                    .maxDelay(Duration.ofSeconds(1))
                    .jitter(0.2)
                    .maxRetries(5)
                    .build());
    private final DataSource dataSource;

    FailsafeAfter(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public void transfer(int from, int to, int amount) throws SQLException {
        runner.run(JdbcScope.transaction(dataSource), connection -> {
            add(connection, from, -amount);
            add(connection, to, amount);
        });
    }
}
// end snippet
