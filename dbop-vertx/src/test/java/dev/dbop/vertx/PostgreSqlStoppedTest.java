package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.AttemptTimeoutException;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlStoppedTest extends StoppedTest {
    PostgreSqlStoppedTest(TestDatabase database) {
        super(database);
    }

    /**
     * The cancel never arrives, so the connection is cut in the end; a COMMIT would be what it strikes otherwise. MySQL's
     * session has no number to be stopped by before its beginning is answered.
     */
    @Test
    void noCommitIsSentWhileACancelIsOnItsWay() throws SQLException {
        FaultProxy proxy = proxy();
        Pool pool = connected(pool(proxy, 1), 1);
        PlannedFault beginning = proxy.holdAnswer(FaultProxy.containing("BEGIN"));
        PlannedFault late = proxy.holdBack(StoppedTest::isCancel);
        PlannedFault committing = proxy.watch(FaultProxy.commit());

        // the operation does not wait for its statement, but the attempt for its beginning; one whose time is up even
        // before that is followed by another
        Future<?> stopped = start(
                limited(Duration.ofSeconds(1), 20),
                VertxScope.transaction(pool),
                c -> runs.get() > 1
                        ? Future.failedFuture(new IllegalStateException("seen enough"))
                        : Future.succeededFuture(note(c, "a")));
        late.await();
        beginning.release();
        Throwable last = catchThrowable(() -> Clients.await(stopped));

        assertThat(committing.hasHappened()).as("COMMIT was sent").isFalse();
        assertThat(last).hasMessage("seen enough");
        assertThat(failed.subList(0, failed.size() - 1))
                .isNotEmpty()
                .allSatisfy(attempt -> assertThat(attempt.failure()).isInstanceOf(AttemptTimeoutException.class));
        late.release();
        assertThat(db.query("SELECT who FROM noted")).isEmpty();
    }
}
