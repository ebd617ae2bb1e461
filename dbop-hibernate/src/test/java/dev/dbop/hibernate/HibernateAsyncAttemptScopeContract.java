package dev.dbop.hibernate;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.AttemptScope;
import dev.dbop.testkit.AsyncAttemptScopeContract;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.ScopeSource;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestPool;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.jspecify.annotations.Nullable;

/** {@link HibernateScope} behind {@link AsyncAttemptScope#blocking} under the contract; a subclass names the database. */
abstract class HibernateAsyncAttemptScopeContract extends AsyncAttemptScopeContract<Session> {
    private static final Executor THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "dbop-hibernate-steps");
        thread.setDaemon(true);
        return thread;
    });

    private final TestDatabase database;

    HibernateAsyncAttemptScopeContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    private static AsyncAttemptScope<Session> async(AttemptScope<Session, PersistenceException> scope) {
        return AsyncAttemptScope.blocking(scope, THREADS);
    }

    @Override
    protected ScopeSource<AsyncAttemptScope<Session>> open(@Nullable FaultProxy proxy, int size) {
        TestPool pool = pool(proxy, size);
        return new Source(pool, Factories.over(pool, database.database()));
    }

    @Override
    protected Session openResource() {
        return Factories.over(database.dataSource(), database.database()).openSession();
    }

    @Override
    protected void closeResource(Session session) {
        try (SessionFactory factory = session.getSessionFactory()) {
            session.close();
        }
    }

    @Override
    protected AsyncAttemptScope<Session> savepoint(Session session) {
        return async(HibernateScope.savepoint(session));
    }

    @Override
    protected AsyncAttemptScope<Session> join(Session session) {
        return async(HibernateScope.join(session));
    }

    @Override
    protected CompletionStage<?> execute(Session session, String sql) {
        return stage(() -> {
            NativeSql.execute(session, sql);
            return true;
        });
    }

    @Override
    protected CompletionStage<List<String>> query(Session session, String sql) {
        return stage(() -> NativeSql.query(session, sql));
    }

    /** Blocking work, done by the caller: the suite waits for it anyway. */
    private static <T> CompletionStage<T> stage(Supplier<T> work) {
        try {
            return CompletableFuture.completedStage(work.get());
        } catch (RuntimeException failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private record Source(TestPool pool, SessionFactory factory) implements ScopeSource<AsyncAttemptScope<Session>> {
        @Override
        public AsyncAttemptScope<Session> transaction() {
            return async(HibernateScope.transaction(factory));
        }

        @Override
        public void close() throws SQLException {
            factory.close();
            pool.close();
        }
    }
}
