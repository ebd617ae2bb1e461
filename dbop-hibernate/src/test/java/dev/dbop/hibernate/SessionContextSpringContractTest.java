package dev.dbop.hibernate;

import dev.dbop.AttemptScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.AttemptScopeContract;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.ScopeFeature;
import dev.dbop.testkit.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.orm.jpa.JpaTransactionManager;

@RealDatabase(Database.POSTGRESQL)
final class SessionContextSpringContractTest extends AttemptScopeContract<Session, RuntimeException> {
    private final TestDatabase database;
    private final Map<DataSource, SessionFactory> factories = new ConcurrentHashMap<>();

    SessionContextSpringContractTest(TestDatabase database) {
        super(database);
        this.database = database;
    }

    @AfterEach
    void closeFactories() {
        factories.values().forEach(SessionFactory::close);
    }

    @Override
    protected AttemptScope<Session, RuntimeException> transaction(DataSource source) {
        return new SessionContextSpring(new JpaTransactionManager(
                factories.computeIfAbsent(source, own -> Factories.over(new Pool(own), database.database()))));
    }

    @Override
    protected void execute(Session session, String sql) {
        NativeSql.execute(session, sql);
    }

    @Override
    protected List<String> query(Session session, String sql) {
        return NativeSql.query(session, sql);
    }

    @Override
    protected Set<ScopeFeature> unsupported() {
        return Set.of(ScopeFeature.READ_ONLY, ScopeFeature.ISOLATION, ScopeFeature.CANCEL);
    }

    /** Hibernate closes a connection whose COMMIT was refused in the mode it has set; every pool resets that. */
    private static final class Pool extends DelegatingDataSource {
        Pool(DataSource source) {
            super(source);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    Pool.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("close") && !connection.isClosed() && !connection.getAutoCommit()) {
                            connection.setAutoCommit(true);
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException thrown) {
                            throw thrown.getTargetException();
                        }
                    });
        }
    }
}
