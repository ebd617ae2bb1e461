package dev.dbop.benchmarks.turns;

import dev.dbop.AttemptScope;
import dev.dbop.hibernate.HibernateScope;
import jakarta.persistence.PersistenceException;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/** Hibernate, with SQL of its user's. */
record HibernateBackend(SessionFactory factory) implements Backend<Session, PersistenceException> {
    @Override
    public AttemptScope<Session, PersistenceException> transaction() {
        return HibernateScope.transaction(factory);
    }

    @Override
    public AttemptScope<Session, PersistenceException> savepoint(Session session) {
        return HibernateScope.savepoint(session);
    }

    /** Hibernate has none. */
    @Override
    public AttemptScope<Session, PersistenceException> autocommit() {
        return transaction();
    }

    @Override
    public void execute(Session session, String sql) {
        session.createNativeMutationQuery(sql).executeUpdate();
    }

    @Override
    public String ask(Session session, String sql) {
        return String.valueOf(session.createNativeQuery(sql, Object.class).getSingleResult());
    }
}
