package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.Retried;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.lang.reflect.UndeclaredThrowableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Annotated interfaces over the transactions of a real server. */
@RealDatabase(Database.POSTGRESQL)
class RetriedProxyTest {
    private final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create().listeners();
    private final AtomicInteger attempts = new AtomicInteger();

    RetriedProxyTest(TestDatabase db) {
        this.db = db;
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS account",
                "CREATE TABLE account (id INT PRIMARY KEY, balance INT,"
                        + " CONSTRAINT balances UNIQUE (balance) DEFERRABLE INITIALLY DEFERRED)",
                "INSERT INTO account VALUES (1, 100), (2, 200)");
    }

    /** What a bank does. */
    interface Accounts {
        void add(int id, int amount) throws SQLException;

        @Retried(isolation = Isolation.REPEATABLE_READ)
        void addWhatWasRead(int id, int amount, Meanwhile meanwhile) throws SQLException;

        @Retried(idempotent = true)
        void set(int id, int balance) throws SQLException;

        @Retried(readOnly = true)
        int balance(int id) throws SQLException;

        @Retried(readOnly = true)
        void addAlthoughItMayNot(int id, int amount) throws SQLException;

        @Retried(lockTimeout = "250ms", statementTimeout = "5s")
        String limits() throws SQLException;

        void setSilently(int id, int balance);
    }

    /** What others do between the read and the write of a first attempt. */
    @FunctionalInterface
    interface Meanwhile {
        void happens() throws SQLException;
    }

    /** Statements on the connection of an attempt. */
    private final class JdbcAccounts implements Accounts {
        private final Connection connection;

        JdbcAccounts(Connection connection) {
            this.connection = connection;
            attempts.incrementAndGet();
        }

        @Override
        public void add(int id, int amount) throws SQLException {
            PlainSql.execute(connection, "UPDATE account SET balance = balance + " + amount + " WHERE id = " + id);
        }

        @Override
        public void addWhatWasRead(int id, int amount, Meanwhile meanwhile) throws SQLException {
            int balance = balance(id);
            if (attempts.get() == 1) {
                meanwhile.happens();
            }
            set(id, balance + amount);
        }

        @Override
        public void set(int id, int balance) throws SQLException {
            PlainSql.execute(connection, "UPDATE account SET balance = " + balance + " WHERE id = " + id);
        }

        @Override
        public int balance(int id) throws SQLException {
            String balance = PlainSql.query(connection, "SELECT balance FROM account WHERE id = " + id)
                    .get(0);
            return Integer.parseInt(balance);
        }

        @Override
        public void addAlthoughItMayNot(int id, int amount) throws SQLException {
            add(id, amount);
        }

        @Override
        public String limits() throws SQLException {
            return PlainSql.query(connection, "SHOW lock_timeout")
                    + " "
                    + PlainSql.query(connection, "SHOW statement_timeout");
        }

        @Override
        public void setSilently(int id, int balance) {
            try {
                set(id, balance);
            } catch (SQLException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private Accounts accounts() {
        return runner.proxy(Accounts.class, JdbcScope.transaction(db.dataSource()), JdbcAccounts::new);
    }

    private Accounts accounts(FaultProxy proxy) {
        return runner.proxy(Accounts.class, JdbcScope.transaction(db.dataSource(proxy)), JdbcAccounts::new);
    }

    private long balance(int id) throws SQLException {
        return db.number("SELECT balance FROM account WHERE id = " + id);
    }

    @Test
    void aMethodThatMetAnotherTransactionRunsAgainAsAWhole() throws SQLException {
        try (TestSession other = TestSession.open(db)) {
            accounts().addWhatWasRead(1, 10, () -> other.run("UPDATE account SET balance = 150 WHERE id = 1"));
        }

        assertThat(attempts).hasValue(2);
        assertThat(balance(1)).isEqualTo(160);
    }

    @Test
    void aReadOnlyMethodReadsAndTheServerRefusesItsWrites() throws SQLException {
        assertThat(accounts().balance(2)).isEqualTo(200);

        SQLException refused =
                catchThrowableOfType(SQLException.class, () -> accounts().addAlthoughItMayNot(1, 10));
        assertThat(refused.getSQLState()).isEqualTo("25006");
        assertThat(attempts).hasValue(2);
        assertThat(balance(1)).isEqualTo(100);
    }

    @Test
    void theLimitsOfAMethodAreSetOnTheServer() throws SQLException {
        assertThat(accounts().limits()).isEqualTo("[250ms] [5s]");
    }

    @Test
    void aCommitWithoutAnAnswerIsNotRepeated() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            Accounts accounts = accounts(proxy);
            proxy.cutAfterForwarding(FaultProxy.commit());

            assertThatThrownBy(() -> accounts.add(1, 10))
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasMessageContaining("\"Accounts.add\"");
        }

        assertThat(attempts).hasValue(1);
        assertThat(balance(1)).isIn(100L, 110L);
    }

    @Test
    void aCommitWithoutAnAnswerIsRepeatedWhereThatDoesNoHarm() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            Accounts accounts = accounts(proxy);
            proxy.cutAfterForwarding(FaultProxy.commit());

            accounts.set(1, 110);
        }

        assertThat(attempts).hasValue(2);
        assertThat(balance(1)).isEqualTo(110);
    }

    @Test
    void aCommitThatFailsIsAnExceptionTheMethodShouldHaveDeclared() throws SQLException {
        assertThatThrownBy(() -> accounts().setSilently(1, 200))
                .isInstanceOf(UndeclaredThrowableException.class)
                .hasMessageContaining(
                        "Accounts.setSilently failed with org.postgresql.util.PSQLException, which it does not")
                .hasRootCauseInstanceOf(SQLException.class);
        assertThat(balance(1)).isEqualTo(100);

        SQLException violated =
                catchThrowableOfType(SQLException.class, () -> accounts().set(1, 200));
        assertThat(violated.getSQLState()).isEqualTo("23505");
    }

    @Test
    void aMethodInsideATransactionIsASavepointOfIt() throws SQLException {
        runner.run(JdbcScope.transaction(db.dataSource()), connection -> {
            Accounts inside = runner.proxy(Accounts.class, JdbcScope.savepoint(connection), JdbcAccounts::new);
            inside.add(1, 10);
            assertThatThrownBy(() -> inside.balance(3)).isInstanceOf(IndexOutOfBoundsException.class);
            inside.add(2, -10);
        });

        assertThat(balance(1)).isEqualTo(110);
        assertThat(balance(2)).isEqualTo(190);
    }

    /** The same bank, on threads of its own. */
    interface SlowAccounts {
        @Retried(isolation = Isolation.REPEATABLE_READ)
        CompletableFuture<Integer> addWhatWasRead(int id, int amount, Meanwhile meanwhile) throws SQLException;
    }

    @Test
    void anAsynchronousMethodThatMetAnotherTransactionRunsAgainAsAWhole() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (TestSession other = TestSession.open(db)) {
            SlowAccounts slow = runner.proxyAsync(
                    SlowAccounts.class,
                    AsyncAttemptScope.blocking(JdbcScope.transaction(db.dataSource()), threads),
                    connection -> (id, amount, meanwhile) -> {
                        new JdbcAccounts(connection).addWhatWasRead(id, amount, meanwhile);
                        return CompletableFuture.completedFuture(attempts.get());
                    });

            CompletableFuture<Integer> done =
                    slow.addWhatWasRead(1, 10, () -> other.run("UPDATE account SET balance = 150 WHERE id = 1"));

            assertThat(done.get(20, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(balance(1)).isEqualTo(160);
        } finally {
            threads.shutdown();
        }
    }
}
