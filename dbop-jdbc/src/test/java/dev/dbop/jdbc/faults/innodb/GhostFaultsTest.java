package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client is gone, the server does not know: the statement waits for its lock, and will run when it gets it. */
abstract class GhostFaultsTest extends InnoDbFaultsTest {
    private final FaultProxy proxy;
    private final AtomicLong ghost = new AtomicLong();

    GhostFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        proxy = FaultProxy.to(db);
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    /** The first time, is cut off while it waits for the other party's row; then expects the ghost to be gone. */
    private void updateAndBeOrphaned(Connection connection, String sql, TestSession other) throws SQLException {
        if (ghost.get() == 0) {
            ghost.set(db.sessionId(connection));
            proxy.orphan(FaultProxy.containing("UPDATE acc"));
        } else {
            awaitNoGhost();
            other.run("COMMIT");
        }
        update(connection, sql);
    }

    private void awaitNoGhost() {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> db.sessions().stream().noneMatch(session -> session.id() == ghost.get()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofATransactionIsEndedBeforeTheNextAttemptWorks(boolean timeouts) throws SQLException {
        DbopRunner runner = timeouts ? whole : plain;
        try (TestSession other = holding(1)) {
            onPool(
                    proxy,
                    pool -> runner.run(JdbcScope.transaction(pool), tx -> {
                        note(tx, "outer");
                        updateAndBeOrphaned(tx, "UPDATE acc SET v = v + 1 WHERE id = 1", other);
                    }));
        }
        assertThat(history.lines()).containsExactly("whole 1 OPERATION RETRY_CONNECTION " + lost());
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
    }

    /** Nobody needs a privilege to end his own sessions. */
    @Test
    void ofAPlainUserIsEndedToo() throws SQLException {
        TestDatabase user = db.asPlainUser();
        try (TestSession other = holding(1)) {
            onPool(
                    user.url(proxy.port()),
                    pool -> plain.run(
                            JdbcScope.transaction(pool),
                            tx -> updateAndBeOrphaned(tx, "UPDATE acc SET v = v + 1 WHERE id = 1", other)));
        }
        assertThat(history.lines()).containsExactly("whole 1 OPERATION RETRY_CONNECTION " + lost());
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void ofAStepIsEndedWithItsTransaction() throws SQLException {
        try (TestSession other = holding(1)) {
            onPool(
                    proxy,
                    pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                        note(tx, "outer");
                        step.run(
                                JdbcScope.savepoint(tx),
                                s -> updateAndBeOrphaned(s, "UPDATE acc SET v = v + 1 WHERE id = 1", other));
                    }));
        }
        assertThat(history.lines()).isEqualTo(goneUp("RETRY_CONNECTION", lost()));
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
    }

    @Test
    void ofAnAutocommitStatementIsEndedBeforeItIsRepeated() throws SQLException {
        try (TestSession other = holding(1)) {
            onPool(
                    proxy,
                    pool -> whole.idempotent()
                            .run(
                                    JdbcScope.autocommit(pool),
                                    c -> updateAndBeOrphaned(c, "UPDATE acc SET v = 7 WHERE id = 1", other)));
        }
        assertThat(history.lines()).containsExactly("whole 1 OPERATION OUTCOME_UNKNOWN " + lost());
        assertThat(value(1)).isEqualTo(7);
    }

    /** It has not happened yet, and then it does: "unknown" is all that can be said. */
    @Test
    void ofAnAutocommitStatementIsNeverCountedAsNotExecuted() throws SQLException {
        try (TestSession other = holding(1)) {
            onPool(proxy, pool -> {
                Exception failure = failureOf(
                        plain,
                        JdbcScope.autocommit(pool),
                        c -> updateAndBeOrphaned(c, "UPDATE acc SET v = v + 1 WHERE id = 1", other));
                assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
                assertThat(value(1)).as("while the ghost waits").isZero();
                other.run("COMMIT");
                awaitNoGhost();
            });
        }
        assertThat(history.lines())
                .containsExactly("whole 1 OPERATION OUTCOME_UNKNOWN " + lost(), "whole: OUTCOME_UNKNOWN");
        assertThat(value(1)).as("when the ghost has had its row").isEqualTo(101);
    }
}
