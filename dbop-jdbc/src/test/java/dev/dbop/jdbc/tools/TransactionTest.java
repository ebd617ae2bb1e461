package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.DbopRunner;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link Transaction}; a subclass names the database. */
abstract class TransactionTest {
    private final TestDatabase db;

    TransactionTest(TestDatabase db) {
        this.db = db;
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS note", "CREATE TABLE note (body VARCHAR(40) PRIMARY KEY)");
    }

    private static void note(Connection connection, String body) throws SQLException {
        PlainSql.execute(connection, "INSERT INTO note VALUES ('" + body + "')");
    }

    private long notes() throws SQLException {
        return db.number("SELECT count(*) FROM note");
    }

    @Test
    void whatIsCommittedStays() throws SQLException {
        try (Transaction transaction = Transaction.begin(db.dataSource())) {
            note(transaction.connection(), "a");
            note(transaction.connection(), "b");
            transaction.commit();
        }

        assertThat(notes()).isEqualTo(2);
    }

    @Test
    void whatIsNotCommittedIsRolledBack() throws SQLException {
        try (Transaction transaction = Transaction.begin(db.dataSource())) {
            note(transaction.connection(), "a");
        }
        Transaction undone = Transaction.begin(db.dataSource());
        note(undone.connection(), "b");
        undone.rollback();
        undone.close();

        assertThat(notes()).isZero();
    }

    @Test
    void theFailureOfTheWorkIsTheOneThatIsThrown() throws SQLException {
        assertThatThrownBy(() -> {
                    try (Transaction transaction = Transaction.begin(db.dataSource())) {
                        note(transaction.connection(), "a");
                        throw new IOException("broken");
                    }
                })
                .isInstanceOf(IOException.class)
                .hasNoSuppressedExceptions();

        assertThat(notes()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Isolation.class)
    void theCallersConnectionIsAfterwardsAsItWas(Isolation isolation) throws SQLException {
        try (Connection own = db.connect()) {
            SessionState before = db.stateOf(own);
            for (boolean commits : new boolean[] {true, false}) {
                try (Transaction transaction = Transaction.begin(own, isolation)) {
                    note(transaction.connection(), isolation + " " + commits);
                    if (commits) {
                        transaction.commit();
                    }
                }
                assertThat(db.stateOf(own)).isEqualTo(before);
            }
        }
        assertThat(notes()).isEqualTo(1);
    }

    @Test
    void runsAtTheLevelThatIsAskedFor() throws SQLException {
        Assumptions.assumeTrue(db.database() != Database.SQLITE, "SQLite has one level");
        try (Connection own = db.connect();
                Connection other = db.connect();
                Transaction transaction = Transaction.begin(own, Isolation.REPEATABLE_READ)) {
            PlainSql.query(transaction.connection(), "SELECT body FROM note");
            note(other, "a");

            assertThat(PlainSql.query(transaction.connection(), "SELECT body FROM note"))
                    .isEmpty();
        }
        try (Connection own = db.connect();
                Connection other = db.connect();
                Transaction transaction = Transaction.begin(own, Isolation.READ_COMMITTED)) {
            PlainSql.query(transaction.connection(), "SELECT body FROM note");
            note(other, "b");

            assertThat(PlainSql.query(transaction.connection(), "SELECT body FROM note"))
                    .hasSize(2);
        }
    }

    @Test
    void endsOnce() throws SQLException {
        Transaction transaction = Transaction.begin(db.dataSource());
        Connection connection = transaction.connection();
        transaction.commit();
        transaction.close();

        assertThatIllegalStateException().isThrownBy(transaction::commit).withMessageContaining("must be open");
        assertThatIllegalStateException().isThrownBy(transaction::rollback);
        assertThatThrownBy(() -> note(connection, "late"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("ended");
        assertThat(notes()).isZero();
    }

    @Test
    void itsConnectionCannotEndIt() throws SQLException {
        try (Transaction transaction = Transaction.begin(db.dataSource())) {
            Connection connection = transaction.connection();
            assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
            assertThatThrownBy(connection::rollback).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> PlainSql.execute(connection, "COMMIT")).isInstanceOf(SQLException.class);
            connection.close();
            note(connection, "a");
            transaction.commit();
        }
        assertThat(notes()).isEqualTo(1);
    }

    @Test
    void aStepInsideMayBeUndone() throws SQLException {
        DbopRunner runner = DbopRunner.create().listeners();
        try (Transaction transaction = Transaction.begin(db.dataSource())) {
            note(transaction.connection(), "a");
            runner.tryCall(JdbcScope.savepoint(transaction.connection()), step -> {
                note(step, "b");
                throw new SQLException("the step has failed");
            });
            transaction.commit();
        }
        assertThat(db.query("SELECT body FROM note")).containsExactly("a");
    }

    @Test
    void neverReportsACommitWhereTheServerRollsBack() throws SQLException {
        Assumptions.assumeTrue(db.database() == Database.POSTGRESQL, "elsewhere a transaction survives that");
        try (Transaction transaction = Transaction.begin(db.dataSource())) {
            note(transaction.connection(), "a");
            SQLException swallowed = (SQLException) catchThrowable(() -> note(transaction.connection(), "a"));

            assertThat(swallowed.getSQLState()).isEqualTo("23505");
            assertThatThrownBy(transaction::commit)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            failure -> assertThat(failure.getSQLState()).isEqualTo("23505"));
        }
        assertThat(notes()).isZero();
    }

    @Test
    void refusesAConnectionWithATransactionOpen() throws SQLException {
        Assumptions.assumeTrue(db.database() != Database.SQLITE, "its driver does not begin transactions of its own");
        try (Connection own = db.connect()) {
            own.setAutoCommit(false);
            note(own, "a");
            assertThatIllegalStateException().isThrownBy(() -> Transaction.begin(own));
            own.commit();
        }
        assertThat(notes()).isEqualTo(1);
    }

    @Test
    void aLostConnectionRollsBackAndIsNotHidden() throws SQLException {
        Assumptions.assumeTrue(db.database() != Database.SQLITE, "it has no connection to lose");
        Throwable lost = catchThrowable(() -> {
            try (Transaction transaction = Transaction.begin(db.dataSource())) {
                Connection connection = transaction.connection();
                note(connection, "a");
                db.kill(db.sessionId(connection));
                Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> sessionsInTransaction() == 0);
                note(connection, "b");
                transaction.commit();
            }
        });

        assertThat(lost).isInstanceOf(SQLException.class);
        assertThat(JdbcClassifier.of(db.database()).classify(lost, Phase.OPERATION))
                .isEqualTo(Verdict.RETRY_CONNECTION);
        assertThat(notes()).isZero();
    }

    private long sessionsInTransaction() throws SQLException {
        return db.sessions().stream()
                .filter(session -> session.state() == ServerSession.State.IN_TRANSACTION)
                .count();
    }

    @Test
    void aRollbackThatFailsIsTold() throws SQLException {
        Assumptions.assumeTrue(db.database() != Database.SQLITE, "it has no connection to lose");
        Transaction transaction;
        try (FaultProxy proxy = FaultProxy.to(db)) {
            transaction = Transaction.begin(db.dataSource(proxy));
            note(transaction.connection(), "a");
        }
        assertThatThrownBy(transaction::rollback)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("the rollback has failed")
                .hasCauseInstanceOf(SQLException.class);
        assertThat(notes()).isZero();
    }
}
