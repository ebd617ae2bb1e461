package dev.dbop.benchmarks.turns;

import dev.dbop.DbopRunner;
import dev.dbop.sql.Isolation;
import java.time.Duration;

/** dbop on one of its blocking backends. */
final class DbopClient<R, X extends Exception> implements Client {
    private static final DbopRunner RUNNER =
            DbopRunner.create().listeners().policy(POLICY.forDbop().build());
    private static final DbopRunner LIMITED =
            RUNNER.lockTimeout(Duration.ofSeconds(5)).statementTimeout(Duration.ofSeconds(20));

    private final Backend<R, X> backend;
    private final Dialect dialect;
    private final Runnable close;

    DbopClient(Backend<R, X> backend, Dialect dialect, Runnable close) {
        this.backend = backend;
        this.dialect = dialect;
        this.close = close;
    }

    static DbopRunner runner(Case counted) {
        DbopRunner runner = counted.limited ? LIMITED : RUNNER;
        return counted.serializable ? runner.isolation(Isolation.SERIALIZABLE) : runner;
    }

    @Override
    public void transaction(Case counted, Meter meter) throws X {
        runner(counted).<R, X>run(backend.transaction(), resource -> backend.execute(resource, meter.update()));
    }

    @Override
    public void step(Case counted, Meter meter) throws X {
        RUNNER.<R, X>run(backend.transaction(), outer -> {
            backend.execute(outer, Dialect.UPDATE);
            meter.begin();
            runner(counted).<R, X>run(backend.savepoint(outer), step -> backend.execute(step, meter.update()));
            meter.end();
            meter.limitAfter(backend.ask(outer, dialect.ask().get(0)));
        });
    }

    @Override
    public void read() throws X {
        RUNNER.<R, String, X>call(backend.autocommit(), resource -> backend.ask(resource, Dialect.READ));
    }

    @Override
    public void close() {
        close.run();
    }
}
