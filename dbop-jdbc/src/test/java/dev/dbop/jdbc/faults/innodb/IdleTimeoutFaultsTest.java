package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * wait_timeout ends sessions that are idle. MariaDB closes the socket. MySQL since 8.0.24 says so first (4031), which
 * proves that what was sent to the ended session was not executed; Connector/J keeps that to itself, and so does MariaDB's
 * driver where it sends two statements at once, as a COMMIT and what follows it.
 */
abstract class IdleTimeoutFaultsTest extends InnoDbFaultsTest {
    private final List<Long> ending = new ArrayList<>();
    private final boolean told;
    private final String code;

    IdleTimeoutFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        told = !mariaDb && !connectorJ;
        code = told ? "4031/HY000" : lost();
    }

    /** One wait for all three: sessions that end before a transaction, a statement in autocommit mode and a COMMIT. */
    @Test
    void isMetByWhateverComesNext() throws SQLException {
        try (Connection idle = db.connect();
                Connection autocommit = db.connect();
                Connection transaction = db.connect()) {
            for (Connection connection : List.of(idle, autocommit)) {
                endSoon(connection);
            }
            Outcome<Boolean> committed = named("commit").tryCall(JdbcScope.transaction(first(transaction)), tx -> {
                note(tx, "commit");
                if (ending.size() == 2) {
                    endSoon(tx);
                    awaitTheEnd();
                }
                return true;
            });
            assertThat(committed).isInstanceOf(Outcome.Failure.class);
            Outcome<Boolean> stated = named("statement").tryCall(JdbcScope.autocommit(first(autocommit)), c -> {
                note(c, "statement");
                return true;
            });
            assertThat(stated instanceof Outcome.Success).isEqualTo(told);
            named("begin").run(JdbcScope.transaction(first(idle)), tx -> note(tx, "begin"));
            assertThat(List.of(idle.isClosed(), autocommit.isClosed(), transaction.isClosed()))
                    .containsOnly(true);
        }
        assertHistory();
        assertThat(noted("commit")).isZero();
        assertThat(noted("statement")).isEqualTo(told ? 1 : 0);
        assertThat(noted("begin")).isEqualTo(1);
    }

    private DbopRunner named(String name) {
        return plain.named(name);
    }

    private void assertHistory() {
        List<String> lines = history.lines();
        assertThat(lines).first().asString().startsWith("commit 1 COMMIT OUTCOME_UNKNOWN ");
        assertThat(lines).element(1).isEqualTo("commit: OUTCOME_UNKNOWN");
        List<String> rest = lines.subList(2, lines.size());
        if (told) {
            assertThat(rest)
                    .containsExactly(
                            "statement 1 OPERATION RETRY_CONNECTION " + code, "begin 1 OPEN RETRY_CONNECTION " + code);
        } else {
            assertThat(rest)
                    .containsExactly(
                            "statement 1 OPERATION OUTCOME_UNKNOWN " + code,
                            "statement: OUTCOME_UNKNOWN",
                            "begin 1 OPEN RETRY_CONNECTION " + code);
        }
    }

    private void endSoon(Connection connection) throws SQLException {
        ending.add(db.sessionId(connection));
        execute(connection, "SET SESSION wait_timeout=1");
    }

    private void awaitTheEnd() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> db.sessions().stream().noneMatch(session -> ending.contains(session.id())));
    }

    /** Gives this connection first and new ones afterwards, as a pool does that does not look. */
    private DataSource first(Connection connection) {
        Deque<Connection> ready = new ArrayDeque<>(List.of(connection));
        return opening(() -> ready.isEmpty() ? db.connect() : ready.pop());
    }
}
