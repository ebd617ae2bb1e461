package dev.dbop.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A deadlock takes all of InnoDB's transaction: a nested one that is run again alone would lose what came before it. */
abstract class InnoDbNestedTransactionsTest extends NestedTransactionsTest {
    private final AtomicBoolean crossed = new AtomicBoolean();

    InnoDbNestedTransactionsTest(TestDatabase db) {
        super(db);
    }

    @BeforeEach
    void createWeight() throws SQLException {
        db.execute("DROP TABLE IF EXISTS weight", "CREATE TABLE weight (id INT PRIMARY KEY)");
    }

    /** The other party, holding row 2 and having done so much that any other session is the victim of a deadlock. */
    private TestSession heavyweight() throws SQLException {
        TestSession other = TestSession.open(db);
        StringBuilder rows = new StringBuilder("INSERT INTO weight VALUES (0)");
        for (int i = 1; i < 60; i++) {
            rows.append(",(").append(i).append(')');
        }
        other.run("START TRANSACTION", rows.toString(), "UPDATE acc SET v = v + 100 WHERE id = 2");
        return other;
    }

    /** Adds to rows 1 and 2; the first time as the victim of a deadlock with the heavyweight, which then commits. */
    private void cross(Configuration on, TestSession heavyweight) {
        if (crossed.compareAndSet(false, true)) {
            long victim = on.dsl().connectionResult(db::sessionId);
            CompletableFuture<Boolean> unused = heavyweight.start(other -> {
                db.awaitBlocked(victim);
                Jooq.using(db, other).execute("UPDATE acc SET v = v + 100 WHERE id = 1");
                Jooq.using(db, other).execute("COMMIT");
                return true;
            });
        }
        on.dsl().execute("UPDATE acc SET v = v + 1 WHERE id = 1");
        on.dsl().execute("UPDATE acc SET v = v + 1 WHERE id = 2");
    }

    /** The naive loop around a nested transaction, which loses the outer row with jOOQ alone. */
    private void triedAgainAndAgain(DSLContext tx, TestSession other) {
        DataAccessException last = null;
        for (int i = 0; i < 3; i++) {
            try {
                tx.transaction(nested -> {
                    note(nested, "step");
                    cross(nested, other);
                });
                return;
            } catch (DataAccessException deadlock) {
                last = deadlock;
            }
        }
        throw new IllegalStateException("the loop has given up", last);
    }

    @Test
    void aLoopAroundANestedTransactionCannotLoseTheOuterWork() throws SQLException {
        try (TestSession other = heavyweight()) {
            runner.run(JooqScope.transaction(dsl), tx -> {
                note(tx, "outer");
                triedAgainAndAgain(tx, other);
            });
        }
        assertThat(notes()).containsExactly("outer", "step");
        assertCrossed();
    }

    @Test
    void aDeadlockThatIsSwallowedNeverEndsAsSuccess() throws SQLException {
        try (TestSession other = heavyweight()) {
            assertThatThrownBy(() -> once.run(JooqScope.transaction(dsl), tx -> {
                        note(tx, "outer");
                        try {
                            tx.transaction(nested -> cross(nested, other));
                        } catch (DataAccessException swallowed) {
                            assertThatThrownBy(() -> note(tx, "tail")).hasMessageContaining("did not survive");
                        }
                    }))
                    .isInstanceOf(DataAccessException.class)
                    .rootCause()
                    .hasMessageContaining("Deadlock");
        }
        assertThat(notes()).isEmpty();
    }

    @Test
    void aSavepointStepSendsTheDeadlockToTheTransactionAroundIt() throws SQLException {
        try (TestSession other = heavyweight()) {
            runner.run(JooqScope.transaction(dsl), tx -> {
                note(tx, "outer");
                runner.named("step").run(JooqScope.savepoint(tx), step -> cross(step.configuration(), other));
            });
        }
        assertThat(notes()).containsExactly("outer");
        assertCrossed();
    }

    private void assertCrossed() throws SQLException {
        assertThat(db.query("SELECT v FROM acc ORDER BY id")).containsExactly("101", "101");
    }
}
