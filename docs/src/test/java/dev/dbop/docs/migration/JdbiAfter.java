package dev.dbop.docs.migration;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Isolation;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

// snippet: class
final class JdbiAfter implements Transfers {
    private final DbopRunner runner = DbopRunner.create().named("transfer").isolation(Isolation.SERIALIZABLE);
    private final DataSource dataSource;

    JdbiAfter(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public void transfer(int from, int to, int amount) throws SQLException {
        runner.run(JdbcScope.transaction(dataSource), connection -> {
            try (Handle handle = Jdbi.open(connection)) { // Jdbi on the attempt's connection
                handle.execute("UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
                handle.execute("UPDATE account SET balance = balance + ? WHERE id = ?", amount, to);
            }
        });
    }
}
// end snippet
