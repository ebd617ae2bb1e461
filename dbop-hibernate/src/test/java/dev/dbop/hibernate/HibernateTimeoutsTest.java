package dev.dbop.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.DbopRunner;
import dev.dbop.Phase;
import dev.dbop.PreAttemptHook;
import dev.dbop.Reach;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.Timeouts;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.SharedSessionContract;
import org.hibernate.StatelessSession;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Timeouts in sessions of one's own. */
abstract class HibernateTimeoutsTest {
    private static final String LOCK = "jakarta.persistence.lock.timeout";
    private static final String QUERY = "jakarta.persistence.query.timeout";

    private static final Timeouts TIMEOUTS =
            Timeouts.none().withLock(Duration.ofSeconds(1)).withStatement(Duration.ofSeconds(7));

    /** A row to be locked. */
    @Entity(name = "Locked")
    @Table(name = "locked")
    static class Locked {
        @Id
        int id;
    }

    final TestDatabase db;
    final SessionFactory factory;

    HibernateTimeoutsTest(TestDatabase db) {
        this.db = db;
        this.factory = Factories.over(
                db.dataSource(),
                db.database(),
                Map.of(
                        AvailableSettings.CONNECTION_HANDLING,
                        PhysicalConnectionHandlingMode.DELAYED_ACQUISITION_AND_HOLD),
                Locked.class);
    }

