package dev.dbop.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionTemplate;

@RealDatabase(Database.POSTGRESQL)
final class SessionContextSpringTest {
    private final TestDatabase database;
    private SessionFactory factory;
    private JpaTransactionManager manager;

    SessionContextSpringTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() throws SQLException {
        database.execute("drop table if exists note", "create table note (text varchar(20) primary key)");
        factory = Factories.over(database.dataSource(), database.database());
        manager = new JpaTransactionManager(factory);
    }

    @AfterEach
    void close() {
        factory.close();
    }

    private Session bound() {
        EntityManager bound = EntityManagerFactoryUtils.getTransactionalEntityManager(factory);
        return Objects.requireNonNull(bound, "no session is bound to the thread")
                .unwrap(Session.class);
    }

    /** What a method with {@code @Transactional} does, but for the annotation. */
    private void note(String text) {
        new TransactionTemplate(manager).executeWithoutResult(status -> {
            NativeSql.execute(bound(), "insert into note values ('" + text + "')");
        });
    }

    private long notes() throws SQLException {
        return database.number("select count(*) from note");
    }

    @Test
    void runsTransactionalCodeInTheAttemptsTransactionAndAgainAfterAFailure() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        // snippet: outside
        DbopRunner runner = DbopRunner.create().named("notes");
        runner.run(new SessionContextSpring(manager), session -> {
            note("a"); // @Transactional: joins the attempt's transaction
            failOnce(session, attempts);
            note("b"); // @Transactional: the same transaction
        });
        // end snippet

        assertThat(attempts).hasValue(2);
        assertThat(notes()).isEqualTo(2);
    }

    /** A serialization failure, as the server reports it. */
    private static void failOnce(Session session, AtomicInteger attempts) {
        if (attempts.incrementAndGet() == 1) {
            NativeSql.execute(session, "do $$ begin raise sqlstate '40001'; end $$");
        }
    }

    @Test
    void refusesToRetryInsideATransactionThatNoAttemptCouldUndo() throws SQLException {
        assertThatThrownBy(() -> new TransactionTemplate(manager)
                        .executeWithoutResult(status -> DbopRunner.create()
                                .named("notes")
                                .run(new SessionContextSpring(manager), session -> note("a"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in a transaction already");
        assertThat(notes()).isZero();
    }

    /** Why: what failed in a transaction cannot be done again in it. */
    @Test
    void cannotBeDoneAgainInTheTransactionThatHasFailed() throws SQLException {
        assertThatThrownBy(() -> new TransactionTemplate(manager).executeWithoutResult(status -> {
                    AtomicInteger attempts = new AtomicInteger();
                    Session session = bound();
                    assertThatThrownBy(() -> failOnce(session, attempts)).isNotNull();
                    note("a");
                }))
                .hasStackTraceContaining("current transaction is aborted");
        assertThat(notes()).isZero();
    }

    @Test
    void neverHasATransactionMarkedForRollbackLookCommitted() throws SQLException {
        assertThatThrownBy(() -> DbopRunner.create().run(new SessionContextSpring(manager), session -> {
                    note("a");
                    new TransactionTemplate(manager).executeWithoutResult(status -> status.setRollbackOnly());
                }))
                .isInstanceOf(UnexpectedRollbackException.class);
        assertThat(notes()).isZero();
    }
}
