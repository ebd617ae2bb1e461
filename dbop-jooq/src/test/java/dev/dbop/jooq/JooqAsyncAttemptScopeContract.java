package dev.dbop.jooq;

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
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/** {@link JooqScope} behind {@link AsyncAttemptScope#blocking} under the contract; a subclass names the database. */
abstract class JooqAsyncAttemptScopeContract extends AsyncAttemptScopeContract<DSLContext> {
    private static final Executor THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "dbop-jooq-steps");
        thread.setDaemon(true);
        return thread;
    });

    private final TestDatabase database;

    JooqAsyncAttemptScopeContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    private static AsyncAttemptScope<DSLContext> async(AttemptScope<DSLContext, DataAccessException> scope) {
        return AsyncAttemptScope.blocking(scope, THREADS);
    }

    @Override
    protected ScopeSource<AsyncAttemptScope<DSLContext>> open(@Nullable FaultProxy proxy, int size) {
        return source(pool(proxy, size));
    }

    private Source source(TestPool pool) {
        return new Source(pool, Jooq.using(database, pool));
    }

    @Override
    protected DSLContext openResource() throws SQLException {
        return Jooq.using(database, database.connect());
    }

    @Override
    protected void closeResource(DSLContext dsl) {
        dsl.connection(Connection::close);
    }

    @Override
    protected AsyncAttemptScope<DSLContext> transactionOn(DSLContext dsl) {
        return async(JooqScope.transaction(dsl));
    }

    @Override
    protected AsyncAttemptScope<DSLContext> savepoint(DSLContext dsl) {
        return async(JooqScope.savepoint(dsl));
    }

    @Override
    protected AsyncAttemptScope<DSLContext> join(DSLContext dsl) {
        return async(JooqScope.join(dsl));
    }

    @Override
    protected AsyncAttemptScope<DSLContext> autocommitOn(DSLContext dsl) {
        return async(JooqScope.autocommit(dsl));
    }

    @Override
    protected CompletionStage<?> execute(DSLContext dsl, String sql) {
        return stage(() -> {
            dsl.execute(sql);
            return true;
        });
    }

    @Override
    protected CompletionStage<List<String>> query(DSLContext dsl, String sql) {
        return stage(() -> Jooq.firstColumn(dsl, sql));
    }

    /** Blocking work, done by the caller: the suite waits for it anyway. */
    private interface Work<T> {
        T run();
    }

    private static <T> CompletionStage<T> stage(Work<T> work) {
        try {
            return CompletableFuture.completedStage(work.run());
        } catch (DataAccessException failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private record Source(TestPool pool, DSLContext dsl) implements ScopeSource<AsyncAttemptScope<DSLContext>> {
        @Override
        public AsyncAttemptScope<DSLContext> transaction() {
            return async(JooqScope.transaction(dsl));
        }

        @Override
        public AsyncAttemptScope<DSLContext> autocommit() {
            return async(JooqScope.autocommit(dsl));
        }

        @Override
        public void close() throws SQLException {
            pool.close();
        }
    }
}