    @BeforeEach
    final void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS locked", "CREATE TABLE locked (id INT PRIMARY KEY)");
        db.execute("INSERT INTO locked VALUES (1)");
    }

    @AfterEach
    final void close() {
        factory.close();
    }

    final SessionState state(SharedSessionContract session) {
        return session.doReturningWork(db::stateOf);
    }

    private static List<Object> hints(Session session) {
        Map<String, Object> all = session.getProperties();
        return List.of(all.getOrDefault(LOCK, "none"), all.getOrDefault(QUERY, "none"));
    }

    @Test
    void areSetOnServerAndSessionAndRestored() {
        try (Session session = factory.openSession()) {
            session.beginTransaction();
            SessionState before = state(session);

            HibernateTimeouts timeouts = HibernateTimeouts.apply(session, TIMEOUTS);
            assertThat(hints(session)).containsExactly(1000, 9000);
            if (db.database() != Database.POSTGRESQL) {
                assertThat(state(session)).isNotEqualTo(before);
            }
            timeouts.restore();

            assertThat(hints(session)).containsExactly(-1, 0);
            session.getTransaction().rollback();
            session.beginTransaction();
            assertThat(state(session)).isEqualTo(before);
        }
    }

    @Test
    void ofASessionThatHasItsOwnAreRestored() {
        try (Session session = factory.openSession()) {
            session.beginTransaction();
            session.setProperty(LOCK, 4321);
            session.setProperty(QUERY, 54_000);

            HibernateTimeouts timeouts = HibernateTimeouts.apply(session, TIMEOUTS);
            assertThat(hints(session)).containsExactly(1000, 9000);
            timeouts.restore();

            assertThat(hints(session)).containsExactly(4321, 54_000);
        }
    }

    @Test
    void thatAreNotAskedForAreLeftAlone() {
        try (Session session = factory.openSession()) {
            session.beginTransaction();
            List<Object> before = hints(session);

            HibernateTimeouts.apply(session, Timeouts.none()).restore();
            assertThat(hints(session)).isEqualTo(before);
            HibernateTimeouts.apply(session, Timeouts.none().withLock(Duration.ofSeconds(1)))
                    .restore();
            assertThat(hints(session).get(1)).isEqualTo(before.get(1));
        }
    }

    @Test
    void ofAStatelessSessionAreTheServersOnly() {
        try (StatelessSession session = factory.openStatelessSession()) {
            session.beginTransaction();
            SessionState before = state(session);
            HibernateTimeouts timeouts = HibernateTimeouts.apply(session, TIMEOUTS);
            timeouts.restore();
            session.getTransaction().rollback();
            session.beginTransaction();
            assertThat(state(session)).isEqualTo(before);
        }
    }

    /** The hint does not strike first: the driver's cancel would be taken for a human's. */
    @Test
    void strikeAsTheServersOwnInWhateverTheSessionRuns() throws SQLException {
        try (TestSession holder = TestSession.open(db);
                Session session = factory.openSession()) {
            holder.run("BEGIN", "UPDATE locked SET id = 1");
            session.beginTransaction();
            HibernateTimeouts timeouts = HibernateTimeouts.apply(session, TIMEOUTS);

            Throwable failure = catchThrowable(() -> session.find(Locked.class, 1, LockModeType.PESSIMISTIC_WRITE));

            assertThat(HibernateClassifier.of(db.database()).classify(failure, Phase.OPERATION))
                    .isEqualTo(Verdict.RETRY_SAVEPOINT);
            timeouts.restore();
            session.getTransaction().rollback();
        }
    }

    /** After the limits are lifted a query may take longer than they allowed. */
    @Test
    void doNotStrikeOnceTheyAreRestored() throws SQLException {
        try (TestSession holder = TestSession.open(db);
                Session session = factory.openSession()) {
            holder.run("BEGIN", "UPDATE locked SET id = 1");
            session.beginTransaction();
            long self = session.doReturningWork(db::sessionId);
            HibernateTimeouts.apply(session, Timeouts.none().withStatement(Duration.ofMillis(500)))
                    .restore();
            if (db.database() == Database.POSTGRESQL) {
                session.getTransaction().rollback();
                session.beginTransaction();
            }
            var release = holder.start(own -> {
                db.awaitBlocked(self);
                own.createStatement()
                        .execute("SELECT " + (db.database() == Database.POSTGRESQL ? "pg_" : "") + "sleep(2.5)");
                own.createStatement().execute("COMMIT");
                return true;
            });

            assertThat(session.find(Locked.class, 1, LockModeType.PESSIMISTIC_WRITE))
                    .isNotNull();
            assertThat(release.join()).isTrue();
        }
    }

    /** A scope of one's own: begins and ends by the session, and sets nothing by itself. */
    final class OwnScope implements AttemptScope<Session, PersistenceException> {
        private final boolean applying;

        OwnScope(boolean applying) {
            this.applying = applying;
        }

        @Override
        public Reach reach() {
            return Reach.CONNECTION;
        }

        @Override
        public Classifier classifier() {
            return HibernateClassifier.of(db.database());
        }

        @Override
        public Attempt<Session, PersistenceException> open(AttemptContext context) {
            Session session = factory.openSession();
            session.beginTransaction();
            return new Own(session, HibernateTimeouts.apply(session, applying ? context.timeouts() : Timeouts.none()));
        }
    }

    private record Own(Session resource, HibernateTimeouts timeouts) implements Attempt<Session, PersistenceException> {
        @Override
        public void commit() {
            timeouts.restore();
            resource.getTransaction().commit();
            resource.close();
        }

        @Override
        public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            resource.getTransaction().rollback();
            timeouts.restore();
            resource.close();
            return verdict;
        }
    }

    @Test
    void workInAScopeOfOnesOwn() throws SQLException {
        assertHealed(new OwnScope(true), (session, context) -> {});
    }

    final void assertHealed(
            AttemptScope<Session, PersistenceException> scope,
            PreAttemptHook<SharedSessionContract, PersistenceException> hook)
            throws SQLException {
        List<Verdict> verdicts = new CopyOnWriteArrayList<>();
        try (TestSession holder = TestSession.open(db)) {
            holder.run("BEGIN", "UPDATE locked SET id = 1");
            DbopRunner runner = DbopRunner.create()
                    .policy(RetryPolicy.builder()
                            .initialDelay(Duration.ofMillis(1))
                            .build())
                    .lockTimeout(Duration.ofSeconds(1))
                    .statementTimeout(Duration.ofSeconds(20))
                    .listeners(event -> {
                        if (event instanceof RunEvent.AttemptFailed failed) {
                            verdicts.add(failed.verdict());
                            assertThat(holder.start("COMMIT").join()).isTrue();
                        }
                    });
            int id = runner.call(
                    scope, hook, session -> session.find(Locked.class, 1, LockModeType.PESSIMISTIC_WRITE).id);
            assertThat(id).isEqualTo(1);
        }
        assertThat(verdicts).containsExactly(Verdict.RETRY_SAVEPOINT);
    }

    @Test
    void ofTheHookEndWithTheTransactionWhereTheDatabaseSeesToIt() throws SQLException {
        OwnScope scope = new OwnScope(false);
        if (db.database() == Database.POSTGRESQL) {
            assertHealed(scope, HibernateTimeouts.hook());
        } else {
            DbopRunner runner = DbopRunner.create().listeners().lockTimeout(Duration.ofSeconds(1));
            assertThatThrownBy(() -> runner.run(scope, HibernateTimeouts.hook(), session -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("JdbcTimeouts.apply");
        }
    }
}
