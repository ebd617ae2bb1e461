package dev.dbop.hibernate.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;

/** 1020: a row changed since the snapshot. The transaction is gone, and Hibernate, as JPA provider, does not know. */
@RealDatabase(value = Database.MARIADB, options = "innodb-snapshot-isolation=ON")
class MariaDbSnapshotIsolationFaultsTest extends FaultsTest {
    MariaDbSnapshotIsolationFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    private Account accountChangedSince(Session session) throws SQLException {
        Account account = session.find(Account.class, 1);
        if (firstRun()) {
            db.execute("UPDATE acct SET bal = bal + 10 WHERE id = 1");
        }
        return account;
    }

    @Test
    void runsTheTransactionAgain() throws SQLException {
        assertSucceeded(run(
                Level.TRANSACTION, step, session -> accountChangedSince(session).add(1)));
        assertThat(history.lines()).containsExactly("step #1 OPERATION RETRY_TRANSACTION 1020");
        assertThat(balance(1)).isEqualTo(11);
    }

    @Test
    void inAStepRunsTheTransactionAroundItAgain() throws SQLException {
        assertSucceeded(run(
                Level.SAVEPOINT, step, session -> accountChangedSince(session).add(1)));
        assertThat(history.lines())
                .containsExactly(
                        "step #1 OPERATION RETRY_TRANSACTION 1020",
                        "step: BEYOND_REACH",
                        "outer #1 OPERATION RETRY_TRANSACTION 1020");
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(Level.SAVEPOINT);
    }

    @Test
    void swallowedNeverLetsTheTailIn() throws SQLException {
        assertSucceeded(run(Level.TRANSACTION, step, session -> {
            session.persist(new Entry(1, 2));
            session.flush();
            accountChangedSince(session).add(1);
            if (runs() == 1) {
                assertThat(catchThrowable(session::flush)).isNotNull();
                assertThat(catchThrowable(() -> session.createMutationQuery("update Item set stock = 0")
                                .executeUpdate()))
                        .isNotNull();
            }
        }));
        assertThat(history.lines()).containsExactly("step #1 OPERATION RETRY_TRANSACTION 1020");
        assertThat(balance(1)).isEqualTo(11);
        assertThat(entries()).isEqualTo(1);
        assertThat(db.query("SELECT stock FROM item")).containsExactly("100");
    }
}
