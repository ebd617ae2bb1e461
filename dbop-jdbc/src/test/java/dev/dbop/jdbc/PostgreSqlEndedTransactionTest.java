package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A COMMIT after a semicolon, and procedures that commit where no transaction is around them. */
@RealDatabase(Database.POSTGRESQL)
class PostgreSqlEndedTransactionTest extends EndedTransactionTest {
    private static final String COMMITTING = "INSERT INTO noted VALUES ('called'); COMMIT";

    PostgreSqlEndedTransactionTest(TestDatabase db) {
        super(db);
    }

    @Test
    void byACommitInsideATextIsNotRepeated() throws SQLException {
        assertNotRepeated("INSERT INTO noted VALUES ('before')", c -> PlainSql.execute(c, COMMITTING));
        assertThat(noted("called")).isEqualTo(1);
    }

    @Test
    void byACommitInsideATextIsRefused() throws SQLException {
        assertRefused(c -> PlainSql.execute(c, COMMITTING));
        assertRefused(c -> PlainSql.execute(c, COMMITTING + "; SELECT nothing"));
    }

    @Test
    void leavesTheSessionAsItWas() throws SQLException {
        assertSessionUnharmed(c -> PlainSql.execute(c, COMMITTING));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CALL part()",
                "DO $$ BEGIN INSERT INTO noted VALUES ('part'); COMMIT; UPDATE acc SET v = v + 1 WHERE id = 1; END $$",
                "INSERT INTO noted VALUES ('part'); COMMIT; UPDATE acc SET v = v + 1 WHERE id = 1",
            })
    void aPartThatCommittedInAutocommitModeIsNotRepeated(String sql) throws SQLException {
        db.execute("CREATE OR REPLACE PROCEDURE part() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO noted VALUES ('part');"
                + " COMMIT; UPDATE acc SET v = v + 1 WHERE id = 1; END $$");
        DbopRunner runner = DbopRunner.create()
                .named("part")
                .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(1)).build())
                .lockTimeout(Duration.ofMillis(300))
                .listeners();
        AtomicInteger runs = new AtomicInteger();
        try (TestSession other = TestSession.open(db)) {
            other.run("BEGIN", "UPDATE acc SET v = 1 WHERE id = 1");
            Outcome<Boolean> outcome = runner.tryCall(JdbcScope.autocommit(db.dataSource()), c -> {
                if (runs.incrementAndGet() == 2) {
                    other.run("COMMIT");
                }
                PlainSql.execute(c, sql);
                return true;
            });

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Failure.class,
                            failure -> assertThat(failure.failure()).isInstanceOf(OutcomeUnknownException.class));
        }
        assertThat(noted("part")).isEqualTo(1);
    }
}
