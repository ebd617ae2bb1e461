package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** COMMIT fails. Whatever error answers it, the work was rolled back; no answer at all says nothing. */
abstract class CommitFaultsTest extends InnoDbFaultsTest {
    private final AtomicInteger runs = new AtomicInteger();
    private long struck;

    CommitFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    /** Does something to a session. */
    @FunctionalInterface
    private interface Strike {
        void at(long session) throws SQLException;
    }

    /** Writes a row and has the first COMMIT wait until the locker's tables are unlocked. */
    private void noteAndBlockCommit(Connection tx, TestSession locker) throws SQLException {
        note(tx, "work");
        if (runs.incrementAndGet() == 1) {
            locker.run("FLUSH TABLES WITH READ LOCK");
        }
    }

    private void noteAndStrikeCommit(Connection tx, TestSession locker, Strike strike) throws SQLException {
        noteAndBlockCommit(tx, locker);
        if (runs.get() == 1) {
            long victim = db.sessionId(tx);
            struck = victim;
            CompletableFuture<Boolean> unused = locker.start(l -> {
                db.awaitBlocked(victim);
                strike.at(victim);
                return true;
            });
        }
    }

    /** A killed session that has not noticed yet would still commit if it were given way. */
    private void unlockAfterTheEndOfTheStruck(TestSession locker) throws SQLException {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> db.sessions().stream().noneMatch(session -> session.id() == struck));
        locker.run("UNLOCK TABLES");
    }

    /** An administrator wanted it stopped. It is not known to have happened, it is known not to have. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void byKillQueryIsKnownNotToHaveCommittedAndGivenUp(boolean timeouts) throws SQLException {
        DbopRunner runner = timeouts ? whole : plain;
        try (TestSession locker = TestSession.open(db)) {
            onPool(pool -> {
                Exception failure = failureOf(
                        runner, JdbcScope.transaction(pool), tx -> noteAndStrikeCommit(tx, locker, db::cancel));
                assertThat(failure).isNotInstanceOf(OutcomeUnknownException.class);
                locker.run("UNLOCK TABLES");
            });
        }
        assertThat(history.lines()).containsExactly("whole 1 COMMIT GIVE_UP 1317/70100", "whole: NOT_RETRYABLE");
        assertThat(noted("work")).isZero();
    }

    @Test
    void byALockTimeoutIsRunAgain() throws SQLException {
        try (TestSession locker = TestSession.open(db)) {
            history.whenFailed("whole", () -> locker.run("UNLOCK TABLES"));
            onPool(pool ->
                    whole.lockTimeout(SECOND).run(JdbcScope.transaction(pool), tx -> noteAndBlockCommit(tx, locker)));
        }
        assertThat(history.lines()).containsExactly("whole 1 COMMIT RETRY_TRANSACTION " + lockTimeout());
        assertThat(noted("work")).isEqualTo(1);
    }

    /** On MySQL our own cancel stops the COMMIT. */
    @Test
    void byTheStatementTimeoutIsRunAgain() throws SQLException {
        try (TestSession locker = TestSession.open(db)) {
            history.whenFailed("whole", () -> locker.run("UNLOCK TABLES"));
            onPool(pool ->
                    limitedAtFirst(whole).run(JdbcScope.transaction(pool), tx -> noteAndBlockCommit(tx, locker)));
        }
        String code = mariaDb ? "1969/70100" : "cancelled";
        assertThat(history.lines()).containsExactly("whole 1 COMMIT RETRY_TRANSACTION " + code);
        assertThat(noted("work")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void byALostSessionIsUnknown(boolean timeouts) throws SQLException {
        DbopRunner runner = timeouts ? whole : plain;
        try (TestSession locker = TestSession.open(db)) {
            onPool(pool -> {
                Exception failure =
                        failureOf(runner, JdbcScope.transaction(pool), tx -> noteAndStrikeCommit(tx, locker, db::kill));
                assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
                unlockAfterTheEndOfTheStruck(locker);
            });
        }
        assertThat(history.lines())
                .containsExactly("whole 1 COMMIT OUTCOME_UNKNOWN " + lost(), "whole: OUTCOME_UNKNOWN");
        assertThat(noted("work")).isZero();
    }

    @Test
    void byALostSessionIsRunAgainWhereThatDoesNoHarm() throws SQLException {
        try (TestSession locker = TestSession.open(db)) {
            history.whenFailed("whole", () -> unlockAfterTheEndOfTheStruck(locker));
            onPool(pool -> plain.idempotent()
                    .run(JdbcScope.transaction(pool), tx -> noteAndStrikeCommit(tx, locker, db::kill)));
        }
        assertThat(history.lines()).containsExactly("whole 1 COMMIT OUTCOME_UNKNOWN " + lost());
        assertThat(noted("work")).isEqualTo(1);
    }

    /** As on a primary that has become a replica: the COMMIT is refused, and another connection may lead elsewhere. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void byAServerThatHasBecomeReadOnlyIsRunAgainOnAnotherConnection(boolean timeouts) throws SQLException {
        DbopRunner runner = timeouts ? whole : plain;
        TestDatabase user = db.asPlainUser();
        history.whenFailed("whole", () -> db.execute("SET GLOBAL read_only=0"));
        long[] sessions = new long[2];
        try {
            onPool(
                    user.url(),
                    pool -> runner.run(JdbcScope.transaction(pool), tx -> {
                        note(tx, "work");
                        sessions[runs.getAndIncrement()] = db.sessionId(tx);
                        if (runs.get() == 1) {
                            db.execute("SET GLOBAL read_only=1");
                        }
                    }));
        } finally {
            db.execute("SET GLOBAL read_only=0");
        }
        assertThat(history.lines()).containsExactly("whole 1 COMMIT RETRY_CONNECTION 1290/HY000");
        assertThat(noted("work")).isEqualTo(1);
        assertThat(sessions[1]).isNotEqualTo(sessions[0]);
    }
}
