package dev.dbop.benchmarks.turns;

import java.sql.SQLException;
import java.sql.Savepoint;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/** Hibernate's own transactions; a step is a savepoint of the connection. */
final class HibernateClient implements Client {
    private final SessionFactory factory;
    private final Dialect dialect;
    private final Runnable close;

    HibernateClient(SessionFactory factory, Dialect dialect, Runnable close) {
        this.factory = factory;
        this.dialect = dialect;
        this.close = close;
    }

    private boolean update(Session session, Case counted, Meter meter) {
        if (counted.limited) {
            dialect.limits()
                    .forEach(limit -> session.createNativeMutationQuery(limit).executeUpdate());
        }
        session.createNativeMutationQuery(meter.update()).executeUpdate();
        return true;
    }

    @Override
    public void transaction(Case counted, Meter meter) throws Exception {
        Client.again(() -> factory.fromTransaction(session -> {
            if (counted.serializable) {
                session.createNativeMutationQuery("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                        .executeUpdate();
            }
            return update(session, counted, meter);
        }));
    }

    @Override
    public void step(Case counted, Meter meter) throws Exception {
        Exception failure = factory.fromTransaction(session -> {
            session.createNativeMutationQuery(Dialect.UPDATE).executeUpdate();
            meter.begin();
            try {
                Client.again(() -> step(session, counted, meter));
            } catch (Exception failed) {
                return failed;
            }
            meter.end();
            meter.limitAfter(ask(session));
            return null;
        });
        if (failure != null) {
            throw failure;
        }
    }

    private boolean step(Session session, Case counted, Meter meter) throws SQLException {
        Savepoint savepoint = session.doReturningWork(connection -> connection.setSavepoint());
        try {
            update(session, counted, meter);
            session.doWork(connection -> connection.releaseSavepoint(savepoint));
            return true;
        } catch (RuntimeException failure) {
            session.doWork(connection -> connection.rollback(savepoint));
            throw failure;
        }
    }

    private String ask(Session session) {
        return String.valueOf(
                session.createNativeQuery(dialect.ask().get(0), Object.class).getSingleResult());
    }

    @Override
    public void read() {
        factory.inSession(
                session -> session.createNativeQuery(Dialect.READ, Object.class).getSingleResult());
    }

    @Override
    public void close() {
        factory.close();
        close.run();
    }
}
