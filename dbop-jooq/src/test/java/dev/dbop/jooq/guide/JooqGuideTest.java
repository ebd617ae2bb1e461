package dev.dbop.jooq.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.AsyncAttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.jooq.Jooq;
import dev.dbop.jooq.JooqClassifier;
import dev.dbop.jooq.JooqScope;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.twophase.TwoPhaseResult;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of the guide on jOOQ. */
class JooqGuideTest {
    private final TestDatabase first;
    private final TestDatabase second;
    private final DSLContext dsl;
    private final DbopRunner runner = DbopRunner.create().listeners();

    JooqGuideTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(value = Database.MARIADB, pooled = true) TestDatabase second) {
        this.first = first;
        this.second = second;
        this.dsl = Jooq.using(first, first.dataSource());
    }

    @BeforeEach
    void createTables() throws SQLException {
        for (TestDatabase db : List.of(first, second)) {
            db.execute("DROP TABLE IF EXISTS account", "CREATE TABLE account (id INT PRIMARY KEY, balance INT)");
            db.execute("INSERT INTO account VALUES (1, 100), (2, 0)");
        }
        first.execute("DROP TABLE IF EXISTS dbop_decision");
    }

    private static int add(DSLContext on, int account, int amount) {
        return on.execute("UPDATE account SET balance = balance + ? WHERE id = ?", amount, account);
    }

    private List<String> balances() throws SQLException {
        return first.query("SELECT balance FROM account ORDER BY id");
    }

    @Test
    void moneyIsMoved() throws SQLException {
        new Transfers(dsl).transfer(1, 2, 10);
        assertThat(balances()).containsExactly("90", "10");
    }

    @Test
    void eachScopeIsOneLine() throws SQLException {
        // snippet: scopes
        runner.run(JooqScope.autocommit(dsl), on -> add(on, 1, 5)); // one statement, no transaction

        dsl.transaction(
                outer -> { // jOOQ's own transaction
                    runner.run(JooqScope.savepoint(outer.dsl()), step -> add(step, 1, 5));
                    runner.run(
                            JooqScope.join(outer.dsl()),
                            step -> add(step, 1, 5)); // a savepoint here, a transaction elsewhere
                });
        // end snippet
        assertThat(balances()).containsExactly("115", "0");
    }

    @Test
    void nestedTransactionsAreSavepoints() throws SQLException {
        // snippet: nested
        runner.run(JooqScope.transaction(dsl), tx -> {
            add(tx, 1, -10);
            try {
                tx.transaction(
                        nested -> { // a savepoint of the attempt, never run again alone
                            add(nested.dsl(), 2, 10);
                            nested.dsl().execute("INSERT INTO account VALUES (2, 0)");
                        });
            } catch (DataAccessException exists) {
                add(tx, 2, 9); // goes on only if the transaction has survived
            }
        });
        // end snippet
        assertThat(balances()).containsExactly("90", "9");
    }

    @Test
    void recordsAreAttachedToAnAttempt() {
        // snippet: attached
        Record account =
                runner.call(JooqScope.transaction(dsl), tx -> tx.fetchSingle("SELECT * FROM account WHERE id = 1"));

        account.attach(dsl.configuration()); // else store() and refresh() fail: their attempt has ended
        // end snippet
        assertThat(account.configuration()).isSameAs(dsl.configuration());
    }

    @Test
    void staleDataIsRetried() throws SQLException {
        // snippet: stale
        DbopRunner retrying = runner.classifier(JooqClassifier.standard().retryingStaleData());
        // end snippet
        retrying.run(JooqScope.transaction(dsl), tx -> add(tx, 1, 1));
        assertThat(balances()).containsExactly("101", "0");
    }

    @Test
    void aCommitWithoutAnAnswerIsLookedUp() throws SQLException {
        // snippet: probe
        int rows = runner.call(JooqScope.transaction(dsl, JdbcCommitProbe.pgXactStatus()), tx -> add(tx, 1, 10));
        // end snippet
        assertThat(rows).isEqualTo(1);
        assertThat(balances()).containsExactly("110", "0");
    }

    @Test
    void callsMayBeAsynchronous() throws SQLException {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            // snippet: async
            CompletableFuture<Integer> rows = runner.callAsync(
                    AsyncAttemptScope.blocking(JooqScope.transaction(dsl), threads),
                    tx -> CompletableFuture.supplyAsync(() -> add(tx, 1, 10), threads));
            // end snippet
            assertThat(rows.join()).isEqualTo(1);
        } finally {
            threads.shutdown();
        }
        assertThat(balances()).containsExactly("110", "0");
    }

    @Test
    void branchesOfATwoPhaseTransactionSpeakJooq() throws SQLException {
        DataSource accounts = first.dataSource();
        DataSource ledger = second.dataSource();
        first.execute(DecisionTable.named("dbop_decision").create(Database.POSTGRESQL));
        TwoPhase twoPhase = TwoPhase.builder()
                .runner(runner.named("transfer"))
                .branch("accounts", accounts)
                .branch("ledger", ledger)
                .build();
        // snippet: two-phase
        TwoPhaseResult<Integer> result = twoPhase.call(tx -> {
            add(DSL.using(tx.connection("accounts"), SQLDialect.POSTGRES), 1, -10);
            return add(DSL.using(tx.connection("ledger"), SQLDialect.MARIADB), 1, 10);
        });
        // end snippet
        assertThat(result.pending()).isEmpty();
        assertThat(balances()).containsExactly("90", "0");
        assertThat(second.number("SELECT balance FROM account WHERE id = 1")).isEqualTo(110);
    }

    @Test
    void aJooqTransactionInABranchIsRefused() throws SQLException {
        first.execute(DecisionTable.named("dbop_decision").create(Database.POSTGRESQL));
        TwoPhase twoPhase = TwoPhase.builder()
                .runner(runner.named("transfer"))
                .branch("accounts", first.dataSource())
                .branch("ledger", second.dataSource())
                .build();
        assertThatThrownBy(() -> twoPhase.call(tx -> {
                    DSLContext accounts = DSL.using(tx.connection("accounts"), SQLDialect.POSTGRES);
                    accounts.transaction(nested -> add(nested.dsl(), 1, -10));
                    return 0;
                }))
                .isInstanceOf(DataAccessException.class)
                .rootCause()
                .hasMessageContaining("refused inside an attempt");
        assertThat(balances()).containsExactly("100", "0");
    }
}
