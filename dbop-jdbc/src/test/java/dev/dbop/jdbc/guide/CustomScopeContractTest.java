package dev.dbop.jdbc.guide;

import dev.dbop.AttemptScope;
import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.Database;
import dev.dbop.testkit.AttemptScopeContract;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.ScopeFeature;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

// snippet: contract
@RealDatabase(Database.POSTGRESQL)
class CustomScopeContractTest extends AttemptScopeContract<Connection, SQLException> {
    CustomScopeContractTest(TestDatabase database) {
        super(database);
    }

    @Override
    protected AttemptScope<Connection, SQLException> transaction(DataSource source) {
        return new CustomScope(source);
    }

    @Override
    protected void execute(Connection connection, String sql) throws SQLException {
        PlainSql.execute(connection, sql);
    }

    @Override
    protected List<String> query(Connection connection, String sql) throws SQLException {
        return PlainSql.query(connection, sql);
    }

    @Override
    protected Set<ScopeFeature> unsupported() {
        return Set.of(ScopeFeature.READ_ONLY, ScopeFeature.ISOLATION, ScopeFeature.CANCEL);
    }
}
// end snippet
