package dev.dbop.jooq.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Outcome;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.SQLITE)
class SqliteFaultsTest extends FaultsTest {
    private static final String ENDLESS =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    SqliteFaultsTest(TestDatabase db) {
        super(db);
    }

    @Test
    void aBusyDatabaseIsWaitedForAgain() throws SQLException {
        try (TestSession holder = holder()) {
            afterFirstFailure(() -> holder.run("COMMIT"));
            assertSucceeded(inTransaction(whole.lockTimeout(Duration.ofMillis(50)), tx -> tx.execute(ADD)));
        }
        assertHistory("whole OPEN 5 RETRY_TRANSACTION");
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void aDuplicateIsFinal() throws SQLException {
        assertGivenUpInBoth(s -> s.execute("INSERT INTO acc VALUES (1, 0)"), "19");
    }

    /** It is dbop that interrupts it, and jOOQ that wraps the driver's exception. */
    @Test
    void aStatementTimeoutIsHealed() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        assertKept(inSavepoint(limitedAtFirst(), s -> {
            if (runs.incrementAndGet() == 1) {
                s.fetch(ENDLESS);
            }
            s.execute(ADD);
        }));
        assertThat(runs).hasValue(2);
        assertThat(value(1)).isEqualTo(1);
    }

    @Test
    void aReadOnlyCallThatWritesIsFinal() throws SQLException {
        Outcome<Boolean> outcome = inTransaction(whole.readOnly(), tx -> tx.execute(ADD));
        assertThat(outcome).isInstanceOf(Outcome.Failure.class);
        assertThat(value(1)).isZero();
    }

    @Test
    void aStatementThatRollsTheTransactionBackNeverLetsTheTailIn() throws SQLException {
        Outcome<Boolean> outcome = inTransaction(whole, tx -> {
            tx.execute(ADD);
            try {
                tx.execute("INSERT OR ROLLBACK INTO acc VALUES (2, 0)");
            } catch (org.jooq.exception.DataAccessException swallowed) {
                // as some code does
            }
        });
        assertThat(outcome).isInstanceOf(Outcome.Failure.class);
        assertThat(value(1)).isZero();
    }
}
