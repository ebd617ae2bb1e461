package dev.dbop.docs.migration;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

// snippet: class
final class SpringAfter implements Transfers {
    private final DbopRunner runner = DbopRunner.create().named("transfer");
    private final DataSource dataSource;

    SpringAfter(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public void transfer(int from, int to, int amount) throws SQLException {
        runner.run(JdbcScope.transaction(dataSource), connection -> {
            // JdbcTemplate on the attempt's connection
            JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            jdbc.update("UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
            jdbc.update("UPDATE account SET balance = balance + ? WHERE id = ?", amount, to);
        });
    }
}
// end snippet
