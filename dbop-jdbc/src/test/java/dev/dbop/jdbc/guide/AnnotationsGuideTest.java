package dev.dbop.jdbc.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.Retried;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of the guide on annotated interfaces and functions, run. */
@RealDatabase(Database.POSTGRESQL)
class AnnotationsGuideTest {
    private final TestDatabase db;
    private final DataSource dataSource;
    private final DbopRunner runner = DbopRunner.create().listeners();

    AnnotationsGuideTest(TestDatabase db) {
        this.db = db;
        this.dataSource = db.dataSource();
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS account",
                "CREATE TABLE account (id INT PRIMARY KEY, owner TEXT, balance INT)",
                "INSERT INTO account VALUES (1, 'one', 100), (2, 'two', 200)");
    }

    @Test
    void everyMethodOfAnInterfaceIsATransaction() throws SQLException {
        // snippet: proxy
        Accounts accounts = runner.proxy(Accounts.class, JdbcScope.transaction(dataSource), JdbcAccounts::new);

        accounts.pay(1, 2, 10); // a transaction, run again when the database calls for it
        int left = accounts.balance(1); // another one, in which the server refuses writes
        // end snippet
        assertThat(left).isEqualTo(90);
        assertThat(accounts.interest(10)).isEqualTo(2);
        accounts.rename(2, "Demo");
        assertThat(db.query("SELECT owner || ' ' || balance FROM account ORDER BY id"))
                .containsExactly("one 99", "Demo 231");
    }

    // snippet: functional
    /** Any interface of one method is a function; its throws clause says what it throws. */
    @FunctionalInterface
    interface Payment {
        @Retried(name = "payment")
        void pay(int from, int to, int amount) throws SQLException;
    }
    // end snippet

    @Test
    void aFunctionIsAnInterfaceOfOneMethod() throws SQLException {
        // snippet: function
        Payment payment = runner.proxy(
                Payment.class,
                JdbcScope.transaction(dataSource),
                connection -> (from, to, amount) -> new JdbcAccounts(connection).pay(from, to, amount));

        payment.pay(1, 2, 10);
        // end snippet
        assertThat(db.number("SELECT balance FROM account WHERE id = 1")).isEqualTo(90);
    }

    @Test
    void anOperationWithoutArgumentsIsACallable() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            // snippet: decorate
            Callable<Integer> interest = runner.named("interest")
                    .decorate(JdbcScope.transaction(dataSource), connection -> addInterest(connection, 10));

            int rows = executor.submit(interest).get(); // each time a call of its own
            // end snippet
            assertThat(rows).isEqualTo(2);
            assertThat(interest.call()).isEqualTo(2);
        } finally {
            executor.shutdown();
        }
        assertThat(db.number("SELECT balance FROM account WHERE id = 1")).isEqualTo(121);
    }

    private static int addInterest(Connection connection, int percent) throws SQLException {
        return new JdbcAccounts(connection).interest(percent);
    }

    // snippet: stages
    /** Methods that return before their work is done. */
    interface Balances {
        @Retried(readOnly = true)
        CompletableFuture<Integer> balance(int id);
    }
    // end snippet

    @Test
    void aMethodThatReturnsAStageIsAnAsynchronousCall() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            // snippet: async
            Balances balances = runner.proxyAsync(
                    Balances.class,
                    AsyncAttemptScope.blocking(JdbcScope.transaction(dataSource), executor),
                    connection -> id -> done(() -> new JdbcAccounts(connection).balance(id)));

            CompletableFuture<Integer> balance = balances.balance(1); // cancel it, and the attempt is stopped
            // end snippet
            assertThat(balance.get(20, TimeUnit.SECONDS)).isEqualTo(100);
        } finally {
            executor.shutdown();
        }
    }

    /** On JDBC the work is done when the method returns; it runs on a thread of the executor. */
    private static <T> CompletableFuture<T> done(Callable<T> work) {
        try {
            return CompletableFuture.completedFuture(work.call());
        } catch (Exception failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
