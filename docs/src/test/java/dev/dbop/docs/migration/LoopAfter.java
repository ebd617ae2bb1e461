package dev.dbop.docs.migration;

import static dev.dbop.docs.migration.Accounts.add;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import java.sql.SQLException;
import javax.sql.DataSource;

// snippet: class
final class LoopAfter implements Transfers {
    private final DbopRunner runner = DbopRunner.create().named("transfer");
    private final DataSource dataSource;

    LoopAfter(DataSource dataSource) {
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
