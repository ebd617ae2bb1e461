package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dbop.Backoff;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The server does not serve: it is full, or the user's share is used up, or it has become a replica. */
abstract class UnavailableServerFaultsTest extends InnoDbFaultsTest {
    /** Somebody without the privileges that open the back door of a full or read-only server. */
    private final TestDatabase user;

    /** Servers give a connection free a moment after it was closed. */
    private final DbopRunner patient = plain.policy(RetryPolicy.builder()
            .maxRetries(250)
            .backoff(Backoff.fixed())
            .initialDelay(Duration.ofMillis(40))
            .build());

    private final AtomicInteger runs = new AtomicInteger();

    UnavailableServerFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        user = db.asPlainUser();
    }

    @Test
    void allConnectionsTakenAreWaitedFor() throws SQLException {
        List<Connection> taken = new ArrayList<>();
        try (Connection admin = db.admin()) {
            execute(admin, "SET GLOBAL max_connections=10");
            try {
                takeAll(taken);
                history.whenFailed("whole", () -> giveBack(taken));
                patient.run(JdbcScope.transaction(user.dataSource()), tx -> note(tx, "work"));
            } finally {
                execute(admin, "SET GLOBAL max_connections=300");
                giveBack(taken);
            }
        }
        assertThat(history.lines()).first().isEqualTo("whole 1 OPEN RETRY_CONNECTION 1040/08004");
        assertThat(noted("work")).isEqualTo(1);
    }

    /** Of the ten there are, the administrator has one and the testkit another. */
    private void takeAll(List<Connection> taken) {
        // A session that has ended is no longer listed a moment before its place is free.
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(() -> {
                    while (taken.size() < 8) {
                        taken.add(user.connect());
                    }
                    return true;
                });
        assertThatThrownBy(user::connect)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        full -> assertThat(full.getErrorCode()).isEqualTo(1040));
    }

    private static void giveBack(List<Connection> taken) throws SQLException {
        for (Connection connection : taken) {
            connection.close();
        }
    }

    @Test
    void theUsersShareOfConnectionsIsWaitedFor() throws SQLException {
        String name = user.login().user();
        db.execute("ALTER USER '" + name + "'@'%' WITH MAX_USER_CONNECTIONS 1");
        try (Connection taken = user.connect()) {
            history.whenFailed("whole", taken::close);
            patient.run(JdbcScope.transaction(user.dataSource()), tx -> note(tx, "work"));
        } finally {
            db.execute("ALTER USER '" + name + "'@'%' WITH MAX_USER_CONNECTIONS 0");
        }
        assertThat(history.lines()).first().isEqualTo("whole 1 OPEN RETRY_CONNECTION 1226/42000");
        assertThat(noted("work")).isEqualTo(1);
    }

    @Test
    void aWrongPasswordIsGivenUp() throws SQLException {
        String url = db.url().replace("password=", "password=not");
        DataSource wrong = opening(() -> DriverManager.getConnection(url));
        failureOf(plain, JdbcScope.transaction(wrong), tx -> note(tx, "work"));
        failureOf(plain, JdbcScope.autocommit(wrong), c -> note(c, "work"));
        String line = "whole 1 OPEN GIVE_UP 1045/28000";
        assertThat(history.lines()).containsExactly(line, "whole: NOT_RETRYABLE", line, "whole: NOT_RETRYABLE");
    }

    /** The statement was refused and nothing happened, so that even in autocommit mode it may be sent elsewhere. */
    @Test
    void aServerThatHasBecomeReadOnlyIsLeftForAnotherConnection() throws SQLException {
        List<Long> sessions = new ArrayList<>();
        for (boolean transaction : new boolean[] {true, false}) {
            runs.set(0);
            history.whenFailed("whole", () -> db.execute("SET GLOBAL read_only=0"));
            try {
                onPool(
                        user.url(),
                        pool -> whole.run(transaction ? JdbcScope.transaction(pool) : JdbcScope.autocommit(pool), c -> {
                            sessions.add(db.sessionId(c));
                            if (runs.incrementAndGet() == 1) {
                                db.execute("SET GLOBAL read_only=1");
                            }
                            note(c, "work");
                        }));
            } finally {
                db.execute("SET GLOBAL read_only=0");
            }
        }
        String line = "whole 1 OPERATION RETRY_CONNECTION 1290/HY000";
        assertThat(history.lines()).containsExactly(line, line);
        assertThat(noted("work")).isEqualTo(2);
        assertThat(sessions).hasSize(4).doesNotHaveDuplicates();
    }

    /** The connection is good and the caller's: the step is undone, the session put back, the transaction his. */
    @Test
    void aServerThatHasBecomeReadOnlyInAStepOfTheCallersOwnTransactionGoesUp() throws SQLException {
        try (Connection connection = user.connect()) {
            SessionState before = db.stateOf(connection);
            connection.setAutoCommit(false);
            note(connection, "outer");
            try {
                failureOf(step.statementTimeout(SECOND), JdbcScope.savepoint(connection), s -> {
                    note(s, "step");
                    db.execute("SET GLOBAL read_only=1");
                    note(s, "refused");
                });
            } finally {
                db.execute("SET GLOBAL read_only=0");
            }
            connection.commit();
            connection.setAutoCommit(true);
            assertThat(db.stateOf(connection)).isEqualTo(before);
        }
        assertThat(history.lines())
                .containsExactly("step 1 OPERATION RETRY_CONNECTION 1290/HY000", "step: BEYOND_REACH");
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(noted("step")).isZero();
    }

    @Test
    void aServerThatHasBecomeReadOnlyInAStepIsLeftByTheWholeTransaction() throws SQLException {
        history.whenFailed("step", () -> db.execute("SET GLOBAL read_only=0"));
        try {
            onPool(
                    user.url(),
                    pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                        note(tx, "outer");
                        if (runs.incrementAndGet() == 1) {
                            db.execute("SET GLOBAL read_only=1");
                        }
                        step.run(JdbcScope.savepoint(tx), s -> note(s, "step"));
                    }));
        } finally {
            db.execute("SET GLOBAL read_only=0");
        }
        assertThat(history.lines()).isEqualTo(goneUp("RETRY_CONNECTION", "1290/HY000"));
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(noted("step")).isEqualTo(1);
    }
}
