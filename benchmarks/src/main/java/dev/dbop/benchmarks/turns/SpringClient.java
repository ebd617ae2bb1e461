package dev.dbop.benchmarks.turns;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.benchmarks.Pools;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's templates; the lock timeout is set by hand, the statement timeout by the client's clock. */
final class SpringClient implements Client {
    private static final int STATEMENT_SECONDS = 20;

    private final HikariDataSource pool;
    private final Dialect dialect;
    private final JdbcTransactionManager manager;
    private final JdbcTemplate plain;
    private final JdbcTemplate limited;

    SpringClient(String url, Dialect dialect) {
        this.pool = Pools.pool(url, 1, null);
        this.dialect = dialect;
        this.manager = new JdbcTransactionManager(pool);
        this.plain = new JdbcTemplate(pool);
        this.limited = new JdbcTemplate(pool);
        limited.setQueryTimeout(STATEMENT_SECONDS);
    }

    private boolean update(Case counted, Meter meter) {
        if (counted.limited) {
            plain.execute(dialect.limits().get(0));
        }
        (counted.limited ? limited : plain).update(meter.update());
        return true;
    }

    @Override
    public void transaction(Case counted, Meter meter) throws Exception {
        DefaultTransactionDefinition definition = new DefaultTransactionDefinition();
        if (counted.serializable) {
            definition.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
        }
        TransactionTemplate template = new TransactionTemplate(manager, definition);
        Client.again(() -> template.execute(status -> update(counted, meter)));
    }

    @Override
    public void step(Case counted, Meter meter) throws Exception {
        TransactionTemplate nested = new TransactionTemplate(
                manager, new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_NESTED));
        Optional<Exception> failure = new TransactionTemplate(manager).execute(status -> {
            plain.update(Dialect.UPDATE);
            meter.begin();
            try {
                Client.again(() -> nested.execute(inner -> update(counted, meter)));
            } catch (Exception failed) {
                return Optional.of(failed);
            }
            meter.end();
            meter.limitAfter(ask());
            return Optional.empty();
        });
        if (failure != null && failure.isPresent()) {
            throw failure.get();
        }
    }

    private String ask() {
        return String.valueOf(plain.queryForObject(dialect.ask().get(0), String.class));
    }

    @Override
    public void read() {
        plain.queryForObject(Dialect.READ, Integer.class);
    }

    @Override
    public void close() {
        pool.close();
    }
}
