package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.OutcomeUnknownException;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.MYSQL)
final class MySqlFiredAtOnceTest extends FiredAtOnceTest {
    MySqlFiredAtOnceTest(TestDatabase database) {
        super(database);
    }

    /** A pool of one has no connection for the KILL, so the write's is cut; what the operation sends then never leaves. */
    @Test
    void anAutocommitWriteThatWasCutOffIsNotRepeatedWhicheverFailureIsTheOperations() throws SQLException {
        Pool pool = connected(pool(null, 1), 1);
        try (TestSession holder = TestSession.open(db)) {
            holder.run("BEGIN", "UPDATE acc SET v = v WHERE id = 1");

            Throwable failure = failure(
                    settings.statementTimeout(Duration.ofMillis(100)),
                    VertxScope.autocommit(pool),
                    c -> add(c, 1).recover(cut -> note(c, "second")));
            holder.run("COMMIT");

            assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
            assertThat(runs).hasValue(1);
        }
    }
}
