package dev.dbop.hibernate;

import dev.dbop.Classifier;
import dev.dbop.testkit.ClassifierContract;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import java.util.List;
import java.util.Map;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;
import org.jspecify.annotations.Nullable;

/** {@link HibernateClassifier} under the contract; a subclass names the database. */
abstract class HibernateClassifierContract extends ClassifierContract {
    private final TestDatabase database;

    HibernateClassifierContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    @Override
    protected Classifier classifier() {
        return HibernateClassifier.of(database.database());
    }

    @Override
    protected Client connect(@Nullable FaultProxy proxy) {
        SessionFactory factory = Factories.over(
                proxy == null ? database.dataSource() : database.dataSource(proxy),
                database.database(),
                Map.of(
                        AvailableSettings.ALLOW_UPDATE_OUTSIDE_TRANSACTION,
                        true,
                        AvailableSettings.CONNECTION_HANDLING,
                        PhysicalConnectionHandlingMode.DELAYED_ACQUISITION_AND_HOLD));
        return new HibernateClient(factory, factory.openSession());
    }

    /** The suite begins its transactions itself, in SQL. */
    private record HibernateClient(SessionFactory factory, Session session) implements Client {
        @Override
        public void execute(String sql) {
            if (sql.startsWith("pragma")) {
                query(sql); // it answers with a row
            } else {
                NativeSql.execute(session, sql);
            }
        }

        @Override
        public List<String> query(String sql) {
            return NativeSql.query(session, sql);
        }

        @Override
        public void close() {
            try (factory) {
                session.close();
            }
        }
    }
}
