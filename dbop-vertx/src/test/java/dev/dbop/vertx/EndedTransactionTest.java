package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Statements that commit the transaction around them: what they made durable is not repeated. MySQL's family only. */
abstract class EndedTransactionTest extends ServerTest {
    private final DbopRunner limited = settings.lockTimeout(Duration.ofSeconds(1));

    EndedTransactionTest(TestDatabase db) {
        super(db);
    }

    @BeforeEach
    void createProcedures() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS extra",
                "DROP PROCEDURE IF EXISTS committing",
                "CREATE PROCEDURE committing() BEGIN INSERT INTO noted VALUES ('called', 0); COMMIT; END");
    }

    /** Fails, after the ending, as retryably as it likes. */
    private void assertNotRepeated(Function<SqlConnection, Future<Object>> ending) throws SQLException {
        Pool pool = pool(null, 1);
        try (TestSession other = TestSession.open(db)) {
            other.run("BEGIN", "UPDATE acc SET v = 1 WHERE id = 1");

            failure(
                    limited,
                    VertxScope.transaction(pool),
                    c -> note(c, "before").compose(done -> ending.apply(c)).compose(done -> add(c, 1)));

            other.run("COMMIT");
        }
        assertThat(runs).hasValue(1);
        assertThat(noted("before")).containsExactly("1");
        assertUsable(pool);
    }

    /** The savepoint is gone, and with it the text that would have put them back; the session goes back to the pool. */
    @Test
    void theLimitsOfAStepThatHasLostItsSavepointAreTakenBack() {
        Pool pool = pool(1, 1);
        String before = call(settings, VertxScope.transaction(pool), EndedTransactionTest::lockWait);
        DbopRunner limited = settings.lockTimeout(Duration.ofSeconds(7));

        failure(
                settings,
                VertxScope.transaction(pool),
                c -> VertxRunner.of(Clients.VERTX, limited)
                        .call(
                                VertxScope.savepoint(c),
                                step -> sql(step, "CREATE TABLE IF NOT EXISTS made (id INT)")
                                        .compose(made -> Future.failedFuture(new IllegalStateException("refused")))));

        assertThat(call(settings, VertxScope.transaction(pool), EndedTransactionTest::lockWait))
                .isEqualTo(before);
    }

    private static Future<String> lockWait(SqlConnection connection) {
        return connection
                .query("SELECT @@innodb_lock_wait_timeout")
                .execute()
                .map(rows -> Clients.column(rows).get(0));
    }

    @Test
    void byDdlIsNotRepeated() throws SQLException {
        assertNotRepeated(c -> sql(c, "CREATE TABLE extra (id INT)"));
    }

    @Test
    void byDdlThatFailsIsNotRepeated() throws SQLException {
        assertNotRepeated(c -> sql(c, "CREATE TABLE acc (id INT)").otherwiseEmpty());
    }

    @Test
    void byPreparedDdlIsNotRepeated() throws SQLException {
        assertNotRepeated(
                c -> c.preparedQuery("CREATE TABLE extra (id INT)").execute().mapEmpty());
    }

    @Test
    void byAProcedureIsNotRepeated() throws SQLException {
        assertNotRepeated(c -> sql(c, "CALL committing()"));
        assertThat(noted("called")).hasSize(1);
    }

    @Test
    void byATextOfSeveralIsNotRepeated() throws SQLException {
        assertNotRepeated(c -> sql(c, "SELECT 1; CREATE TABLE extra (id INT)"));
    }

    @Test
    void byAProcedureFailsEvenIfAllElseSucceeds() throws SQLException {
        Pool pool = pool(null, 1);

        failure(
                settings,
                VertxScope.transaction(pool),
                c -> note(c, "before").compose(done -> sql(c, "CALL committing()")));

        assertThat(runs).hasValue(1);
        assertThat(noted("called")).hasSize(1);
        assertUsable(pool);
    }

    @Test
    void byDdlSucceedsIfAllElseDoes() throws SQLException {
        Pool pool = pool(null, 1);

        call(
                settings,
                VertxScope.transaction(pool),
                c -> note(c, "before")
                        .compose(done -> sql(c, "CREATE TABLE extra (id INT)"))
                        .compose(done -> note(c, "after")));

        assertThat(noted("before")).containsExactly("1");
        assertThat(noted("after")).containsExactly("1");
        assertUsable(pool);
    }

    @Test
    void insideAStepIsNotRepeatedByAnybody() throws SQLException {
        Pool pool = pool(null, 1);
        try (TestSession other = TestSession.open(db)) {
            other.run("BEGIN", "UPDATE acc SET v = 1 WHERE id = 1");
            failure(
                    limited,
                    VertxScope.transaction(pool),
                    c -> note(c, "before")
                            .compose(done -> VertxRunner.of(Clients.VERTX, limited)
                                    .call(
                                            VertxScope.savepoint(c),
                                            inside -> note(inside, "step")
                                                    .compose(noted -> sql(inside, "CALL committing()"))
                                                    .compose(called -> add(inside, 1)))));
            other.run("COMMIT");
        }
        assertThat(runs).hasValue(1);
        assertThat(noted("step")).hasSize(1);
        assertUsable(pool);
    }

    /** Only what puts the session back fails, behind a COMMIT that has succeeded in the same text. */
    @Test
    void aCommitThatSucceededIsNotTakenForAFailureOfWhatFollowsIt() throws SQLException {
        Pool pool = pool(null, 1);

        call(
                settings,
                VertxScope.transaction(pool),
                c -> note(c, "a").compose(done -> sql(c, "SELECT @dbop_autocommit_0 := 'nonsense'")));

        assertThat(runs).hasValue(1);
        assertThat(noted("a")).containsExactly("1");
        assertUsable(pool);
    }
}
