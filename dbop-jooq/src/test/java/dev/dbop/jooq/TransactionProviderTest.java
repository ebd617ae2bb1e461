package dev.dbop.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.AttemptTimeoutException;
import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.Reach;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.TransactionContext;
import org.jooq.TransactionProvider;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.impl.ThreadLocalTransactionProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions that a provider of the caller's begins and ends, on the connection it has bound to the thread. */
@RealDatabase(Database.POSTGRESQL)
class TransactionProviderTest {
    private final TestDatabase db;
    private final HikariDataSource pool = new HikariDataSource();
    private final List<RunEvent.AttemptFailed> failures = new CopyOnWriteArrayList<>();
    private final DbopRunner runner = DbopRunner.create()
            .policy(RetryPolicy.builder()
                    .maxRetries(2)
                    .initialDelay(Duration.ZERO)
                    .build())
            .listeners(event -> {
                if (event instanceof RunEvent.AttemptFailed failed) {
                    failures.add(failed);
                }
            });

    TransactionProviderTest(TestDatabase db) {
        this.db = db;
    }

    /** What a framework does: one connection for each thread, from begin to commit. */
    private static final class Bound implements TransactionProvider, ConnectionProvider {
        final List<String> calls = new ArrayList<>();
        private final DataSource source;
        private @Nullable Connection bound;

        Bound(DataSource source) {
            this.source = source;
        }

        private Connection open() {
            return Objects.requireNonNull(bound, "no transaction");
        }

        /** Something a framework does with its connection. */
        @FunctionalInterface
        private interface Work {
            void run() throws SQLException;
        }

        private void run(String call, Work work) {
            calls.add(call);
            try {
                work.run();
            } catch (SQLException failure) {
                throw new FrameworkException(failure);
            }
        }

        private void unbind() throws SQLException {
            Connection connection = open();
            bound = null;
            if (!connection.isClosed()) {
                connection.setAutoCommit(true);
            }
            connection.close();
        }

        @Override
        public void begin(TransactionContext context) {
            run("begin", () -> {
                bound = source.getConnection();
                open().setAutoCommit(false);
            });
        }

        @Override
        public void commit(TransactionContext context) {
            run("commit", () -> {
                open().commit();
                unbind();
            });
        }

        @Override
        public void rollback(TransactionContext context) {
            assertThat(context.causeThrowable()).isNotNull();
            run("rollback", () -> {
                try {
                    open().rollback();
                } finally {
                    unbind();
                }
            });
        }

        @Override
        public @Nullable Connection acquire() {
            return bound;
        }

        @Override
        public void release(Connection connection) {
            // it is the transaction's
        }
    }

    /** A framework's own way to say what the database has said. */
    private static final class FrameworkException extends RuntimeException {
        private static final long serialVersionUID = 1;

        FrameworkException(SQLException cause) {
            super("the framework could not do it", cause);
        }
    }

