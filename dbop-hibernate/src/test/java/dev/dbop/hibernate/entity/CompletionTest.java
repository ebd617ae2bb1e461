package dev.dbop.hibernate.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.dbop.hibernate.Factories;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.testkit.TestDatabase;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.RollbackException;
import jakarta.transaction.Synchronization;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.BaseSessionEventListener;
import org.hibernate.FlushMode;
import org.hibernate.Interceptor;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.Transaction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who listens to a session's transaction hears of its end once, and in time to have a say. */
abstract class CompletionTest {
    private final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create()
            .named("completion")
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(1)).build())
            .listeners();
    private final List<String> heard = new ArrayList<>();
    private final SessionFactory factory;

    CompletionTest(TestDatabase db) {
        this.db = db;
        this.factory = Factories.over(
                db.dataSource(),
                db.database(),
                Map.of("hibernate.session_factory.interceptor", new Listening()),
                Project.class);
    }

    /** Writes down what it hears. */
    private final class Listening implements Interceptor {
        @Override
        public void beforeTransactionCompletion(Transaction transaction) {
            heard.add("interceptor before");
        }

        @Override
        public void afterTransactionCompletion(Transaction transaction) {
            heard.add("interceptor after");
        }
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS Project_tasks",
                "DROP TABLE IF EXISTS Project",
                "CREATE TABLE Project (id INT PRIMARY KEY, version INT NOT NULL, name VARCHAR(40) NOT NULL)",
                "CREATE TABLE Project_tasks (Project_id INT NOT NULL, tasks VARCHAR(40))",
                "INSERT INTO Project VALUES (1, 0, 'one'), (2, 0, 'two')");
    }

    @AfterEach
    void closeFactory() {
        factory.close();
    }

    private String nameOf(int id) throws SQLException {
        return db.query("SELECT name FROM Project WHERE id = " + id).get(0);
    }

    private static void rename(Session session, int id, String name) {
        Objects.requireNonNull(session.find(Project.class, id)).rename(name);
    }

    /** Has something done before the session's transaction is completed. */
    private static void before(Session session, Runnable action) {
        listen(session, action, status -> {});
    }

    private interface After {
        void completed(int status);
    }

    private static void listen(Session session, Runnable before, After after) {
        session.getTransaction().registerSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {
                before.run();
            }

            @Override
            public void afterCompletion(int status) {
                after.completed(status);
            }
        });
    }

    @Test
    void aStepsListenersAreAskedWhenItEndsAndToldWhenTheWholeIsCommitted() throws SQLException {
        runner.run(HibernateScope.transaction(factory), session -> {
            runner.run(HibernateScope.savepoint(session), step -> {
                rename(step, 1, "by the step");
                listen(step, () -> heard.add("before"), status -> heard.add("after " + status));
            });
            heard.add("step is over");
        });

        assertThat(heard)
                .containsExactly(
                        "interceptor before",
                        "before",
                        "step is over",
                        "interceptor before",
                        "interceptor after",
                        "after 3",
                        "interceptor after");
        assertThat(nameOf(1)).isEqualTo("by the step");
    }

    @Test
    void whatAListenerWritesBeforeAStepEndsGoesWithTheStep() throws SQLException {
        runner.run(
                HibernateScope.transaction(factory),
                session -> runner.run(
                        HibernateScope.savepoint(session),
                        step -> before(
                                step,
                                () -> step.createMutationQuery(
                                                "update Project set name = 'by the listener' where id = 1")
                                        .executeUpdate())));

        assertThat(nameOf(1)).isEqualTo("by the listener");
    }

    @Test
    void aListenerThatVetoesAStepCostsTheStepAlone() throws SQLException {
        runner.run(HibernateScope.transaction(factory), session -> {
            rename(session, 1, "by the caller");
            assertThatThrownBy(() -> runner.run(HibernateScope.savepoint(session), step -> {
                        rename(step, 2, "never");
                        listen(
                                step,
                                () -> {
                                    throw new IllegalStateException("veto");
                                },
                                status -> heard.add("after " + status));
                    }))
                    .hasRootCauseMessage("veto");
            assertThat(heard).filteredOn(each -> each.startsWith("after")).hasSize(1);
        });

        assertThat(nameOf(1)).isEqualTo("by the caller");
        assertThat(nameOf(2)).isEqualTo("two");
        assertThat(heard).doesNotContain("after 3");
    }

    @Test
    void aStepsListenersAreToldOnceThatTheWholeWasRolledBack() {
        assertThatThrownBy(() -> runner.run(HibernateScope.transaction(factory), session -> {
                    runner.run(
                            HibernateScope.savepoint(session),
                            step -> listen(step, () -> heard.add("before"), status -> heard.add("after " + status)));
                    throw new IllegalStateException("undone");
                }))
                .hasMessage("undone");

        assertThat(heard).filteredOn(each -> each.equals("before")).hasSize(1);
        assertThat(heard)
                .filteredOn(each -> each.startsWith("after"))
                .hasSize(1)
                .doesNotContain("after 3");
    }

    @Test
    void aStepInAStepIsToldOfTheWhole() throws SQLException {
        runner.run(HibernateScope.transaction(factory), session -> {
            runner.run(
                    HibernateScope.savepoint(session),
                    outer -> runner.run(HibernateScope.savepoint(outer), inner -> {
                        rename(inner, 1, "from within");
                        listen(inner, () -> heard.add("before"), status -> heard.add("after " + status));
                    }));
            heard.add("steps are over");
        });

        assertThat(heard)
                .filteredOn(each -> !each.startsWith("interceptor"))
                .containsExactly("before", "steps are over", "after 3");
        assertThat(nameOf(1)).isEqualTo("from within");
    }

    @Test
    void aStepInAStepThatIsUndoneIsToldSo() {
        runner.run(
                HibernateScope.transaction(factory),
                session -> assertThatThrownBy(() -> runner.run(HibernateScope.savepoint(session), outer -> {
                            runner.run(
                                    HibernateScope.savepoint(outer),
                                    inner -> listen(inner, () -> {}, status -> heard.add("after " + status)));
                            throw new IllegalStateException("undone");
                        }))
                        .hasMessage("undone"));

        assertThat(heard)
                .filteredOn(each -> each.startsWith("after"))
                .hasSize(1)
                .doesNotContain("after 3");
    }

    @Test
    void aMarkThatAListenerSetsIsSeenBeforeTheCommit() throws SQLException {
        assertThatThrownBy(() -> runner.run(HibernateScope.transaction(factory), session -> {
                    rename(session, 1, "never");
                    before(session, () -> session.getTransaction().markRollbackOnly());
                }))
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("marked for rollback");

        assertThat(nameOf(1)).isEqualTo("one");
    }

    @Test
    void aMarkThatAStepsListenerSetsCostsTheStepAlone() throws SQLException {
        runner.run(HibernateScope.transaction(factory), session -> {
            rename(session, 1, "by the caller");
            assertThatThrownBy(() -> runner.run(HibernateScope.savepoint(session), step -> {
                        rename(step, 2, "never");
                        before(step, () -> step.getTransaction().setRollbackOnly());
                    }))
                    .isInstanceOf(RollbackException.class)
                    .hasMessageContaining("marked for rollback");
        });

        assertThat(nameOf(1)).isEqualTo("by the caller");
        assertThat(nameOf(2)).isEqualTo("two");
    }

    @Test
    void anErrorThatAListenerThrowsAfterTheCommitComesThroughAndTheWorkStays() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        assertThatThrownBy(() -> runner.classifier((failure, phase) -> Verdict.RETRY_TRANSACTION)
                        .run(HibernateScope.transaction(factory), session -> {
                            attempts.incrementAndGet();
                            rename(session, 1, "durable");
                            failAfterwards(session);
                        }))
                .isInstanceOf(AssertionError.class)
                .hasMessage("afterwards");

        assertThat(attempts).hasValue(1);
        assertThat(nameOf(1)).isEqualTo("durable");
        assertThatCode(() ->
                        runner.run(HibernateScope.transaction(factory), session -> rename(session, 2, "as before")))
                .doesNotThrowAnyException();
    }

    @Test
    void anErrorOfAStepsListenerComesThroughTooAndTheOthersAreTold() throws SQLException {
        assertThatThrownBy(() -> runner.run(
                        HibernateScope.transaction(factory),
                        session -> runner.run(HibernateScope.savepoint(session), step -> {
                            rename(step, 1, "durable");
                            failAfterwards(step);
                            listen(step, () -> {}, status -> heard.add("after " + status));
                        })))
                .isInstanceOf(AssertionError.class)
                .hasMessage("afterwards");

        assertThat(nameOf(1)).isEqualTo("durable");
        assertThat(heard).contains("after 3");
    }

    private static void failAfterwards(Session session) {
        session.addEventListeners(new BaseSessionEventListener() {
            private static final long serialVersionUID = 1;

            @Override
            public void transactionCompletion(boolean successful) {
                throw new AssertionError("afterwards");
            }
        });
    }

    @Test
    void aCallerWhoFlushesByHandIsNotFlushed() throws SQLException {
        runner.run(HibernateScope.transaction(factory), session -> {
            session.setHibernateFlushMode(FlushMode.MANUAL);
            rename(session, 1, "not yet");
            runner.run(HibernateScope.savepoint(session), step -> {
                Project seen = Objects.requireNonNull(step.find(Project.class, 1));
                assertThat(seen.name()).isEqualTo("one");
            });
        });

        assertThat(nameOf(1)).isEqualTo("one");
    }

    @Test
    void anOperationThatClosesItsSessionIsToldToLeaveItOpen() throws SQLException {
        assertClosedIsRefused(HibernateScope.transaction(factory));
        runner.run(
                HibernateScope.transaction(factory),
                session -> assertClosedIsRefused(HibernateScope.savepoint(session)));

        assertThat(nameOf(1)).isEqualTo("one");
    }

    private void assertClosedIsRefused(AttemptScope<Session, PersistenceException> scope) {
        assertThatThrownBy(() -> runner.run(scope, session -> {
                    rename(session, 1, "never");
                    session.flush();
                    session.close();
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("session of the attempt is closed")
                .hasMessageContaining("leave its end to the attempt");
    }

    @Test
    void whatLeavesItsTransactionsToJtaIsRefused() {
        try (SessionFactory jta = Factories.over(
                        db.dataSource(),
                        db.database(),
                        Map.of("hibernate.transaction.coordinator_class", "jta"),
                        Project.class);
                Session session = jta.withOptions().autoJoinTransactions(false).openSession()) {
            assertThatThrownBy(() -> HibernateScope.transaction(jta))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("leaves transactions to JTA");
            assertThatThrownBy(() -> HibernateScope.savepoint(session))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("leaves transactions to JTA");
            assertThatThrownBy(() -> HibernateScope.join(session))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("leaves transactions to JTA");
        }
    }
}
