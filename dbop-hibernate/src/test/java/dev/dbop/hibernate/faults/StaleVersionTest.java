package dev.dbop.hibernate.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Classifier;
import dev.dbop.DbopRunner;
import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.hibernate.HibernateClassifier;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Versions, which the session checks: nothing has failed in the database. */
abstract class StaleVersionTest extends FaultsTest {
    private static final Classifier RETRYING = HibernateClassifier.standard().retryingStaleData();

    /** Where a step sees what was committed since its transaction began. */
    private final DbopRunner around = outer.isolation(Isolation.READ_COMMITTED);

    StaleVersionTest(TestDatabase db) throws SQLException {
        super(db);
    }

    /** Takes one piece; the first time, somebody else has taken ten in between. */
    private void take(Session session) throws SQLException {
        Item item = session.find(Item.class, 1);
        if (firstRun()) {
            db.execute("UPDATE item SET stock = stock - 10, version = version + 1");
        }
        item.take(1);
    }

    private String stock() throws SQLException {
        return db.query("SELECT stock FROM item").get(0);
    }

    @ParameterizedTest
    @EnumSource
    void isFinal(Level level) throws SQLException {
        Outcome<Boolean> outcome = run(level, around, step, this::take);

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(history.lines())
                .startsWith("step #1 OPERATION GIVE_UP OptimisticLockException", "step: NOT_RETRYABLE");
        assertThat(runs()).isEqualTo(1);
        assertThat(stock()).isEqualTo("90");
        assertThat(entries()).isZero();
    }

    @Test
    void isHealedByAnotherTransactionWhereTheCallerSaysSo() throws SQLException {
        assertSucceeded(run(Level.TRANSACTION, step.classifier(RETRYING), this::take));

        assertThat(history.lines()).containsExactly("step #1 OPERATION RETRY_TRANSACTION OptimisticLockException");
        assertThat(stock()).isEqualTo("89");
    }

    @Test
    void inAStepIsHealedByTheTransactionAroundIt() throws SQLException {
        assertSucceeded(run(Level.SAVEPOINT, around.classifier(RETRYING), step.classifier(RETRYING), this::take));

        assertThat(history.lines())
                .containsExactly(
                        "step #1 OPERATION RETRY_TRANSACTION OptimisticLockException",
                        "step: BEYOND_REACH",
                        "outer #1 OPERATION RETRY_TRANSACTION OptimisticLockException");
        assertThat(stock()).isEqualTo("89");
        assertOuterKept(Level.SAVEPOINT);
    }

    /** What was read before the call is as stale in every attempt. */
    @Test
    void ofAnEntityReadBeforeTheCallIsNotHealed() throws SQLException {
        Item stale;
        try (Session session = factory.openSession()) {
            stale = session.find(Item.class, 1);
        }
        db.execute("UPDATE item SET stock = stock - 10, version = version + 1");
        stale.take(1);

        Outcome<Boolean> outcome =
                call(step.classifier(RETRYING), HibernateScope.transaction(factory), session -> session.merge(stale));

        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.RETRIES_EXHAUSTED);
        assertThat(history.lines())
                .filteredOn(line -> line.contains("RETRY_TRANSACTION"))
                .hasSize(4);
        assertThat(stock()).isEqualTo("90");
    }
}
