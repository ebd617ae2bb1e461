package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.Reach;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scopes on connections that a framework hands out: its transaction's while there is one, else a new one each time. */
abstract class ConnectionSourceTest {
    private final TestDatabase db;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger givenBack = new AtomicInteger();
    private final DbopRunner runner = DbopRunner.create()
            .named("source")
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(1)).build())
            .listeners();

    private @Nullable Connection bound;

    ConnectionSourceTest(TestDatabase db) {
        this.db = db;
    }

    private final ConnectionSource source = new ConnectionSource() {
        @Override
        public Connection acquire() throws SQLException {
            taken.incrementAndGet();
            return bound == null ? db.connect() : bound;
        }

        @Override
        public void release(Connection connection) throws SQLException {
            givenBack.incrementAndGet();
            if (!connection.equals(bound)) {
                connection.close();
            }
        }
    };

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS noted", "CREATE TABLE noted (body VARCHAR(20))");
    }

    @AfterEach
    void everyConnectionWasGivenBack() {
        assertThat(givenBack).hasValue(taken.get());
    }

    /** What a framework does around the work of one thread. */
    private interface Work {
        void run() throws SQLException;
    }

    private void inTransaction(Work work) throws SQLException {
        try (Connection connection = db.connect()) {
            connection.setAutoCommit(false);
            PlainSql.execute(connection, "INSERT INTO noted VALUES ('before')");
            bound = connection;
            work.run();
            connection.commit();
        } finally {
            bound = null;
        }
    }

    private static void note(Connection c) throws SQLException {
        PlainSql.execute(c, "INSERT INTO noted VALUES ('noted')");
    }

    private void failingOnce(AttemptScope<Connection, SQLException> scope) throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        runner.classifier((failure, phase) -> Verdict.RETRY_SAVEPOINT).run(scope, c -> {
            note(c);
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("once more");
            }
        });
        assertThat(attempts).hasValue(2);
    }

    private long noted() throws SQLException {
        return db.number("SELECT count(*) FROM noted");
    }

    @Test
    void everyTransactionTakesAndGivesBackOne() throws SQLException {
        failingOnce(JdbcScope.transaction(source));

        assertThat(noted()).isEqualTo(1);
        assertThat(taken).hasValue(2);
    }

    @Test
    void savepointsAreSetInTheBoundTransaction() throws SQLException {
        inTransaction(() -> failingOnce(JdbcScope.savepoint(source)));

        assertThat(noted()).isEqualTo(2);
    }

    @Test
    void joiningIsASavepointInTheBoundTransactionAndElseATransaction() throws SQLException {
        AttemptScope<Connection, SQLException> join = JdbcScope.join(source);
        inTransaction(() -> {
            assertThat(join.reach()).isEqualTo(Reach.SAVEPOINT);
            failingOnce(join);
        });
        assertThat(noted()).isEqualTo(2);

        assertThat(join.reach()).isEqualTo(Reach.CONNECTION);
        failingOnce(join);
        assertThat(noted()).isEqualTo(3);
    }

    @Test
    void aSavepointIsRefusedWhereNoTransactionIsBound() {
        assertThatThrownBy(() -> runner.run(JdbcScope.savepoint(source), ConnectionSourceTest::note))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no transaction is open");
    }

    @Test
    void aTransactionIsRefusedOnTheConnectionOfSomebodyElsesTransaction() throws SQLException {
        Assumptions.assumeTrue(db.database() != Database.SQLITE, "its driver does not tell");
        inTransaction(
                () -> assertThatThrownBy(() -> runner.run(JdbcScope.transaction(source), ConnectionSourceTest::note))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("with a transaction open"));

        assertThat(noted()).isEqualTo(1);
    }

    @Test
    void statementsOfAnAutocommitScopeTakeOneToo() throws SQLException {
        runner.run(JdbcScope.autocommit(source), ConnectionSourceTest::note);

        assertThat(noted()).isEqualTo(1);
    }
}
