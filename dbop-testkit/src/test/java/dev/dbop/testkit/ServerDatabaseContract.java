package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ServerSession.State;
import dev.dbop.testkit.SessionState.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What holds on every database that is a server. */
abstract class ServerDatabaseContract extends TestDatabaseContract {

    @Test
    void cancelsAStatementAndLeavesTheSession(TestDatabase database) throws SQLException {
        try (TestSession holder = TestSession.open(database);
                TestSession waiter = TestSession.open(database)) {
            holder.run("begin", "update account set balance = 1 where id = 1");
            CompletableFuture<Boolean> waiting = waiter.start("update account set balance = 2 where id = 1");
            waiter.awaitBlocked();

            database.cancel(waiter.id());

            assertThat(waiting).failsWithin(Duration.ofSeconds(5));
            assertThat(waiter.<Boolean>call(connection -> connection.isValid(1)))
                    .isTrue();
        }
    }

    @Test
    void findsTheSessionThatWaitsForALock(TestDatabase database) throws SQLException {
        try (TestSession holder = TestSession.open(database);
                TestSession waiter = TestSession.open(database)) {
            holder.run("begin", "update account set balance = 1 where id = 1");
            CompletableFuture<Boolean> waiting = waiter.start("update account set balance = 2 where id = 1");

            assertThat(database.awaitBlocked()).isEqualTo(waiter.id());

            holder.run("commit");
            assertThat(waiting).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    @Test
    void readsAStateWithoutOpeningATransactionWhereAutocommitIsOff(TestDatabase database) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);

            SessionState state = database.stateOf(connection);

            assertThat(state.autocommit()).isFalse();
            assertThat(state.transaction()).isEqualTo(Transaction.NONE);
            assertThat(database.stateOf(connection)).isEqualTo(state);
            awaitOneSession(database, State.IDLE);
        }
    }

    @Test
    void seesAWaitForATableLock(TestDatabase database) throws SQLException {
        try (TestSession reader = TestSession.open(database);
                TestSession changer = TestSession.open(database)) {
            reader.run("begin", "select * from account");
            CompletableFuture<Boolean> change = changer.start("alter table account add column note int");

            changer.awaitBlocked();

            reader.run("commit");
            assertThat(change).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    @Test
    void givesAPlainUserTheDatabaseAndNothingElse(TestDatabase database) throws SQLException {
        TestDatabase plain = database.asPlainUser();
        try (Connection connection = plain.connect();
                Connection other = database.connect()) {
            assertThat(connection.isValid(1)).isTrue();
            long victim = database.sessionId(other);
            String kill = database.database() == Database.POSTGRESQL
                    ? "select pg_terminate_backend(" + victim + ")"
                    : "kill " + victim;

            assertThatThrownBy(() -> Dialect.execute(connection, kill)).isInstanceOf(SQLException.class);
            assertThat(other.isValid(1)).isTrue();
        }
    }

    @Test
    void listsAndRollsBackPreparedTransactions(TestDatabase database) throws SQLException {
        assertThat(database.preparedTransactions()).isEmpty();
        try (TestSession session = TestSession.open(database)) {
            session.run(prepare(database, "gid-1"));
        }

        assertThat(database.preparedTransactions())
                .singleElement()
                .satisfies(gid -> assertThat(gid)
                        .isEqualTo(database.database() == Database.POSTGRESQL ? "gid-1" : "X'6769642d31',X'',1"));

        database.rollbackPrepared(database.preparedTransactions().get(0));
        assertThat(database.preparedTransactions()).isEmpty();
        assertThat(database.number("select balance from account")).isEqualTo(100);
    }

    /** MySQL lists what the session before in the same slot had left, and comes round to each slot after 256 at most. */
    @Test
    void seesNoTransactionOfASessionThatIsGone(TestDatabase database) throws SQLException {
        try (TestSession session = TestSession.open(database)) {
            session.run(prepare(database, "gid-1"));
        }

        for (int i = 0; i < 300; i++) {
            try (Connection later = database.connect()) {
                assertThat(database.stateOf(later).transaction()).isEqualTo(SessionState.Transaction.NONE);
            }
        }
        database.rollbackPrepared(database.preparedTransactions().get(0));
    }

    /** Through a proxy. */
    @Nested
    class BehindAProxy {

        @Test
        void aStatementIsOneRoundTrip(TestDatabase database) throws SQLException {
            try (FaultProxy proxy = FaultProxy.to(database);
                    Connection connection = database.dataSource(proxy).getConnection()) {
                proxy.resetRoundTrips();
                try (var statement = connection.createStatement()) {
                    statement.executeUpdate("update account set balance = 1 where id = 1");
                }
                assertThat(proxy.roundTrips()).isEqualTo(1);
                assertThat(proxy.connections()).isEqualTo(1);
            }
        }

        @Test
        void aDelayCountsInBothDirections(TestDatabase database) throws SQLException {
            try (FaultProxy proxy = FaultProxy.to(database);
                    Connection connection = database.dataSource(proxy).getConnection()) {
                proxy.delay(Duration.ofMillis(50));
                long start = System.nanoTime();
                try (var statement = connection.createStatement()) {
                    statement.executeUpdate("update account set balance = 1 where id = 1");
                }
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(99));
            }
        }

        @Test
        void everyCommitIsSeenByItsText(TestDatabase database) throws SQLException {
            try (FaultProxy proxy = FaultProxy.to(database);
                    Connection connection = database.dataSource(proxy).getConnection()) {
                connection.setAutoCommit(false);
                for (int i = 0; i < 7; i++) {
                    Dialect.execute(connection, "update account set balance = balance + 1");
                    PlannedFault seen = proxy.watch(FaultProxy.containing("commit"));
                    connection.commit();
                    seen.await();
                }
            }
        }

        @Test
        void aCommitCutBeforeItIsForwardedIsNotDone(TestDatabase database) throws SQLException {
            assertThat(balanceAfterCut(database, FaultProxy::cutBeforeForwarding))
                    .isEqualTo(100);
        }

        @Test
        void aCommitCutAfterItIsForwardedIsDone(TestDatabase database) throws SQLException {
            assertThat(balanceAfterCut(database, FaultProxy::cutAfterForwarding))
                    .isEqualTo(42);
        }

        private long balanceAfterCut(TestDatabase database, Cut cut) throws SQLException {
            try (FaultProxy proxy = FaultProxy.to(database);
                    Connection connection = database.dataSource(proxy).getConnection()) {
                connection.setAutoCommit(false);
                Dialect.execute(connection, "update account set balance = 42 where id = 1");
                PlannedFault fault = cut.plan(proxy, FaultProxy.containing("commit"));
                assertThatThrownBy(connection::commit)
                        .isInstanceOf(SQLException.class)
                        .hasRootCauseMessage("Connection reset");
                fault.await();
            }
            awaitNoSessions(database);
            return database.number("select balance from account");
        }

        @Test
        void anOrphanedStatementIsDoneWithoutItsClient(TestDatabase database) throws SQLException {
            try (FaultProxy proxy = FaultProxy.to(database);
                    TestSession holder = TestSession.open(database);
                    Connection connection = database.dataSource(proxy).getConnection()) {
                long orphan = database.sessionId(connection);
                holder.run("begin", "update account set balance = 1 where id = 1");
                proxy.orphan(FaultProxy.containing("balance + 1"));

                assertThatThrownBy(() -> Dialect.execute(connection, "update account set balance = balance + 1"))
                        .isInstanceOf(SQLException.class);

                database.awaitBlocked(orphan);
                holder.run("commit");
            }
            awaitNoSessions(database);
            assertThat(database.number("select balance from account")).isEqualTo(2);
        }

        @Test
        void aMessageIsHeldBackUntilReleased(TestDatabase database) throws SQLException {
            try (FaultProxy proxy = FaultProxy.to(database);
                    Connection connection = database.dataSource(proxy).getConnection()) {
                PlannedFault held = proxy.holdBack(FaultProxy.containing("balance = 9"));
                CompletableFuture<Void> update = inBackground(connection, "update account set balance = 9");
                held.await();
                assertThat(update).isNotDone();
                assertThat(database.number("select balance from account")).isEqualTo(100);

                held.release();
                assertThat(update).succeedsWithin(Duration.ofSeconds(20));
                assertThat(database.number("select balance from account")).isEqualTo(9);
            }
        }

        @Test
        void anAnswerIsHeldBackUntilReleased(TestDatabase database) throws SQLException {
            try (FaultProxy proxy = FaultProxy.to(database);
                    Connection connection = database.dataSource(proxy).getConnection()) {
                PlannedFault held = proxy.holdAnswer(FaultProxy.containing("balance = 9"));
                CompletableFuture<Void> update = inBackground(connection, "update account set balance = 9");
                held.await();
                assertThat(update).isNotDone();
                assertThat(database.number("select balance from account")).isEqualTo(9);

                held.release();
                assertThat(update).succeedsWithin(Duration.ofSeconds(20));
            }
        }

        @Test
        void everyOpenConnectionCanBeCut(TestDatabase database) throws SQLException {
            try (FaultProxy proxy = FaultProxy.to(database);
                    Connection one = database.dataSource(proxy).getConnection();
                    Connection two = database.dataSource(proxy).getConnection()) {
                proxy.cutAll();

                assertThat(one.isValid(2)).isFalse();
                assertThat(two.isValid(2)).isFalse();
                try (Connection three = database.dataSource(proxy).getConnection()) {
                    assertThat(three.isValid(2)).isTrue();
                }
            }
        }

        private CompletableFuture<Void> inBackground(Connection connection, String sql) {
            return CompletableFuture.runAsync(() -> {
                try {
                    Dialect.execute(connection, sql);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    /** One of the proxy's two ways to cut at a message. */
    @FunctionalInterface
    interface Cut {
        PlannedFault plan(FaultProxy proxy, Predicate<byte[]> message);
    }

    static String[] prepare(TestDatabase database, String gid) {
        String update = "update account set balance = 5 where id = 1";
        return database.database() == Database.POSTGRESQL
                ? new String[] {"begin", update, "prepare transaction '" + gid + "'"}
                : new String[] {"xa start '" + gid + "'", update, "xa end '" + gid + "'", "xa prepare '" + gid + "'"};
    }
}
