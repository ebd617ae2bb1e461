package dev.dbop.vertx;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.testkit.AsyncAttemptScopeContract;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.ScopeSource;
import dev.dbop.testkit.TestDatabase;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@link VertxScope} under the contract; a subclass names the database. */
abstract class VertxAttemptScopeContract extends AsyncAttemptScopeContract<SqlConnection> {
    private final TestDatabase database;

    VertxAttemptScopeContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    @Override
    protected ScopeSource<AsyncAttemptScope<SqlConnection>> open(@Nullable FaultProxy proxy, int size) {
        return new Source(Clients.pool(database, proxy, size));
    }

    @Override
    protected SqlConnection openResource() {
        return Clients.await(Clients.connect(database, null));
    }

    @Override
    protected void closeResource(SqlConnection connection) {
        Clients.await(connection.close());
    }

    @Override
    protected AsyncAttemptScope<SqlConnection> transactionOn(SqlConnection connection) {
        return VertxScope.transaction(connection);
    }

    @Override
    protected AsyncAttemptScope<SqlConnection> savepoint(SqlConnection connection) {
        return VertxScope.savepoint(connection);
    }

    @Override
    protected AsyncAttemptScope<SqlConnection> join(SqlConnection connection) {
        return VertxScope.join(connection);
    }

    @Override
    protected AsyncAttemptScope<SqlConnection> autocommitOn(SqlConnection connection) {
        return VertxScope.autocommit(connection);
    }

    @Override
    protected CompletionStage<?> execute(SqlConnection connection, String sql) {
        return connection.query(sql).execute().toCompletionStage();
    }

    @Override
    protected CompletionStage<List<String>> query(SqlConnection connection, String sql) {
        return connection.query(sql).execute().map(Clients::column).toCompletionStage();
    }

    private record Source(Pool pool) implements ScopeSource<AsyncAttemptScope<SqlConnection>> {
        @Override
        public AsyncAttemptScope<SqlConnection> transaction() {
            return VertxScope.transaction(pool);
        }

        @Override
        public AsyncAttemptScope<SqlConnection> autocommit() {
            return VertxScope.autocommit(pool);
        }

        @Override
        public void close() {
            Clients.close(pool);
        }
    }
}
