package dev.dbop.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.DbopRunner;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.RollbackException;
import jakarta.transaction.Synchronization;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link SessionContext}; a subclass names the database. */
abstract class SessionContextContract {
    private final TestDatabase database;
    private SessionFactory factory;

    SessionContextContract(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() throws SQLException {
        database.execute("drop table if exists note", "create table note (text varchar(20) primary key)");
        factory = Factories.over(database.dataSource(), database.database());
    }

    @AfterEach
    void close() {
        factory.close();
    }

    private static void note(Session session, String text) {
        NativeSql.execute(session, "insert into note values ('" + text + "')");
    }

    private long notes() throws SQLException {
        return database.number("select count(*) from note");
    }

    private static void fail() throws IOException {
        throw new IOException("broken");
    }

    @Test
    void commitsTheTransactionThatGoodWorkHasLeftOpen() throws SQLException {
        int result = SessionContext.call(factory, session -> {
            session.beginTransaction();
            note(SessionContext.current(factory), "a");
            return 7;
        });

        assertThat(result).isEqualTo(7);
        assertThat(notes()).isEqualTo(1);
    }

    @Test
    void aTransactionThatTheServerHasGivenUpIsNotReportedAsCommitted() throws SQLException {
        Assumptions.assumeTrue(database.database() == Database.POSTGRESQL, "elsewhere a transaction survives that");
        assertThatThrownBy(() -> SessionContext.run(factory, session -> {
                    session.beginTransaction();
                    note(session, "a");
                    assertThat(catchThrowable(() -> session.doWork(connection -> {
                                try (Statement statement = connection.createStatement()) {
                                    statement.execute("insert into note values ('a')");
                                }
                            })))
                            .isNotNull();
                }))
                .isInstanceOf(PersistenceException.class);

        assertThat(notes()).isZero();
    }

    @Test
    void needsNoTransaction() throws SQLException {
        SessionContext.run(factory, session -> assertThat(session.isOpen()).isTrue());
        SessionContext.run(factory, session -> {
            session.beginTransaction();
            note(session, "a");
            session.getTransaction().commit();
        });

        assertThat(notes()).isEqualTo(1);
    }

    @Test
    void rollsBackAndThrowsWhatTheWorkThrows() throws SQLException {
        assertThatThrownBy(() -> SessionContext.run(factory, session -> {
                    session.beginTransaction();
                    note(session, "a");
                    fail();
                }))
                .isInstanceOf(IOException.class)
                .hasNoSuppressedExceptions();

        assertThat(notes()).isZero();
    }

    @Test
    void rollsBackWhatWasNotSaidToHaveSucceeded() throws SQLException {
        Session session;
        try (SessionContext context = SessionContext.open(factory)) {
            session = context.session();
            session.beginTransaction();
            note(session, "a");
        }

        assertThat(session.isOpen()).isFalse();
        assertThat(notes()).isZero();
    }

    @Test
    void neverHasATransactionMarkedForRollbackLookCommitted() throws SQLException {
        assertThatThrownBy(() -> SessionContext.run(factory, session -> {
                    session.beginTransaction();
                    note(session, "a");
                    session.getTransaction().setRollbackOnly();
                }))
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("marked for rollback");

        assertThat(notes()).isZero();
    }

    @Test
    void doesNotCommitATransactionThatAListenerHasMarked() throws SQLException {
        assertThatThrownBy(() -> SessionContext.run(factory, session -> {
                    session.beginTransaction();
                    note(session, "a");
                    session.getTransaction().registerSynchronization(new Synchronization() {
                        @Override
                        public void beforeCompletion() {
                            session.getTransaction().markRollbackOnly();
                        }

                        @Override
                        public void afterCompletion(int status) {}
                    });
                }))
                .isInstanceOf(RollbackException.class)
                .hasMessageContaining("marked for rollback");
        assertThat(notes()).isZero();
    }

    @Test
    void throwsWhatTheCommitThrows() throws SQLException {
        assertThatThrownBy(() -> SessionContext.run(factory, session -> {
                    session.beginTransaction();
                    note(session, "a");
                    session.getTransaction().registerSynchronization(new jakarta.transaction.Synchronization() {
                        @Override
                        public void beforeCompletion() {
                            throw new IllegalArgumentException("refused");
                        }

                        @Override
                        public void afterCompletion(int status) {}
                    });
                }))
                .hasStackTraceContaining("refused");

        assertThat(notes()).isZero();
        assertThatThrownBy(() -> SessionContext.current(factory)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void doesNotHideAFailureBehindAConnectionThatIsGone() {
        assertThatThrownBy(() -> SessionContext.run(factory, session -> {
                    session.beginTransaction();
                    session.doWork(connection -> connection.close());
                    fail();
                }))
                .isInstanceOf(IOException.class);
    }

    @Test
    void refusesAContextInOneOfTheSameFactory() {
        SessionContext.run(factory, session -> {
            assertThatThrownBy(() -> SessionContext.open(factory))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already")
                    .hasMessageContaining("SessionContext.current");
            assertThat(SessionContext.current(factory)).isSameAs(session);
        });
    }

    @Test
    void takesAContextOfAnotherFactoryInside() {
        try (SessionFactory other = Factories.over(database.dataSource(), database.database())) {
            SessionContext outer = SessionContext.open(factory);
            SessionContext inner = SessionContext.open(other);
            assertThat(SessionContext.current(factory)).isSameAs(outer.session());
            assertThat(SessionContext.current(other)).isSameAs(inner.session());
            outer.close();
            assertThat(SessionContext.current(other)).isSameAs(inner.session());
            assertThatThrownBy(() -> SessionContext.current(factory))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is in no session context");
            inner.close();
        }
        SessionContext.run(factory, session -> assertThat(session.isOpen()).isTrue());
    }

    @Test
    void isNotSeenByOtherThreads() throws InterruptedException {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        SessionContext.run(
                factory,
                session -> assertThatThrownBy(() -> executor.submit(() -> SessionContext.current(factory))
                                .get())
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(IllegalStateException.class));
        executor.shutdownNow();
    }

    @Test
    void commitsNothingWhenAnotherThreadClosesIt() throws SQLException {
        SessionContext context = SessionContext.open(factory);
        context.session().beginTransaction();
        note(context.session(), "a");
        context.succeeded();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        assertThatThrownBy(() -> executor.submit(context::close).get())
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must be closed by its own");
        executor.shutdownNow();

        assertThat(notes()).isZero();
        SessionContext.run(factory, session -> assertThat(session.isOpen()).isTrue());
    }

    @Test
    void refusesWorkThatClosesTheSession() {
        assertThatThrownBy(() -> SessionContext.run(factory, Session::close))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed by the work");
    }

    @Test
    void hasRetriedCallsInIt() throws SQLException {
        // snippet: inside
        SessionContext.run(factory, session -> {
            DbopRunner runner = DbopRunner.create().named("note");
            runner.run(HibernateScope.join(session), own -> note(own, "a")); // a transaction of its own, committed here
            session.beginTransaction();
            runner.run(HibernateScope.join(session), step -> note(step, "b")); // a savepoint in this transaction
        }); // and here that one is committed
        // end snippet

        assertThat(notes()).isEqualTo(2);
    }
}
