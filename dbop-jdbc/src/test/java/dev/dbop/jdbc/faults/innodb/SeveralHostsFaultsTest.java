package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several hosts in one URL. The driver moves to the other host and keeps the connection open: whoever goes on, commits
 * the tail alone.
 */
abstract class SeveralHostsFaultsTest extends InnoDbFaultsTest {
    private final FaultProxy one;
    private final FaultProxy two;
    private final List<Object> connections = new ArrayList<>();

    SeveralHostsFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        one = FaultProxy.to(db);
        two = FaultProxy.to(db);
    }

    @AfterEach
    void closeProxies() {
        one.close();
        two.close();
    }

    /** Connector/J has one mode, and beside it the habit of reconnecting. */
    private String hosts(String mode) {
        String first = "127.0.0.1:" + one.port();
        String both = db.url(one.port()).replace(first, first + ",127.0.0.1:" + two.port());
        return connectorJ
                ? both + "&failOverReadOnly=false&autoReconnect=" + mode.equals("loadbalance")
                : both.replace("mariadb://", "mariadb:" + mode + "://");
    }

    private void onHosts(String mode, Use<HikariDataSource> use) throws SQLException {
        onPool(hosts(mode), use);
    }

    /** Either proxy may be the one in use. */
    private void cutBefore(String text) {
        one.cutBeforeForwarding(FaultProxy.containing(text));
        two.cutBeforeForwarding(FaultProxy.containing(text));
    }

    private void heal() {
        one.heal();
        two.heal();
    }

    private String moved() {
        return connectorJ ? lost() : "0/25S03";
    }

    /** The driver's own connection, which must not be used again however alive it seems. */
    private int remember(Connection tx) throws SQLException {
        connections.add(tx.unwrap(driverConnection()));
        return connections.size();
    }

    private Class<?> driverConnection() {
        try {
            return Class.forName(connectorJ ? "com.mysql.cj.jdbc.JdbcConnection" : "org.mariadb.jdbc.Connection");
        } catch (ClassNotFoundException absent) {
            throw new IllegalStateException(absent);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sequential", "loadbalance"})
    void aMovedConnectionIsDiscardedAndTheTransactionRunAgain(String mode) throws SQLException {
        history.whenFailed("whole", this::heal);
        onHosts(
                mode,
                pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                    note(tx, "head");
                    if (remember(tx) == 1) {
                        cutBefore("tail");
                    }
                    try {
                        note(tx, "tail");
                    } catch (SQLException moved) {
                        if (!connectorJ) {
                            assertThat(tx.isClosed()).as("after " + moved).isFalse();
                        }
                        throw moved;
                    }
                }));
        assertThat(history.lines()).containsExactly("whole 1 OPERATION RETRY_CONNECTION " + moved());
        assertThat(noted("head")).isEqualTo(1);
        assertThat(noted("tail")).isEqualTo(1);
        assertThat(connections).hasSize(2).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sequential", "loadbalance"})
    void inAStepATransactionThatMovedIsRunAgain(String mode) throws SQLException {
        history.whenFailed("step", this::heal);
        onHosts(
                mode,
                pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                    note(tx, "outer");
                    if (remember(tx) == 1) {
                        cutBefore("lost");
                    }
                    step.run(JdbcScope.savepoint(tx), s -> note(s, "lost"));
                }));
        assertThat(history.lines()).isEqualTo(goneUp("RETRY_CONNECTION", moved()));
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(noted("lost")).isEqualTo(1);
        assertThat(connections).hasSize(2).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sequential", "loadbalance"})
    void theTailIsNeverCommittedAlone(String mode) throws SQLException {
        history.whenFailed("whole", this::heal);
        onHosts(
                mode,
                pool -> plain.run(JdbcScope.transaction(pool), tx -> {
                    note(tx, "head");
                    if (remember(tx) == 1) {
                        cutBefore("lost");
                        assertThatThrownBy(() -> note(tx, "lost")).isInstanceOf(SQLException.class);
                        assertThatThrownBy(() -> note(tx, "tail")).hasMessageContaining("did not survive");
                    }
                }));
        assertThat(history.lines()).containsExactly("whole 1 OPERATION RETRY_CONNECTION " + moved());
        assertThat(noted("head")).isEqualTo(1);
        assertThat(noted("tail")).isZero();
    }

    /** The caller's connection cannot be replaced, so it is closed: whatever he does next, he hears of it. */
    @ParameterizedTest
    @ValueSource(strings = {"sequential", "loadbalance"})
    void theCallersConnectionIsClosedWhenItHasMoved(String mode) throws SQLException {
        try (Connection connection = DriverManager.getConnection(hosts(mode))) {
            failureOf(plain, JdbcScope.transaction(connection), tx -> {
                note(tx, "head");
                cutBefore("lost");
                note(tx, "lost");
            });
            heal();
            assertThat(connection.isClosed()).isTrue();
            assertThatThrownBy(() -> note(connection, "tail")).isInstanceOf(SQLException.class);
        }
        assertThat(history.lines())
                .containsExactly("whole 1 OPERATION RETRY_CONNECTION " + moved(), "whole: BEYOND_REACH");
        assertThat(db.number("SELECT COUNT(*) FROM lg")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMoveUnderCommitIsUnknown(boolean executed) throws SQLException {
        for (DbopRunner runner : List.of(plain, whole)) {
            history.forget();
            onHosts("sequential", pool -> {
                Exception failure = failureOf(runner, JdbcScope.transaction(pool), tx -> {
                    note(tx, "work");
                    for (FaultProxy proxy : List.of(one, two)) {
                        if (executed) {
                            proxy.cutAfterForwarding(COMMIT);
                        } else {
                            proxy.cutBeforeForwarding(COMMIT);
                        }
                    }
                });
                heal();
                assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
            });
            assertThat(history.lines())
                    .containsExactly("whole 1 COMMIT OUTCOME_UNKNOWN " + moved(), "whole: OUTCOME_UNKNOWN");
        }
        assertThat(noted("work")).isEqualTo(executed ? 2 : 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMoveUnderAnAutocommitWriteIsUnknown(boolean executed) throws SQLException {
        onHosts("sequential", pool -> {
            for (FaultProxy proxy : List.of(one, two)) {
                if (executed) {
                    proxy.cutAfterForwarding(FaultProxy.containing("INSERT INTO lg"));
                } else {
                    proxy.cutBeforeForwarding(FaultProxy.containing("INSERT INTO lg"));
                }
            }
            Exception failure = failureOf(plain, JdbcScope.autocommit(pool), c -> note(c, "work"));
            heal();
            assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
        });
        assertThat(history.lines())
                .containsExactly("whole 1 OPERATION OUTCOME_UNKNOWN " + moved(), "whole: OUTCOME_UNKNOWN");
        assertThat(noted("work")).isEqualTo(executed ? 1 : 0);
    }
}
