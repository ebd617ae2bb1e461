package dev.dbop.hibernate.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.DbopRunner;
import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.dbop.hibernate.Factories;
import dev.dbop.hibernate.HibernateClassifier;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import jakarta.persistence.LockModeType;
import jakarta.persistence.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.hibernate.CacheMode;
import org.hibernate.LazyInitializationException;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StaleStateException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operation does with entities is done once, or not at all, whatever its session remembers. */
abstract class EntitiesTest {
    private final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create()
            .named("entities")
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(1)).build())
            .listeners();
    private final DbopRunner onceMore =
            runner.classifier((failure, phase) -> failure instanceof OnceMore ? Verdict.RETRY_SAVEPOINT : null);
    private final SessionFactory factory;

    EntitiesTest(TestDatabase db) {
        this.db = db;
        this.factory = Factories.over(
                db.dataSource(),
                db.database(),
                Map.of(
                        "hibernate.cache.region.factory_class",
                        MapRegionFactory.class.getName(),
                        "hibernate.cache.use_second_level_cache",
                        true,
                        "hibernate.jdbc.batch_size",
                        10),
                Project.class);
    }

    /** A failure that is worth another attempt. */
    private static final class OnceMore extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS Project_tasks",
                "DROP TABLE IF EXISTS Project",
                "CREATE TABLE Project (id INT PRIMARY KEY, version INT NOT NULL, name VARCHAR(40) NOT NULL)",
                "CREATE TABLE Project_tasks (Project_id INT NOT NULL, tasks VARCHAR(40))",
                "INSERT INTO Project VALUES (1, 0, 'one'), (2, 0, 'two')",
                "INSERT INTO Project_tasks VALUES (1, 'first')");
    }

    @AfterEach
    void closeFactory() {
        factory.close();
    }

    private static Project find(Session session, int id) {
        return Objects.requireNonNull(session.find(Project.class, id));
    }

    private String nameOf(int id) throws SQLException {
        return db.query("SELECT name FROM Project WHERE id = " + id).get(0);
    }

    /** What a session that is served by the cache sees. */
    private String cachedNameOf(int id) {
        try (Session session = factory.openSession()) {
            return find(session, id).name();
        }
    }

    @Test
    void nothingOfAFailedAttemptIsInTheNextOnesSession() throws SQLException {
        List<Session> sessions = new ArrayList<>();
        onceMore.run(HibernateScope.transaction(factory), session -> {
            sessions.add(session);
            Project project = find(session, 1);
            assertThat(project.name()).isEqualTo("one");
            project.rename("renamed " + sessions.size());
            session.persist(new Project(10 + sessions.size(), "new"));
            if (sessions.size() == 1) {
                session.flush();
                throw new OnceMore();
            }
        });

        assertThat(sessions).doesNotHaveDuplicates().noneMatch(Session::isOpen);
        assertThat(nameOf(1)).isEqualTo("renamed 2");
        assertThat(db.query("SELECT id FROM Project ORDER BY id")).containsExactly("1", "2", "12");
    }

    @Test
    void nothingOfAFailedAttemptIsLeftInTheBatch() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        onceMore.run(HibernateScope.transaction(factory), session -> {
            int first = 100 * attempts.incrementAndGet();
            for (int i = 0; i < 5; i++) {
                session.persist(new Project(first + i, "batched"));
            }
            if (attempts.get() == 1) {
                session.persist(new Project(1, "exists"));
                Throwable duplicate = catchThrowable(session::flush);
                assertThat(duplicate).isNotNull();
                throw new OnceMore();
            }
        });

        assertThat(db.query("SELECT id FROM Project WHERE name = 'batched' ORDER BY id"))
                .containsExactly("200", "201", "202", "203", "204");
    }

    @Test
    void aFlushThatFailsWhenTheOperationHasReturnedIsNoUnknownOutcome() {
        Outcome<Boolean> outcome = runner.tryCall(HibernateScope.transaction(factory), session -> {
            session.persist(new Project(1, "exists"));
            return true;
        });

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE));
    }

    @Test
    void aTransactionMarkedForRollbackIsNoSuccess() throws SQLException {
        assertThatThrownBy(() -> runner.run(HibernateScope.transaction(factory), session -> {
                    find(session, 1).rename("never");
                    session.getTransaction().setRollbackOnly();
                }))
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("marked for rollback");

        assertThat(nameOf(1)).isEqualTo("one");
    }

    @Test
    void aSwallowedFailureIsNoSuccess() throws SQLException {
        Throwable thrown = catchThrowable(() -> runner.run(HibernateScope.transaction(factory), session -> {
            find(session, 1).rename("never");
            session.flush();
            session.persist(new Project(2, "exists"));
            assertThat(catchThrowable(session::flush)).isNotNull();
        }));

        assertThat(thrown).isNotNull();
        assertThat(nameOf(1)).isEqualTo("one");
    }

    @Test
    void aSwallowedFailureThatIsWorthARetryIsRetried() throws SQLException {
        Assumptions.assumeTrue(
                db.database() == Database.POSTGRESQL, "elsewhere the transaction survives such a failure");
        AtomicInteger attempts = new AtomicInteger();
        runner.lockTimeout(Duration.ofMillis(50)).run(HibernateScope.transaction(factory), session -> {
            find(session, 1).rename("renamed");
            if (attempts.incrementAndGet() == 1) {
                whileSomebodyHoldsTheOther(() -> assertThat(
                                catchThrowable(() -> session.find(Project.class, 2, LockModeType.PESSIMISTIC_WRITE)))
                        .isNotNull());
            }
        });

        assertThat(attempts).hasValue(2);
        assertThat(nameOf(1)).isEqualTo("renamed");
    }

    private void whileSomebodyHoldsTheOther(Runnable work) {
        try (TestSession other = TestSession.open(db)) {
            other.run("BEGIN", "UPDATE Project SET name = 'held' WHERE id = 2");
            work.run();
            other.run("ROLLBACK");
        } catch (SQLException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Test
    void theOperationMayNotEndTheTransactionItself() throws SQLException {
        assertThatThrownBy(() -> runner.run(HibernateScope.transaction(factory), session -> {
                    find(session, 1).rename("never");
                    session.getTransaction().commit();
                }))
                .rootCause()
                .hasMessageContaining("refused inside an attempt");
        assertThat(nameOf(1)).isEqualTo("one");
    }

    @Test
    void whatIsLazyFailsClearlyAfterTheCall() throws SQLException {
        Project project = runner.call(HibernateScope.transaction(factory), session -> find(session, 1));

        assertThat(project.name()).isEqualTo("one");
        assertThatThrownBy(() -> project.tasks().size()).isInstanceOf(LazyInitializationException.class);
    }

    @Test
    void aStaleVersionIsGivenUpUnlessTheUserWantsItRetried() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        assertThatThrownBy(() -> renameStale(runner, attempts)).hasCauseInstanceOf(StaleStateException.class);
        assertThat(attempts).hasValue(1);

        attempts.set(0);
        renameStale(runner.classifier(HibernateClassifier.of(db.database()).retryingStaleData()), attempts);
        assertThat(attempts).hasValue(2);
        assertThat(nameOf(2)).isEqualTo("renamed");
    }

    /** The first attempt brings an entity along that was read before somebody else changed the row. */
    private void renameStale(DbopRunner with, AtomicInteger attempts) {
        changeBehindItsBack();
        with.run(HibernateScope.transaction(factory), session -> {
            session.setCacheMode(CacheMode.IGNORE);
            Project project = attempts.incrementAndGet() == 1 ? session.merge(new Project(2, "two")) : find(session, 2);
            project.rename("renamed");
        });
    }

    private void changeBehindItsBack() {
        try {
            db.execute("UPDATE Project SET version = version + 1 WHERE id = 2");
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void aVersionThatIsCheckedAtTheEndIsCheckedBeforeTheCommit() throws SQLException {
        Assumptions.assumeTrue(
                db.database() == Database.POSTGRESQL, "elsewhere the snapshot hides the change, or locks keep it out");
        AtomicInteger attempts = new AtomicInteger();
        runner.classifier(HibernateClassifier.of(db.database()).retryingStaleData())
                .run(HibernateScope.transaction(factory), session -> {
                    session.setCacheMode(CacheMode.IGNORE);
                    session.find(Project.class, 2, LockModeType.OPTIMISTIC);
                    if (attempts.incrementAndGet() == 1) {
                        changeBehindItsBack();
                    }
                });
        assertThat(attempts).hasValue(2);
    }

    @Test
    void aListenerThatFailsAfterTheCommitDoesNotMakeItAFailure() throws SQLException {
        runner.run(HibernateScope.transaction(factory), session -> {
            find(session, 1).rename("durable");
            session.getTransaction().registerSynchronization(new Synchronization() {
                @Override
                public void beforeCompletion() {}

                @Override
                public void afterCompletion(int status) {
                    throw new IllegalStateException("listener");
                }
            });
        });

        assertThat(nameOf(1)).isEqualTo("durable");
    }

    @Test
    void aListenerThatFailsBeforeTheCommitIsAFailureOfTheOperation() throws SQLException {
        IllegalStateException veto = new IllegalStateException("veto");
        Throwable thrown = catchThrowable(() -> runner.run(HibernateScope.transaction(factory), session -> {
            find(session, 1).rename("never");
            session.getTransaction().registerSynchronization(new Synchronization() {
                @Override
                public void beforeCompletion() {
                    throw veto;
                }

                @Override
                public void afterCompletion(int status) {
                    assertThat(status).isNotEqualTo(Status.STATUS_COMMITTED);
                }
            });
        }));

        assertThat(thrown)
                .isNotNull()
                .satisfies(failure -> assertThat(Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                                .anyMatch(veto::equals))
                        .isTrue());
        assertThat(nameOf(1)).isEqualTo("one");
    }

    @Test
    void aStepSeesWhatTheCallerHasNotFlushedAndLeavesItsSessionUsable() throws SQLException {
        AtomicInteger steps = new AtomicInteger();
        runner.run(HibernateScope.transaction(factory), session -> {
            Project mine = find(session, 1);
            mine.rename("by the caller");
            session.persist(new Project(3, "of the caller"));
            onceMore.run(HibernateScope.savepoint(session), step -> {
                assertThat(find(step, 1).name()).isEqualTo("by the caller");
                assertThat(step).isNotSameAs(session);
                find(step, 2).rename("by the step");
                step.persist(new Project(10 + steps.get(), "of the step"));
                if (steps.incrementAndGet() == 1) {
                    step.flush();
                    throw new OnceMore();
                }
            });
            assertThat(session.contains(mine)).isTrue();
            mine.rename("by the caller again");
        });

        assertThat(nameOf(1)).isEqualTo("by the caller again");
        assertThat(nameOf(2)).isEqualTo("by the step");
        assertThat(db.query("SELECT id FROM Project ORDER BY id")).containsExactly("1", "2", "3", "11");
    }

    @Test
    void aStepThatFailsForGoodLeavesTheCallersWorkAlone() throws SQLException {
        runner.run(HibernateScope.transaction(factory), session -> {
            find(session, 1).rename("by the caller");
            Throwable refused = catchThrowable(() -> runner.run(HibernateScope.savepoint(session), step -> {
                find(step, 2).rename("by the step");
                step.persist(new Project(1, "exists"));
            }));
            assertThat(refused).isNotNull();
            assertThat(find(session, 2).name()).isEqualTo("two");
            session.persist(new Project(3, "afterwards"));
        });

        assertThat(nameOf(1)).isEqualTo("by the caller");
        assertThat(nameOf(2)).isEqualTo("two");
        assertThat(nameOf(3)).isEqualTo("afterwards");
    }

    @Test
    void whatTheCallerCannotFlushIsTheCallersFailure() {
        AtomicInteger steps = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        assertThatThrownBy(() -> runner.run(HibernateScope.transaction(factory), session -> {
                    calls.incrementAndGet();
                    session.persist(new Project(1, "exists"));
                    onceMore.run(HibernateScope.savepoint(session), step -> steps.incrementAndGet());
                }))
                .isInstanceOf(RuntimeException.class);

        assertThat(steps).hasValue(0);
        assertThat(calls).hasValue(1);
    }

    @Test
    void joiningIsAStepInATransactionAndElseATransaction() throws SQLException {
        runner.run(HibernateScope.transaction(factory), session -> {
            find(session, 1).rename("by the caller");
            runner.run(
                    HibernateScope.join(session),
                    step -> assertThat(find(step, 1).name()).isEqualTo("by the caller"));
        });
        try (Session own = factory.openSession()) {
            runner.run(HibernateScope.join(own), session -> find(session, 2).rename("on its own"));
            assertThat(nameOf(2)).isEqualTo("on its own");
        }
    }

    @Test
    void joiningATransactionThatIsMarkedForRollbackIsRefused() throws SQLException {
        try (Session own = factory.openSession()) {
            own.beginTransaction();
            own.getTransaction().setRollbackOnly();
            assertThatThrownBy(() -> runner.run(
                            HibernateScope.join(own),
                            session -> find(session, 2).rename("never")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("MARKED_ROLLBACK");
            own.getTransaction().rollback();
        }

        assertThat(nameOf(2)).isEqualTo("two");
    }

    @Test
    void theCacheKnowsNothingOfAFailedAttempt() throws SQLException {
        assertThat(cachedNameOf(1)).isEqualTo("one");
        AtomicInteger attempts = new AtomicInteger();
        onceMore.run(HibernateScope.transaction(factory), session -> {
            if (attempts.incrementAndGet() == 1) {
                find(session, 1).rename("never");
                session.persist(new Project(3, "never"));
                session.flush();
                throw new OnceMore();
            }
            find(session, 2).rename("second");
        });

        assertThat(cachedNameOf(1)).isEqualTo("one");
        assertThat(cachedNameOf(2)).isEqualTo("second");
        try (Session session = factory.openSession()) {
            assertThat(session.find(Project.class, 3)).isNull();
        }
    }

    @Test
    void theCacheLearnsOfAStepWhenTheWholeIsCommitted() {
        assertThat(cachedNameOf(1)).isEqualTo("one");
        runner.run(HibernateScope.transaction(factory), session -> {
            runner.run(HibernateScope.savepoint(session), step -> find(step, 1).rename("by the step"));
            if (db.database() != Database.SQLITE) {
                // Reads the old row, and must not leave it in the cache for those who come later.
                assertThat(cachedNameOf(1)).isEqualTo("one");
            }
        });

        assertThat(cachedNameOf(1)).isEqualTo("by the step");
    }

    @Test
    void theCacheKnowsNothingOfAStepWhoseCallerFails() {
        assertThat(cachedNameOf(1)).isEqualTo("one");
        assertThatThrownBy(() -> runner.run(HibernateScope.transaction(factory), session -> {
                    runner.run(
                            HibernateScope.savepoint(session),
                            step -> find(step, 1).rename("never"));
                    throw new OnceMore();
                }))
                .isInstanceOf(OnceMore.class);

        assertThat(cachedNameOf(1)).isEqualTo("one");
    }

    @Test
    void aStepInASessionOfOnesOwnEndsWithItsTransaction() throws SQLException {
        try (Session own = factory.openSession()) {
            own.beginTransaction();
            find(own, 1).rename("own");
            runner.run(HibernateScope.savepoint(own), step -> find(step, 2).rename("step"));
            own.getTransaction().commit();
        }

        assertThat(nameOf(1)).isEqualTo("own");
        assertThat(nameOf(2)).isEqualTo("step");
        assertThat(cachedNameOf(2)).isEqualTo("step");
    }

    @Test
    void aStatelessSessionWritesAtOnce() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        onceMore.run(HibernateScope.stateless(factory), session -> {
            session.insert(new Project(20, "stateless"));
            if (attempts.incrementAndGet() == 1) {
                throw new OnceMore();
            }
        });

        assertThat(nameOf(20)).isEqualTo("stateless");
    }
}
