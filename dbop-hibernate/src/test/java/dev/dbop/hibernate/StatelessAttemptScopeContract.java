package dev.dbop.hibernate;

import dev.dbop.AttemptScope;
import dev.dbop.testkit.AttemptScopeContract;
import dev.dbop.testkit.TestDatabase;
import jakarta.persistence.PersistenceException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.AfterEach;

/** {@link HibernateScope#stateless} under the contract; a subclass names the database. */
abstract class StatelessAttemptScopeContract extends AttemptScopeContract<StatelessSession, PersistenceException> {
    private final TestDatabase database;
    private final Map<DataSource, SessionFactory> factories = new ConcurrentHashMap<>();

    StatelessAttemptScopeContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    @AfterEach
    void closeFactories() {
        factories.values().forEach(SessionFactory::close);
    }

    @Override
    protected AttemptScope<StatelessSession, PersistenceException> transaction(DataSource source) {
        return HibernateScope.stateless(
                factories.computeIfAbsent(source, own -> Factories.over(own, database.database())));
    }

    @Override
    protected void execute(StatelessSession session, String sql) {
        NativeSql.execute(session, sql);
    }

    @Override
    protected List<String> query(StatelessSession session, String sql) {
        return NativeSql.query(session, sql);
    }
}
