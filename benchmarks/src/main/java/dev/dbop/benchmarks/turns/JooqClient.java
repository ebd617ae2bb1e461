package dev.dbop.benchmarks.turns;

import org.jooq.Configuration;
import org.jooq.DSLContext;

/** jOOQ's own transactions, which nest. */
final class JooqClient implements Client {
    private final DSLContext dsl;
    private final Dialect dialect;
    private final Runnable close;

    JooqClient(DSLContext dsl, Dialect dialect, Runnable close) {
        this.dsl = dsl;
        this.dialect = dialect;
        this.close = close;
    }

    private int update(Configuration transaction, Case counted, Meter meter) {
        if (counted.limited) {
            dialect.limits().forEach(transaction.dsl()::execute);
        }
        return transaction.dsl().execute(meter.update());
    }

    @Override
    public void transaction(Case counted, Meter meter) throws Exception {
        Client.again(() -> dsl.transactionResult(transaction -> {
            if (counted.serializable) {
                transaction.dsl().execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
            }
            return update(transaction, counted, meter);
        }));
    }

    @Override
    public void step(Case counted, Meter meter) {
        dsl.transaction(outer -> {
            outer.dsl().execute(Dialect.UPDATE);
            meter.begin();
            Client.again(() -> outer.dsl().transactionResult(step -> update(step, counted, meter)));
            meter.end();
            meter.limitAfter(ask(outer));
        });
    }

    private String ask(Configuration transaction) {
        return String.valueOf(transaction.dsl().fetchValue(dialect.ask().get(0)));
    }

    @Override
    public void read() {
        dsl.fetchValue(Dialect.READ);
    }

    @Override
    public void close() {
        close.run();
    }
}
