package dev.dbop.hibernate.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.RetryPolicy;
import dev.dbop.Timeouts;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;
import org.hibernate.community.dialect.SQLiteDialect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** What the tests of faults share: a step, run at some level, whose effect and failures can be told afterwards. */
@Tag("one-jdk")
abstract class FaultsTest {
    static final RetryPolicy QUICK = RetryPolicy.builder()
            .maxRetries(3)
            .initialDelay(Duration.ofMillis(1))
            .jitter(0)
            .build();

    static final Duration SHORT = Duration.ofMillis(150);
    private static final int OUTER = 100;

    /** Where a step runs. */
    enum Level {
        /** In a transaction of its own. */
        TRANSACTION,
        /** In a savepoint of a transaction, in which a row was persisted before. */
        SAVEPOINT
    }

    final TestDatabase db;
    final History history = new History();
    final DbopRunner runner = DbopRunner.create().policy(QUICK).listeners(history);
    final DbopRunner step = runner.named("step");
    final DbopRunner outer = runner.named("outer");
    private final List<CompletableFuture<Boolean>> others = new CopyOnWriteArrayList<>();
    private final HikariDataSource pool;
    final SessionFactory factory;
    private int runs;

    FaultsTest(TestDatabase db) throws SQLException {
        this.db = db;
        createTables();
        this.pool = pool(db.url());
        this.factory = factory(pool);
    }

    private void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS entry",
                "DROP TABLE IF EXISTS acct",
                "DROP TABLE IF EXISTS item",
                "CREATE TABLE acct (id INT PRIMARY KEY, bal INT NOT NULL)",
                "CREATE TABLE entry (id INT PRIMARY KEY, acct INT NOT NULL, FOREIGN KEY (acct) REFERENCES acct (id))",
                "CREATE TABLE item (id INT PRIMARY KEY, stock INT NOT NULL, version INT NOT NULL)",
                "INSERT INTO acct VALUES (1, 0), (2, 0)",
                "INSERT INTO item VALUES (1, 100, 0)");
    }

    static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(1);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }

    final SessionFactory factory(HikariDataSource over) {
        Configuration configuration = new Configuration()
                .addAnnotatedClass(Account.class)
                .addAnnotatedClass(Item.class)
                .addAnnotatedClass(Entry.class);
        configuration.getProperties().put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, over);
        if (db.database() == Database.SQLITE) {
            configuration.setProperty(AvailableSettings.DIALECT, SQLiteDialect.class.getName());
        }
        return configuration.buildSessionFactory();
    }

    /** The next borrower of a connection must find what the first would have found. */
    @AfterEach
    final void close() throws SQLException {
        factory.close();
        try (pool) {
            if (db.database() != Database.SQLITE) {
                assertAsFound();
            }
        }
        assertThat(others).noneMatch(CompletableFuture::isCompletedExceptionally);
    }

    private void assertAsFound() throws SQLException {
        SessionState expected;
        try (Connection untouched = DriverManager.getConnection(db.url())) {
            expected = db.stateOf(untouched);
        }
        try (Connection next = pool.getConnection()) {
            assertThat(db.stateOf(next)).as("the pooled session").isEqualTo(expected);
        }
    }

    /** The operation under test. */
    @FunctionalInterface
    interface Work {
        void on(Session session) throws Exception;
    }

    /** Does something in another session while the step runs; the test fails if that fails. */
    final void meanwhile(TestSession session, TestSession.Work<Boolean> work) {
        others.add(session.start(work));
    }

    /** Waits until everybody else has done what they do {@linkplain #meanwhile meanwhile}. */
    final void awaitOthers() {
        others.forEach(other -> assertThat(other).succeedsWithin(Duration.ofSeconds(20)));
    }

    /** Runs the step at a level. */
    final Outcome<Boolean> run(Level level, DbopRunner how, Work operation) {
        return run(level, outer, how, operation);
    }

    final Outcome<Boolean> run(Level level, DbopRunner around, DbopRunner how, Work operation) {
        if (level == Level.TRANSACTION) {
            return call(how, HibernateScope.transaction(factory), operation);
        }
        return call(around, HibernateScope.transaction(factory), session -> {
            session.persist(new Account(OUTER));
            how.<Session, Exception>run(HibernateScope.savepoint(session), operation::on);
        });
    }

    static Outcome<Boolean> call(DbopRunner how, AttemptScope<Session, PersistenceException> scope, Work operation) {
        return how.tryCall(scope, session -> {
            operation.on(session);
            return true;
        });
    }

    /** The step, its first attempt's statements limited to a second; a later one is to succeed, however late. */
    final DbopRunner limitedAtFirst() {
        Timeouts second = Timeouts.none().withStatement(Duration.ofSeconds(1));
        return step.timeouts((attempt, attempts) -> attempt == 1 ? second : Timeouts.none());
    }

    /** True for the first run of the step only. */
    final boolean firstRun() {
        return runs++ == 0;
    }

    final int runs() {
        return runs;
    }

    static void add(Session session, int id, int amount) {
        session.find(Account.class, id, LockModeType.PESSIMISTIC_WRITE).add(amount);
    }

    final long sessionId(Session session) {
        return session.doReturningWork(db::sessionId);
    }

    /** Another session, which has added 10 to an account and holds it. */
    final TestSession holder(int id) throws SQLException {
        TestSession holder = TestSession.open(db);
        holder.run("BEGIN", "UPDATE acct SET bal = bal + 10 WHERE id = " + id);
        return holder;
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    final FaultProxy proxy() {
        return FaultProxy.to(db);
    }

    final long balance(int id) throws SQLException {
        return db.number("SELECT bal FROM acct WHERE id = " + id);
    }

    final long entries() throws SQLException {
        return db.number("SELECT count(*) FROM entry");
    }

    /** The outer row is there once if there is an outer transaction. */
    final void assertOuterKept(Level level) throws SQLException {
        assertThat(db.number("SELECT count(*) FROM acct WHERE id = " + OUTER))
                .as("outer rows")
                .isEqualTo(level == Level.SAVEPOINT ? 1 : 0);
    }

    static void assertSucceeded(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Failure<?> failure) {
            throw new AssertionError("the call failed", failure.failure());
        }
    }

    static Outcome.Failure<?> assertFailed(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failure.class);
        return (Outcome.Failure<?>) outcome;
    }
}
