package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.watch.RowWatchTimeoutException;
import dev.dbop.watch.WatchedRow;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What only a server does to a watch: it goes away. */
abstract class RowWatchOnServerTest extends RowWatchTest {
    RowWatchOnServerTest(TestDatabase db) {
        super(db);
    }

    private void update(String set) throws SQLException {
        db.execute("UPDATE job SET " + set + " WHERE id = 1");
    }

    @Test
    void aPooledSessionThatIsKilledDoesNotEndTheWatch() throws Exception {
        try (HikariDataSource pool = pool("SERIALIZABLE", true)) {
            time.then(() -> {
                        for (ServerSession session : db.sessions()) {
                            db.kill(session.id());
                        }
                    })
                    .then(() -> {})
                    .then(() -> update("state = 'done'"));

            WatchedRow changed = RowWatch.on(pool, TableName.of("job"))
                    .where("id", 1)
                    .every(Duration.ofSeconds(1))
                    .within(Duration.ofSeconds(60))
                    .ticker(time)
                    .sleeper(time)
                    .awaitChange();

            assertThat(changed.get("state")).isEqualTo("done");
        }
    }

    @Test
    void aServerThatIsAwayForAWhileDoesNotEndTheWatch() throws Exception {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            RowWatch watch = RowWatch.on(db.dataSource(proxy), TableName.of("job"))
                    .where("id", 1)
                    .every(Duration.ofSeconds(10))
                    .within(Duration.ofSeconds(300))
                    .ticker(time)
                    .sleeper(time);
            time.then(proxy::refuseNewConnections);
            for (int i = 0; i < 20; i++) {
                time.then(() -> {});
            }
            time.then(() -> {
                proxy.heal();
                update("state = 'done'");
            });

            assertThat(watch.awaitChange().get("state")).isEqualTo("done");
        }
    }

    @Test
    void aServerThatStaysAwayIsTheCauseOfTheTimeout() {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            RowWatch watch = RowWatch.on(db.dataSource(proxy), TableName.of("job"))
                    .where("id", 1)
                    .every(Duration.ofSeconds(1))
                    .within(Duration.ofSeconds(5))
                    .ticker(time)
                    .sleeper(time);
            time.then(proxy::refuseNewConnections);

            assertThatThrownBy(watch::awaitChange)
                    .isInstanceOf(RowWatchTimeoutException.class)
                    .hasCauseInstanceOf(SQLException.class)
                    .hasMessageContaining("the last of which failed");
        }
    }

    @Test
    void aSilentServerHoldsALookNoLongerThanItsTime() {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            RowWatch watch = RowWatch.on(db.dataSource(proxy), TableName.of("job"))
                    .where("id", 1)
                    .every(Duration.ofMillis(500))
                    .within(Duration.ofMillis(1500));
            FaultProxy holding = proxy;
            holding.holdAnswer(FaultProxy.containing("LIMIT 2"));
            long begun = System.nanoTime();

            assertThatThrownBy(watch::awaitChange).isInstanceOf(RowWatchTimeoutException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(Duration.ofMillis(1400), Duration.ofSeconds(14));
        }
    }
}
