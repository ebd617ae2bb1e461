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
        PlannedFault beginning = proxy.holdAnswer(FaultProxy.containing("BEGIN"));
        PlannedFault late = proxy.holdBack(StoppedTest::isCancel);
        PlannedFault committing = proxy.watch(FaultProxy.commit());

        // the operation does not wait for its statement, but the attempt for its beginning
        Future<?> stopped = start(
                limited(Duration.ofSeconds(1), 0),
                VertxScope.transaction(pool(proxy, 1)),
                c -> Future.succeededFuture(note(c, "a")));
        late.await();
        beginning.release();
        Throwable failure = catchThrowable(() -> Clients.await(stopped));

        assertThat(committing.hasHappened()).as("COMMIT was sent").isFalse();
        assertThat(failure).isInstanceOf(AttemptTimeoutException.class);
        late.release();
        assertThat(db.query("SELECT who FROM noted")).isEmpty();
    }
}
