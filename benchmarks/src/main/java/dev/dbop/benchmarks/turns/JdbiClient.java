package dev.dbop.benchmarks.turns;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.benchmarks.Pools;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Jdbi; the lock timeout is set by hand, the statement timeout by the client's clock. */
final class JdbiClient implements Client {
    private static final int STATEMENT_SECONDS = 20;

    private final HikariDataSource pool;
    private final Dialect dialect;
    private final Jdbi jdbi;

    JdbiClient(String url, Dialect dialect) {
        this.pool = Pools.pool(url, 1, null);
        this.dialect = dialect;
        this.jdbi = Jdbi.create(pool);
    }

    private int update(Handle handle, Case counted, Meter meter) {
        if (counted.limited) {
            handle.execute(dialect.limits().get(0));
            handle.getConfig(SqlStatements.class).setQueryTimeout(STATEMENT_SECONDS);
        }
        return handle.execute(meter.update());
    }

    @Override
    public void transaction(Case counted, Meter meter) throws Exception {
        Client.again(() -> counted.serializable
                ? jdbi.inTransaction(TransactionIsolationLevel.SERIALIZABLE, handle -> update(handle, counted, meter))
                : jdbi.inTransaction(handle -> update(handle, counted, meter)));
    }

    @Override
    public void step(Case counted, Meter meter) throws Exception {
        jdbi.useTransaction(handle -> {
            handle.execute(Dialect.UPDATE);
            meter.begin();
            Client.again(() -> step(handle, counted, meter));
            meter.end();
            meter.limitAfter(ask(handle));
        });
    }

    private int step(Handle handle, Case counted, Meter meter) {
        handle.savepoint("step");
        try {
            int updated = update(handle, counted, meter);
            handle.releaseSavepoint("step");
            return updated;
        } catch (RuntimeException failure) {
            handle.rollbackToSavepoint("step");
            throw failure;
        }
    }

    private String ask(Handle handle) {
        return handle.createQuery(dialect.ask().get(0)).mapTo(String.class).one();
    }

    @Override
    public void read() {
        jdbi.useHandle(
                handle -> handle.createQuery(Dialect.READ).mapTo(Integer.class).one());
    }

    @Override
    public void close() {
        pool.close();
    }
}
