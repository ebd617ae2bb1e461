package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.testkit.ServerSession.State;
import dev.dbop.testkit.SessionState.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What holds on every database. */
abstract class TestDatabaseContract {

    @BeforeEach
    void createTable(TestDatabase database) throws SQLException {
        database.execute(
                "drop table if exists account",
                "create table account (id int primary key, balance int)",
                "insert into account values (1, 100)");
        awaitNoSessions(database);
    }

    @Test
    void givesADatabaseWhereRowsStay(TestDatabase database) throws SQLException {
        database.execute("insert into account values (2, 50)");

        assertThat(database.number("select balance from account where id = ?", 2))
                .isEqualTo(50);
        assertThat(database.query("select id from account order by id")).containsExactly("1", "2");
        assertThat(database.serverVersion()).containsPattern("\\d+\\.\\d+");
    }

    @Test
    void refusesToCallSeveralRowsANumber(TestDatabase database) {
        assertThatThrownBy(() -> database.number("select 1 union select 2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("returned 2 rows");
    }

    @Test
    void showsNoPasswordWhereItShowsItself(TestDatabase database) {
        assertThat(database + " " + database.dataSource() + " " + database.login())
                .doesNotContain("secret");
    }

    @Test
    void listsTheSessionsOfItsDatabaseWithoutTheKitsOwn(TestDatabase database) throws SQLException {
        assertThat(database.sessions()).isEmpty();
        try (Connection connection = database.connect()) {
            long id = database.sessionId(connection);
            awaitOneSession(database, State.IDLE);
            assertThat(database.sessions())
                    .singleElement()
                    .extracting(ServerSession::id)
                    .isEqualTo(id);
        }
    }

    @Test
    void endsAKilledSession(TestDatabase database) throws SQLException {
        try (Connection connection = database.connect()) {
            database.kill(database.sessionId(connection));

            awaitNoSessions(database);
            assertThat(connection.isValid(1)).isFalse();
        }
    }

    /** What a session is set to. */
    @Nested
    class SessionStates {

        @Test
        void changeWithATimeoutAndNotByBeingRead(TestDatabase database) throws SQLException {
            try (Connection connection = database.connect()) {
                SessionState before = database.stateOf(connection);
                assertThat(before.transaction()).isEqualTo(Transaction.NONE);
                assertThat(before.autocommit()).isTrue();
                assertThat(before.readOnly()).isFalse();
                assertThat(before.isolation()).isNotBlank();

                changeTimeout(connection);
                SessionState changed = database.stateOf(connection);
                assertThat(changed.settings()).isNotEqualTo(before.settings());
                assertThat(database.stateOf(connection)).isEqualTo(changed);
            }
        }

        @Test
        void tellThatTheSessionIsReadOnly(TestDatabase database) throws SQLException {
            try (Connection connection = database.connect()) {
                makeReadOnly(connection);

                assertThat(database.stateOf(connection).readOnly()).isTrue();
            }
        }

        @Test
        void tellAnOpenTransaction(TestDatabase database) throws SQLException {
            try (Connection connection = database.connect()) {
                Dialect.execute(connection, "begin", "insert into account values (3, 0)");
                assertThat(database.stateOf(connection).transaction()).isEqualTo(Transaction.OPEN);
                awaitOneSession(database, State.IN_TRANSACTION);

                Dialect.execute(connection, "rollback");
                assertThat(database.stateOf(connection).transaction()).isEqualTo(Transaction.NONE);
            }
            assertThat(database.number("select count(*) from account")).isEqualTo(1);
        }
    }

    /** The other party of a conflict. */
    @Nested
    class Sessions {

        @Test
        void waitForALockUntilTheOtherLetsGo(TestDatabase database) throws SQLException {
            try (TestSession holder = TestSession.open(database);
                    TestSession waiter = TestSession.open(database)) {
                holder.run("begin", "update account set balance = 1 where id = 1");
                CompletableFuture<Boolean> waiting = waiter.start("update account set balance = 2 where id = 1");

                waiter.awaitBlocked();
                assertThat(waiting).isNotDone();

                holder.run("commit");
                assertThat(waiting).succeedsWithin(Duration.ofSeconds(5));
            }
            assertThat(database.number("select balance from account")).isEqualTo(2);
        }

        @Test
        void failWhereTheyShouldWaitAndDoNot(TestDatabase database) throws SQLException {
            try (TestSession session = TestSession.open(database)) {
                CompletableFuture<Boolean> update = session.start("update account set balance = 2 where id = 1");

                assertThatThrownBy(session::awaitBlocked)
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining("without waiting for a lock");
                assertThat(update).isCompletedWithValue(true);
            }
        }

        @Test
        void passOnTheDatabasesOwnException(TestDatabase database) throws SQLException {
            try (TestSession session = TestSession.open(database)) {
                assertThatThrownBy(() -> session.run("select nonsense from nowhere"))
                        .isInstanceOf(SQLException.class);
            }
        }

        @Test
        void rollBackWhatIsOpenWhenClosed(TestDatabase database) throws SQLException {
            try (TestSession session = TestSession.open(database)) {
                session.run("begin", "update account set balance = 7 where id = 1");
            }
            awaitNoSessions(database);
            assertThat(database.number("select balance from account")).isEqualTo(100);
        }
    }

    static void awaitNoSessions(TestDatabase database) throws SQLException {
        Poll.until(Duration.ofSeconds(20), () -> database.sessions().isEmpty(), () -> "sessions did not end");
    }

    /** A statement that has answered may still be listed as running. */
    static void awaitOneSession(TestDatabase database, State state) throws SQLException {
        Poll.until(
                Duration.ofSeconds(20),
                () -> database.sessions().stream()
                        .map(ServerSession::state)
                        .toList()
                        .equals(List.of(state)),
                () -> "there was no time with one session that is " + state);
    }

    abstract void changeTimeout(Connection connection) throws SQLException;

    abstract void makeReadOnly(Connection connection) throws SQLException;
}
