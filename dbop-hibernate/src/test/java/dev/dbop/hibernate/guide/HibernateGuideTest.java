package dev.dbop.hibernate.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.hibernate.HibernateClassifier;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.twophase.TwoPhaseResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.hibernate.LazyInitializationException;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of the guide on Hibernate. */
class HibernateGuideTest {
    private final TestDatabase first;
    private final TestDatabase second;
    private final SessionFactory factory;
    private final SessionFactory ledgerFactory;
    private final DbopRunner runner = DbopRunner.create().listeners();

    HibernateGuideTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(value = Database.MARIADB, pooled = true) TestDatabase second)
            throws SQLException {
        this.first = first;
        this.second = second;
        createTables();
        this.factory = factory(first);
        this.ledgerFactory = factory(second);
    }

    private void createTables() throws SQLException {
        for (TestDatabase db : List.of(first, second)) {
            db.execute(
                    "DROP TABLE IF EXISTS entry",
                    "DROP TABLE IF EXISTS account",
                    "CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL, version INT NOT NULL)",
                    "CREATE TABLE entry (id INT PRIMARY KEY, account_id INT)",
                    "INSERT INTO account VALUES (1, 100, 0), (2, 0, 0)",
                    "INSERT INTO entry VALUES (1, 1)");
        }
        first.execute("DROP TABLE IF EXISTS dbop_decision");
    }

    private static SessionFactory factory(TestDatabase db) {
        Configuration configuration =
                new Configuration().addAnnotatedClass(Account.class).addAnnotatedClass(Entry.class);
        configuration.getProperties().put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, db.dataSource());
        return configuration.buildSessionFactory();
    }

    @AfterEach
    void close() {
        factory.close();
        ledgerFactory.close();
    }

    private static int balance(TestDatabase db, int id) throws SQLException {
        return (int) db.number("SELECT balance FROM account WHERE id = " + id);
    }

    @Test
    void aTransferIsATransactionWithAStep() throws SQLException {
        assertThat(new Transfers(factory).transfer(1, 2, 10)).isEqualTo(90);
        assertThat(balance(first, 1)).isEqualTo(90);
        assertThat(balance(first, 2)).isEqualTo(10);
    }

    @Test
    void otherScopes() throws SQLException {
        // snippet: scopes
        runner.run(
                HibernateScope.stateless(factory),
                session -> { // no first-level cache, no cascades
                    session.createMutationQuery("update Account set balance = balance + 1")
                            .executeUpdate();
                });

        try (Session mine = factory.openSession()) { // a session and a transaction of your own
            mine.beginTransaction();
            runner.run(
                    HibernateScope.savepoint(mine),
                    step -> step.find(Account.class, 1).add(1));
            runner.run(
                    HibernateScope.join(mine),
                    step -> step.find(Account.class, 2).add(1));
            mine.getTransaction().commit();
        }
        // end snippet
        assertThat(balance(first, 1)).isEqualTo(102);
        assertThat(balance(first, 2)).isEqualTo(2);
    }

    @Test
    void entitiesAreDetachedAfterTheCall() {
        // snippet: detached
        Account account = runner.call(
                HibernateScope.transaction(factory),
                session -> session.createSelectionQuery(
                                "from Account a left join fetch a.entries where a.id = 1", Account.class)
                        .getSingleResult()); // fetched now: afterwards it is too late
        int entries = account.entries().size();
        // end snippet
        assertThat(entries).isEqualTo(1);

        Account lazy = runner.call(HibernateScope.transaction(factory), session -> session.find(Account.class, 1));
        assertThatThrownBy(() -> lazy.entries().size()).isInstanceOf(LazyInitializationException.class);
    }

    @Test
    void anEntityFromOutsideIsMergedNotPersisted() throws SQLException {
        // snippet: outside
        Account edited = factory.fromSession(session -> session.find(Account.class, 1)); // shown to a user, say
        edited.add(5);

        runner.run(HibernateScope.transaction(factory), session -> {
            session.merge(edited); // copied into every attempt's own session; "edited" itself is left alone
        });
        // end snippet
        assertThat(balance(first, 1)).isEqualTo(105);
    }

    @Test
    void newEntitiesAreMadeInTheOperation() throws SQLException {
        // snippet: inside
        runner.run(HibernateScope.transaction(factory), session -> {
            Account opened = new Account(3, 0); // made, or loaded, anew in every attempt
            session.persist(opened);
            session.persist(new Entry(2, opened));
        });
        // end snippet
        assertThat(first.number("SELECT count(*) FROM entry")).isEqualTo(2);
    }

    /** By somebody else. */
    private void payIn(int amount) {
        try {
            first.execute("UPDATE account SET balance = balance + " + amount + ", version = version + 1 WHERE id = 1");
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void staleVersionsAreRetriedWhereTheOperationReadsThem() throws SQLException {
        int[] runs = {0};
        // snippet: stale
        DbopRunner retrying = runner.classifier(HibernateClassifier.standard().retryingStaleData());
        retrying.run(HibernateScope.transaction(factory), session -> {
            Account account = session.find(Account.class, 1);
            // end snippet
            if (++runs[0] == 1) {
                payIn(50);
            }
            // snippet: stale
            account.add(-10);
        });
        // end snippet
        assertThat(runs[0]).isEqualTo(2);
        assertThat(balance(first, 1)).isEqualTo(140);
    }

    @Test
    void aStepMayFailWithoutHarmToTheRest() throws SQLException {
        // snippet: caught
        runner.run(HibernateScope.transaction(factory), session -> {
            session.find(Account.class, 1).add(-10);
            try {
                runner.run(HibernateScope.savepoint(session), step -> step.persist(new Account(2, 10)));
            } catch (ConstraintViolationException exists) {
                session.find(Account.class, 2).add(10);
            }
        });
        // end snippet
        assertThat(balance(first, 1)).isEqualTo(90);
        assertThat(balance(first, 2)).isEqualTo(10);
    }

    @Test
    void aCommitWithoutAnAnswerIsLookedUp() {
        // snippet: probe
        int left = runner.call(HibernateScope.transaction(factory, JdbcCommitProbe.pgXactStatus()), session -> {
            Account account = session.find(Account.class, 1);
            account.add(-10);
            return account.balance();
        });
        // end snippet
        assertThat(left).isEqualTo(90);
    }

    @Test
    void callsMayBeAsynchronous() {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            // snippet: async
            CompletableFuture<Integer> left = runner.callAsync(
                    AsyncAttemptScope.blocking(HibernateScope.transaction(factory), threads),
                    session -> CompletableFuture.supplyAsync(
                            () -> session.find(Account.class, 1).balance(), threads));
            // end snippet
            assertThat(left.join()).isEqualTo(100);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void entitiesAreKeptInTwoDatabasesAtOnce() throws SQLException {
        first.execute(DecisionTable.named("dbop_decision").create(Database.POSTGRESQL));
        TwoPhase twoPhase = TwoPhase.builder()
                .runner(runner)
                .branch("accounts", first.dataSource())
                .branch("ledger", second.dataSource())
                .build();

        move(twoPhase);

        assertThat(balance(first, 1)).isEqualTo(90);
        assertThat(balance(second, 1)).isEqualTo(110);
        assertThat(first.number("SELECT version FROM account WHERE id = 1")).isEqualTo(1);
        assertThatThrownBy(() -> twoPhase.call(tx -> {
                    add(factory, tx.connection("accounts"), -10);
                    add(ledgerFactory, tx.connection("ledger"), 10);
                    throw new IllegalStateException("not today");
                }))
                .hasMessage("not today");
        assertThat(balance(first, 1)).isEqualTo(90);
        assertThat(balance(second, 1)).isEqualTo(110);
    }

    private void move(TwoPhase twoPhase) throws SQLException {
        // snippet: two-phase
        TwoPhaseResult<Integer> left = twoPhase.call(tx -> {
            add(ledgerFactory, tx.connection("ledger"), 10);
            return add(factory, tx.connection("accounts"), -10);
        });
        // end snippet
        assertThat(left.value()).isEqualTo(90);
    }

    // snippet: two-phase

    private static int add(SessionFactory factory, Connection branch, int amount) {
        try (Session session = factory.withOptions().connection(branch).openSession()) {
            session.beginTransaction(); // begun by TwoPhase already, and ended by it: no commit here
            Account account = session.find(Account.class, 1);
            account.add(amount);
            session.flush();
            return account.balance();
        }
    }
    // end snippet
}
