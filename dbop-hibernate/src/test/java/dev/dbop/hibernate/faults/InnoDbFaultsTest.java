package dev.dbop.hibernate.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.junit.jupiter.api.Test;

/** MySQL and MariaDB. */
abstract class InnoDbFaultsTest extends ServerFaultsTest {
    InnoDbFaultsTest(TestDatabase db, Codes codes) throws SQLException {
        super(db, codes);
    }

    /** It has done so much that any other session is the victim. */
    @Override
    TestSession survivor() throws SQLException {
        TestSession other = TestSession.open(db);
        StringBuilder rows = new StringBuilder("INSERT INTO item VALUES (1000, 0, 0)");
        for (int i = 1; i < 60; i++) {
            rows.append(",(").append(1000 + i).append(", 0, 0)");
        }
        other.run("BEGIN", rows.toString(), "UPDATE acct SET bal = bal + 10 WHERE id = 2");
        return other;
    }

    /** The server goes on, outside any transaction: what followed would be durable, the head lost. */
    @Test
    void aDeadlockThatTheOperationSwallowsNeverLetsTheTailIn() throws SQLException {
        try (TestSession other = survivor()) {
            assertSucceeded(run(Level.TRANSACTION, step, session -> {
                add(session, 1, 1);
                if (firstRun()) {
                    meanwhile(other, own -> {
                        execute(own, "UPDATE acct SET bal = bal + 10 WHERE id = 1", "COMMIT");
                        return true;
                    });
                    other.awaitBlocked();
                    assertThat(catchThrowable(() -> add(session, 2, 1))).isNotNull();
                    assertThat(catchThrowable(() -> {
                                session.persist(new Entry(1, 1));
                                session.flush();
                            }))
                            .isNotNull();
                }
                // Not by find(), which returns null in a session that is marked for rollback.
                session.createMutationQuery("update Account set bal = bal + 1 where id = 2")
                        .executeUpdate();
            }));
            // The retry has waited for its COMMIT, but not for the answer.
            other.run();
        }
        assertThat(history.lines()).containsExactly("step #1 OPERATION RETRY_TRANSACTION 1213");
        assertThat(balance(1)).isEqualTo(11);
        assertThat(balance(2)).isEqualTo(11);
        assertThat(entries()).isZero();
    }

    /** It undoes the caller's work with the step's: a caller who goes on without the step must not commit the rest. */
    @Test
    void aDeadlockOfAStepMarksTheTransactionOfACallerWhoGoesOn() throws SQLException {
        List<CompletableFuture<Boolean>> winner = new ArrayList<>();
        try (TestSession other = survivor();
                Session own = factory.openSession()) {
            own.beginTransaction();
            own.persist(new Account(100));
            Throwable lost = catchThrowable(() -> step.run(HibernateScope.savepoint(own), inner -> {
                add(inner, 1, 1);
                winner.add(other.start("UPDATE acct SET bal = bal + 10 WHERE id = 1", "COMMIT"));
                other.awaitBlocked();
                add(inner, 2, 1);
            }));
            assertThat(History.code(lost)).isEqualTo("1213");
            assertThat(own.getTransaction().getStatus()).isEqualTo(TransactionStatus.MARKED_ROLLBACK);
            own.persist(new Account(101));
            own.getTransaction().commit();
            winner.get(0).join();
        }
        assertThat(history.lines()).containsExactly("step #1 OPERATION RETRY_TRANSACTION 1213", "step: BEYOND_REACH");
        assertThat(db.query("SELECT id FROM acct WHERE id < 1000 ORDER BY id")).containsExactly("1", "2");
        assertThat(balance(1)).isEqualTo(10);
        assertThat(balance(2)).isEqualTo(10);
    }

    @Test
    void aServerThatHasBecomeReadOnlyIsLeftForAnotherConnection() throws SQLException {
        history.afterFirst("step", () -> db.execute("SET GLOBAL read_only=0"));
        try (HikariDataSource own = pool(db.asPlainUser().url());
                SessionFactory plain = factory(own)) {
            assertSucceeded(call(step, HibernateScope.transaction(plain), session -> {
                if (firstRun()) {
                    db.execute("SET GLOBAL read_only=1");
                }
                session.persist(new Entry(1, 1));
            }));
        } finally {
            db.execute("SET GLOBAL read_only=0");
        }
        assertThat(history.lines()).containsExactly("step #1 OPERATION RETRY_CONNECTION 1290");
        assertThat(entries()).isEqualTo(1);
    }
}
