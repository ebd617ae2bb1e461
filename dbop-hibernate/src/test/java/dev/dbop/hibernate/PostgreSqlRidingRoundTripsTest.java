package dev.dbop.hibernate;

import dev.dbop.AttemptScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import jakarta.persistence.PersistenceException;
import org.hibernate.Session;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlRidingRoundTripsTest extends HibernateRoundTripsTest {
    PostgreSqlRidingRoundTripsTest(TestDatabase db) {
        // a step of a session is sent first: the option is of no use to it
        super(db, "", new Budget(2, 2, 2, 2, 3, 3));
    }

    @Override
    AttemptScope<Session, PersistenceException> scope(AttemptScope<Session, PersistenceException> scope) {
        return HibernateScope.ridingPrologue(scope);
    }
}
