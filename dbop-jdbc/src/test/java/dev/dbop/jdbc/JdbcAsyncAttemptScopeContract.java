package dev.dbop.jdbc;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.AttemptScope;
import dev.dbop.testkit.AsyncAttemptScopeContract;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.ScopeSource;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** {@link JdbcScope} behind {@link AsyncAttemptScope#blocking} under the contract; a subclass names the database. */
abstract class JdbcAsyncAttemptScopeContract extends AsyncAttemptScopeContract<Connection> {
    private static final Executor THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "dbop-jdbc-steps");
        thread.setDaemon(true);
        return thread;
    });

    private final TestDatabase database;

    JdbcAsyncAttemptScopeContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    private static AsyncAttemptScope<Connection> async(AttemptScope<Connection, SQLException> scope) {
        return AsyncAttemptScope.blocking(scope, THREADS);
    }

    @Override
    protected ScopeSource<AsyncAttemptScope<Connection>> open(@Nullable FaultProxy proxy, int size) {
        return new Source(pool(proxy, size));
    }

    @Override
    protected Connection openResource() throws SQLException {
        return database.connect();
    }

    @Override
    protected void closeResource(Connection connection) throws SQLException {
        connection.close();
    }

    @Override
    protected AsyncAttemptScope<Connection> transactionOn(Connection connection) {
        return async(JdbcScope.transaction(connection));
    }

    @Override
    protected AsyncAttemptScope<Connection> savepoint(Connection connection) {
        return async(JdbcScope.savepoint(connection));
    }

    @Override
    protected AsyncAttemptScope<Connection> join(Connection connection) {
        return async(JdbcScope.join(connection));
    }

    @Override
    protected AsyncAttemptScope<Connection> autocommitOn(Connection connection) {
        return async(JdbcScope.autocommit(connection));
    }

    @Override
    protected CompletionStage<?> execute(Connection connection, String sql) {
        return stage(() -> {
            PlainSql.execute(connection, sql);
            return true;
        });
    }

    @Override
    protected CompletionStage<List<String>> query(Connection connection, String sql) {
        return stage(() -> PlainSql.query(connection, sql));
    }

    /** Blocking work, done by the caller: the suite waits for it anyway. */
    private interface Work<T> {
        T run() throws SQLException;
    }

    private static <T> CompletionStage<T> stage(Work<T> work) {
        try {
            return CompletableFuture.completedStage(work.run());
        } catch (SQLException failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private record Source(TestPool pool) implements ScopeSource<AsyncAttemptScope<Connection>> {
        @Override
        public AsyncAttemptScope<Connection> transaction() {
            return async(JdbcScope.transaction(pool));
        }

        @Override
        public AsyncAttemptScope<Connection> autocommit() {
            return async(JdbcScope.autocommit(pool));
        }

        @Override
        public void close() throws SQLException {
            pool.close();
        }
    }
}
