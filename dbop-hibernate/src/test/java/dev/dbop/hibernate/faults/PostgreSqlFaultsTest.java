package dev.dbop.hibernate.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.List;
import org.hibernate.Session;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlFaultsTest {
    @Nested
    class OfEveryServer extends ServerFaultsTest {
        OfEveryServer(TestDatabase db) throws SQLException {
            super(
                    db,
                    new Codes(
                            "40P01",
                            "RETRY_SAVEPOINT",
                            "55P03",
                            "55P03",
                            List.of("57014"),
                            "57014",
                            "23505",
                            "23503",
                            "25006"));
            db.execute("DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET deadlock_timeout = 50';"
                    + " END $$");
        }

        /** It leaves the search for the deadlock to its victim. */
        @Override
        TestSession survivor() throws SQLException {
            TestSession other = TestSession.open(db);
            other.run("BEGIN", "SET LOCAL deadlock_timeout = '20s'", "UPDATE acct SET bal = bal + 10 WHERE id = 2");
            return other;
        }
    }

    @Nested
    class Versions extends StaleVersionTest {
        Versions(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class OfItsOwn extends FaultsTest {
        OfItsOwn(TestDatabase db) throws SQLException {
            super(db);
        }

        @Test
        void aRowChangedSinceTheSnapshotRunsTheTransactionAgain() throws SQLException {
            assertSucceeded(run(Level.TRANSACTION, step.isolation(Isolation.REPEATABLE_READ), session -> {
                Account account = session.find(Account.class, 1);
                if (firstRun()) {
                    db.execute("UPDATE acct SET bal = bal + 10 WHERE id = 1");
                }
                account.add(1);
            }));
            assertThat(history.lines()).containsExactly("step #1 OPERATION RETRY_TRANSACTION 40001");
            assertThat(balance(1)).isEqualTo(11);
        }

        @Test
        void inAStepItRunsTheTransactionAroundItAgain() throws SQLException {
            assertSucceeded(run(Level.SAVEPOINT, outer.isolation(Isolation.REPEATABLE_READ), step, session -> {
                Account account = session.find(Account.class, 1);
                if (firstRun()) {
                    db.execute("UPDATE acct SET bal = bal + 10 WHERE id = 1");
                }
                account.add(1);
            }));
            assertThat(history.lines())
                    .containsExactly(
                            "step #1 OPERATION RETRY_TRANSACTION 40001",
                            "step: BEYOND_REACH",
                            "outer #1 OPERATION RETRY_TRANSACTION 40001");
            assertThat(balance(1)).isEqualTo(11);
            assertOuterKept(Level.SAVEPOINT);
        }

        @Test
        void aSkewThatOnlyTheCommitRevealsRunsTheTransactionAgain() throws SQLException {
            assertSucceeded(run(Level.TRANSACTION, step.isolation(Isolation.SERIALIZABLE), session -> {
                session.createSelectionQuery("from Account", Account.class).getResultList();
                session.find(Account.class, 2).add(1);
                session.flush();
                if (firstRun()) {
                    try (TestSession other = TestSession.open(db)) {
                        other.run(
                                "BEGIN ISOLATION LEVEL SERIALIZABLE",
                                "SELECT sum(bal) FROM acct",
                                "UPDATE acct SET bal = bal + 10 WHERE id = 1",
                                "COMMIT");
                    }
                }
            }));
            assertThat(runs()).isEqualTo(2);
            assertThat(history.lines()).containsExactly("step #1 COMMIT RETRY_TRANSACTION 40001");
            assertThat(balance(1)).isEqualTo(10);
            assertThat(balance(2)).isEqualTo(1);
        }

        /** 25P02 says only that something failed before. */
        @ParameterizedTest
        @EnumSource
        void whatFollowsASwallowedFailureDoesNotHideIt(Level level) throws SQLException {
            try (TestSession holder = holder(1)) {
                history.afterFirst("step", () -> holder.run("COMMIT"));
                assertSucceeded(run(level, step.lockTimeout(SHORT), session -> {
                    if (firstRun()) {
                        assertThat(catchThrowable(() -> add(session, 1, 1))).isNotNull();
                        countAccounts(session);
                    }
                    add(session, 1, 1);
                }));
            }
            assertThat(history.lines()).hasSize(1).allMatch(line -> line.contains(" RETRY_SAVEPOINT "));
            assertThat(runs()).isEqualTo(2);
            assertThat(balance(1)).isEqualTo(11);
            assertOuterKept(level);
        }

        private static void countAccounts(Session session) {
            session.createSelectionQuery("select count(*) from Account", Long.class)
                    .getSingleResult();
        }

        /** Marked for rollback, or aborted on the server: it depends on Hibernate's version which is noticed first. */
        @ParameterizedTest
        @EnumSource
        void aFailureThatIsSwallowedEveryTimeEndsTheCall(Level level) throws SQLException {
            try (TestSession holder = holder(1)) {
                Outcome<Boolean> outcome = run(level, step.lockTimeout(SHORT), session -> {
                    session.persist(new Entry(1, 2));
                    assertThat(catchThrowable(() -> add(session, 1, 1))).isNotNull();
                });
                assertThat(assertFailed(outcome).failure()).isInstanceOf(PersistenceException.class);
                holder.run("ROLLBACK");
            }
            assertThat(entries()).isZero();
        }

        /** Memory, locks, temporary files: to try again would only make it worse. */
        @ParameterizedTest
        @EnumSource
        void aStatementThatNeedsMoreThanTheServerGrantsIsFinal(Level level) throws SQLException {
            Outcome<Boolean> outcome = run(level, step, session -> {
                add(session, 1, 1);
                session.createNativeMutationQuery("SET LOCAL temp_file_limit = 0")
                        .executeUpdate();
                session.createNativeQuery(
                                "SELECT count(*) FROM (SELECT g FROM generate_series(1, 2000000) g ORDER BY 1 DESC) s",
                                Long.class)
                        .getSingleResult();
            });
            assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
            assertThat(history.lines()).startsWith("step #1 OPERATION GIVE_UP 53400", "step: NOT_RETRYABLE");
            assertThat(balance(1)).isZero();
        }

        @Test
        void aConstraintThatOnlyTheCommitChecksIsFinal() throws SQLException {
            db.execute("ALTER TABLE entry ALTER CONSTRAINT entry_acct_fkey DEFERRABLE INITIALLY DEFERRED");
            Outcome<Boolean> outcome = run(Level.TRANSACTION, step, session -> session.persist(new Entry(1, 99)));
            assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
            assertThat(history.lines()).containsExactly("step #1 COMMIT GIVE_UP 23503", "step: NOT_RETRYABLE");
            assertThat(entries()).isZero();
        }
    }
}
