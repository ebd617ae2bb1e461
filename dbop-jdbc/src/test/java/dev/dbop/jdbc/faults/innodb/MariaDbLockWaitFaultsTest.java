package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.jdbc.JdbcScope;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MariaDB rolling back on timeout, for which a lock wait of no time at all is a timeout too. */
abstract class MariaDbLockWaitFaultsTest extends InnoDbFaultsTest {
    private static final String NO_TIME =
            "SET STATEMENT innodb_lock_wait_timeout=0 FOR UPDATE acc SET v = v + 1 WHERE id = 1";

    private final AtomicInteger runs = new AtomicInteger();

    MariaDbLockWaitFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    @Test
    void ofNoTimeLoseTheTransaction() throws SQLException {
        try (TestSession other = holding(1)) {
            history.whenFailed("step", () -> other.run("COMMIT"));
            onPool(pool -> whole.run(JdbcScope.transaction(pool), tx -> {
                note(tx, "outer");
                step.run(JdbcScope.savepoint(tx), s -> execute(s, NO_TIME));
            }));
        }
        assertThat(history.lines())
                .containsExactly(
                        "step 1 OPERATION RETRY_TRANSACTION 1205/HY000",
                        "step: BEYOND_REACH",
                        "whole 1 OPERATION RETRY_SAVEPOINT 1205/HY000");
        assertThat(noted("outer")).isEqualTo(1);
        assertThat(value(1)).isEqualTo(101);
    }

    /** The failure of a batch has no code of its own where the driver does not pipeline. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inABatchThatTheOperationSwallowsNeverLetTheTailIn(boolean disablePipeline) throws SQLException {
        try (TestSession other = holding(1)) {
            history.whenFailed("whole", () -> other.run("COMMIT"));
            onPool(
                    db.url() + "&disablePipeline=" + disablePipeline,
                    pool -> plain.run(JdbcScope.transaction(pool), tx -> {
                        note(tx, "head");
                        if (runs.incrementAndGet() == 1) {
                            assertThatThrownBy(() -> batch(tx)).isInstanceOf(SQLException.class);
                            assertThatThrownBy(() -> note(tx, "tail")).hasMessageContaining("did not survive");
                        }
                    }));
        }
        assertThat(history.lines()).singleElement().asString().startsWith("whole 1 OPERATION RETRY_");
        assertThat(noted("head")).isEqualTo(1);
        assertThat(noted("batch")).isZero();
        assertThat(noted("tail")).isZero();
    }

    private static void batch(Connection connection) throws SQLException {
        try (Statement batch = connection.createStatement()) {
            batch.addBatch("INSERT INTO lg (who) VALUES ('batch')");
            batch.addBatch(NO_TIME);
            batch.executeBatch();
        }
    }
}
