package dev.dbop.hibernate;

import dev.dbop.AttemptScope;
import dev.dbop.testkit.AttemptScopeContract;
import dev.dbop.testkit.TestDatabase;
import jakarta.persistence.PersistenceException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;

/** {@link HibernateScope} under the contract; a subclass names the database. */
abstract class HibernateAttemptScopeContract extends AttemptScopeContract<Session, PersistenceException> {
    private final TestDatabase database;
    private final Map<DataSource, SessionFactory> factories = new ConcurrentHashMap<>();

    HibernateAttemptScopeContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    private SessionFactory factory(DataSource source) {
        return factories.computeIfAbsent(source, own -> Factories.over(own, database.database()));
    }

    @AfterEach
    void closeFactories() {
        factories.values().forEach(SessionFactory::close);
    }

    @Override
    protected AttemptScope<Session, PersistenceException> transaction(DataSource source) {
        return HibernateScope.transaction(factory(source));
    }

    @Override
    protected Session openResource() {
        return factory(database.dataSource()).openSession();
    }

    @Override
    protected void closeResource(Session session) {
        session.close();
    }

    @Override
    protected AttemptScope<Session, PersistenceException> savepoint(Session session) {
        return HibernateScope.savepoint(session);
    }

    @Override
    protected AttemptScope<Session, PersistenceException> join(Session session) {
        return HibernateScope.join(session);
    }

    @Override
    protected void execute(Session session, String sql) {
        NativeSql.execute(session, sql);
    }

    @Override
    protected List<String> query(Session session, String sql) {
        return NativeSql.query(session, sql);
    }
}
