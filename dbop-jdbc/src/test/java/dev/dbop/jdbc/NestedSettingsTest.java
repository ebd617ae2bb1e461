package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.Timeouts;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attempts inside attempts, known to each other or not: each puts back what it found. */
abstract class NestedSettingsTest {
    private final TestDatabase db;
    private final Connection own;
    private SessionState before;

    NestedSettingsTest(TestDatabase db) throws SQLException {
        this.db = db;
        this.own = db.connect();
        this.before = db.stateOf(own);
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS noted", "CREATE TABLE noted (body VARCHAR(20))");
        before = db.stateOf(own);
    }

    @AfterEach
    void theConnectionIsAsItWas() throws SQLException {
        assertThat(db.stateOf(own)).isEqualTo(before);
        own.close();
    }

    private static DbopRunner limited(int seconds) {
        return DbopRunner.create()
                .named("within " + seconds)
                .listeners()
                .lockTimeout(Duration.ofSeconds(seconds))
                .statementTimeout(Duration.ofSeconds(seconds + 10));
    }

    private static void note(Connection c) throws SQLException {
        PlainSql.execute(c, "INSERT INTO noted VALUES ('done')");
    }

    @Test
    void savepointsInsideSavepointsOfATransactionOfTheCallers() throws SQLException {
        own.setAutoCommit(false);
        note(own);
        SessionState inTransaction = db.stateOf(own);
        limited(5).run(JdbcScope.savepoint(own), one -> {
            note(one);
            limited(4).run(JdbcScope.savepoint(one), two -> {
                note(two);
                limited(3).run(JdbcScope.savepoint(two), NestedSettingsTest::note);
            });
        });
        assertThat(db.stateOf(own)).isEqualTo(inTransaction);
        own.commit();
        own.setAutoCommit(true);
    }

    @Test
    void savepointsThatDoNotSeeThatTheyAreInsideOneAnother() throws SQLException {
        own.setAutoCommit(false);
        note(own);
        SessionState inTransaction = db.stateOf(own);
        limited(5).run(JdbcScope.savepoint(own), one -> {
            limited(4).run(JdbcScope.savepoint(own), NestedSettingsTest::note);
            limited(3).run(JdbcScope.savepoint(own), NestedSettingsTest::note);
        });
        assertThat(db.stateOf(own)).isEqualTo(inTransaction);
        own.commit();
        own.setAutoCommit(true);
    }

    @Test
    void aTransactionInsideAnAutocommitAttempt() throws SQLException {
        limited(5).run(JdbcScope.autocommit(own), one -> {
            SessionState outside = db.stateOf(own);
            limited(2).run(JdbcScope.transaction(one), two -> {
                note(two);
                limited(1).run(JdbcScope.savepoint(two), NestedSettingsTest::note);
            });
            assertThat(db.stateOf(own)).isEqualTo(outside);
        });
    }

    @Test
    void aReadOnlyAutocommitAttemptInsideAnother() throws SQLException {
        limited(5).readOnly().run(JdbcScope.autocommit(own), one -> {
            SessionState outside = db.stateOf(own);
            limited(2).readOnly().run(JdbcScope.autocommit(one), two -> PlainSql.query(two, "SELECT body FROM noted"));
            assertThat(db.stateOf(own)).isEqualTo(outside);
        });
    }

    @Test
    void timeoutsAppliedByHandInsideOneAnother() throws SQLException {
        JdbcTimeouts outer = JdbcTimeouts.apply(own, Timeouts.none().withLock(Duration.ofSeconds(5)));
        JdbcTimeouts inner = JdbcTimeouts.apply(own, Timeouts.none().withLock(Duration.ofSeconds(3)));
        inner.restore();
        outer.restore();
    }
}
