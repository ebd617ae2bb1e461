package dev.dbop.jdbc;

import dev.dbop.AttemptScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlRidingAttemptScopeContractTest extends JdbcAttemptScopeContract {
    PostgreSqlRidingAttemptScopeContractTest(TestDatabase database) {
        super(database);
    }

    @Override
    protected AttemptScope<Connection, SQLException> transaction(DataSource source) {
        return JdbcScope.ridingPrologue(super.transaction(source));
    }

    @Override
    protected AttemptScope<Connection, SQLException> transactionOn(Connection connection) {
        return JdbcScope.ridingPrologue(super.transactionOn(connection));
    }

    @Override
    protected AttemptScope<Connection, SQLException> savepoint(Connection connection) {
        return JdbcScope.ridingPrologue(super.savepoint(connection));
    }

    @Override
    protected AttemptScope<Connection, SQLException> join(Connection connection) {
        return JdbcScope.ridingPrologue(super.join(connection));
    }
}