    @BeforeEach
    void createTable() throws SQLException {
        pool.setJdbcUrl(db.url());
        pool.setMaximumPoolSize(1);
        db.execute("DROP TABLE IF EXISTS note", "CREATE TABLE note (body VARCHAR(40) PRIMARY KEY)");
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private static DSLContext using(Bound bound) {
        Configuration configuration = new DefaultConfiguration();
        configuration.set(SQLDialect.POSTGRES).set((ConnectionProvider) bound).set((TransactionProvider) bound);
        return configuration.dsl();
    }

    private static void note(DSLContext on, String body) {
        on.execute("INSERT INTO note VALUES (?)", body);
    }

    private List<String> notes() throws SQLException {
        return db.query("SELECT body FROM note ORDER BY body");
    }

    /** A failure as a serialization failure is thrown. */
    private static DataAccessException conflict() {
        return new DataAccessException("as if", new SQLException("could not serialize", "40001"));
    }

    @Test
    void beginsAndCommitsByTheProvider() throws SQLException {
        Bound bound = new Bound(pool);
        runner.run(JooqScope.transaction(using(bound)), tx -> {
            note(tx, "a");
            assertThat(tx.connectionResult(Connection::getAutoCommit)).isFalse();
            runner.run(JooqScope.savepoint(tx), step -> note(step, "b"));
            tx.transaction(nested -> note(nested.dsl(), "c"));
        });
        assertThat(bound.calls).containsExactly("begin", "commit");
        assertThat(notes()).containsExactly("a", "b", "c");
    }

    @Test
    void rollsBackByTheProviderAndRunsTheWholeAgain() throws SQLException {
        Bound bound = new Bound(pool);
        AtomicInteger runs = new AtomicInteger();
        runner.run(JooqScope.transaction(using(bound)), tx -> {
            note(tx, "a");
            if (runs.incrementAndGet() == 1) {
                throw conflict();
            }
        });
        assertThat(bound.calls).containsExactly("begin", "rollback", "begin", "commit");
        assertThat(notes()).containsExactly("a");
    }

    @Test
    void throwsWhatTheOperationSwallowed() throws SQLException {
        Bound bound = new Bound(pool);
        assertThatThrownBy(() -> runner.run(JooqScope.transaction(using(bound)), tx -> {
                    note(tx, "a");
                    try {
                        note(tx, "a");
                    } catch (DataAccessException swallowed) {
                        // as some code does
                    }
                }))
                .isInstanceOf(DataAccessException.class)
                .rootCause()
                .hasMessageContaining("duplicate key");
        assertThat(bound.calls).containsExactly("begin", "rollback");
        assertThat(notes()).isEmpty();
    }

    @Test
    void stopsTheAttemptWhoseTimeIsUp() throws SQLException {
        Bound bound = new Bound(pool);
        DbopRunner impatient = runner.policy(RetryPolicy.builder()
                .maxRetries(0)
                .attemptTimeout(Duration.ofMillis(200))
                .build());
        assertThatThrownBy(
                        () -> impatient.run(JooqScope.transaction(using(bound)), tx -> tx.fetch("SELECT pg_sleep(20)")))
                .isInstanceOf(AttemptTimeoutException.class);
        assertThat(bound.calls).containsExactly("begin", "rollback");
        runner.run(JooqScope.transaction(using(bound)), tx -> note(tx, "next"));
        assertThat(notes()).containsExactly("next");
    }

    @Test
    void limitsOfAnAttemptEndWithIt() {
        Bound bound = new Bound(pool);
        runner.lockTimeout(Duration.ofSeconds(7))
                .run(
                        JooqScope.transaction(using(bound)),
                        tx -> assertThat(Jooq.firstColumn(tx, "SHOW lock_timeout"))
                                .containsExactly("7s"));
        runner.run(
                JooqScope.transaction(using(bound)),
                tx -> assertThat(Jooq.firstColumn(tx, "SHOW lock_timeout")).containsExactly("0"));
    }

    @Test
    void aKilledSessionIsReplacedByTheProvidersNext() throws SQLException {
        Bound bound = new Bound(pool);
        AtomicInteger runs = new AtomicInteger();
        runner.run(JooqScope.transaction(using(bound)), tx -> {
            if (runs.incrementAndGet() == 1) {
                tx.execute("SELECT pg_terminate_backend(pg_backend_pid())");
            }
            note(tx, "a");
        });
        assertThat(failures).extracting(failed -> failed.verdict().name()).containsExactly("RETRY_CONNECTION");
        assertThat(notes()).containsExactly("a");
    }

    @Test
    void aCommitWithoutAnAnswerIsUnknown() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            Bound bound = new Bound(db.dataSource(proxy));
            assertThatThrownBy(() -> runner.run(JooqScope.transaction(using(bound)), tx -> {
                        note(tx, "a");
                        proxy.cutAfterForwarding(FaultProxy.commit());
                    }))
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasRootCauseInstanceOf(java.io.IOException.class);
        }
        assertThat(notes()).containsExactly("a");
    }

    @Test
    void aCommitThatTheServerRefusesIsNot() throws SQLException {
        db.execute(
                "ALTER TABLE note DROP CONSTRAINT note_pkey", "ALTER TABLE note ADD UNIQUE (body) INITIALLY DEFERRED");
        Bound bound = new Bound(pool);
        assertThatThrownBy(() -> runner.run(JooqScope.transaction(using(bound)), tx -> {
                    note(tx, "a");
                    note(tx, "a");
                }))
                .isInstanceOf(FrameworkException.class);
        assertThat(failures)
                .extracting(failed -> failed.phase() + " " + failed.verdict())
                .containsExactly("COMMIT GIVE_UP");
        assertThat(notes()).isEmpty();
    }

    /** Nothing says whether the provider has committed before it failed. */
    @Test
    void aCommitThatFailsWithoutAnAnswerOfTheServerIsUnknown() throws SQLException {
        Bound bound = new Bound(pool);
        TransactionProvider failing = new TransactionProvider() {
            @Override
            public void begin(TransactionContext context) {
                bound.begin(context);
            }

            @Override
            public void commit(TransactionContext context) {
                bound.commit(context);
                throw new IllegalStateException("the framework fails in what it does afterwards");
            }

            @Override
            public void rollback(TransactionContext context) {
                // committed already
            }
        };
        DSLContext dsl = using(bound).configuration().derive(failing).dsl();
        assertThatThrownBy(() -> runner.run(JooqScope.transaction(dsl), tx -> note(tx, "a")))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThat(notes()).containsExactly("a");
    }

    @Test
    void isRefusedWhereATransactionIsOpenAndJoinedWhereThatIsWanted() throws SQLException {
        Bound bound = new Bound(pool);
        DSLContext dsl = using(bound);
        dsl.transaction(outer -> {
            note(dsl, "outer");
            assertThatThrownBy(() -> runner.run(JooqScope.transaction(dsl), tx -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching("[^:;]+: [^:;]+; [^:;]+");
            assertThat(JooqScope.join(dsl).reach()).isEqualTo(Reach.SAVEPOINT);
            runner.run(JooqScope.join(dsl), step -> note(step, "joined"));
            runner.run(JooqScope.savepoint(dsl), step -> note(step, "step"));
        });
        assertThat(bound.calls).containsExactly("begin", "commit");
        assertThat(JooqScope.join(dsl).reach()).isEqualTo(Reach.CONNECTION);
        runner.run(JooqScope.join(dsl), tx -> note(tx, "own"));
        assertThat(notes()).containsExactly("joined", "outer", "own", "step");
    }

    @Test
    void refusesWhatItCannotAskOfTheProvider() {
        DSLContext dsl = using(new Bound(pool));
        assertThatThrownBy(() ->
                        runner.isolation(Isolation.SERIALIZABLE).run(JooqScope.transaction(dsl), tx -> note(tx, "a")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("[^:;]+: [^:;]+; [^:;]+");
        assertThatThrownBy(() -> JooqScope.transaction(dsl, JdbcCommitProbe.pgXactStatus()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("[^:;]+: [^:;]+; [^:;]+");
    }

    @Test
    void jooqsOwnThreadLocalTransactionsAreBegunAndJoined() throws SQLException {
        Configuration configuration = new DefaultConfiguration();
        configuration.set(SQLDialect.POSTGRES).set(pool);
        configuration.set(new ThreadLocalTransactionProvider(configuration.connectionProvider()));
        DSLContext dsl = configuration.dsl();
        AtomicInteger runs = new AtomicInteger();
        runner.run(JooqScope.transaction(dsl), tx -> {
            note(tx, "a");
            if (runs.incrementAndGet() == 1) {
                throw conflict();
            }
        });
        dsl.transaction(() -> {
            note(dsl, "outer");
            runner.run(JooqScope.savepoint(dsl), step -> note(step, "step"));
        });
        assertThat(notes()).containsExactly("a", "outer", "step");
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
    }
}
