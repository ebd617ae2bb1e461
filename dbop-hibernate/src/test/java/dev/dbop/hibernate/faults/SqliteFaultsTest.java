package dev.dbop.hibernate.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@RealDatabase(Database.SQLITE)
class SqliteFaultsTest extends FaultsTest {
    SqliteFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    private TestSession writer() throws SQLException {
        TestSession writer = TestSession.open(db);
        writer.run("BEGIN IMMEDIATE", "UPDATE acct SET bal = bal + 10 WHERE id = 1");
        return writer;
    }

    @ParameterizedTest
    @EnumSource
    void aTransactionBeginsOnceTheWriterHasCommitted(Level level) throws SQLException {
        String call = level == Level.SAVEPOINT ? "outer" : "step";
        try (TestSession writer = writer()) {
            history.afterFirst(call, () -> writer.run("COMMIT"));
            assertSucceeded(run(
                    level,
                    outer.lockTimeout(SHORT),
                    step.lockTimeout(SHORT),
                    session -> session.find(Account.class, 1).add(1)));
        }
        assertThat(history.lines()).containsExactly(call + " #1 OPEN RETRY_TRANSACTION 5");
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(level);
    }

    /** Waiting would be a deadlock, so SQLite does not. */
    @Test
    void aTransactionThatHasReadMeetsTheWriterAtOnceAndTheStepGoesUp() throws SQLException {
        try (TestSession writer = writer();
                Session mine = factory.openSession()) {
            mine.beginTransaction();
            mine.find(Account.class, 1);

            Outcome<Boolean> outcome = call(
                    step,
                    HibernateScope.savepoint(mine),
                    session -> session.find(Account.class, 1).add(1));

            assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.BEYOND_REACH);
            assertThat(history.lines()).containsExactly("step #1 OPERATION RETRY_TRANSACTION 5", "step: BEYOND_REACH");
            mine.getTransaction().rollback();
            writer.run("COMMIT");
        }
        assertThat(balance(1)).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource
    void aDuplicateKeyIsFinal(Level level) throws SQLException {
        db.execute("INSERT INTO entry VALUES (1, 1)");
        Outcome<Boolean> outcome = run(level, step, session -> session.persist(new Entry(1, 2)));
        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines()).startsWith("step #1 OPERATION GIVE_UP 19", "step: NOT_RETRYABLE");
        assertThat(entries()).isEqualTo(1);
    }
}
