package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.sql.Database;
import dev.dbop.sql.RowWatchSql;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.watch.RowDeletedException;
import dev.dbop.watch.WatchedRow;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Listening waits have so long an interval that only word of a change ends them. */
@RealDatabase(Database.POSTGRESQL)
class VertxRowWatchOnPostgreSqlTest extends VertxRowWatchTest {
    private static final String CHANNEL = "Job's changes";

    private PgSubscriber subscriber;

    VertxRowWatchOnPostgreSqlTest(TestDatabase db) {
        super(db);
    }

    @BeforeEach
    void listen() throws SQLException {
        for (String statement : RowWatchSql.notifyTrigger(TableName.of("public", "job"), List.of("id"), CHANNEL)) {
            db.execute(statement);
        }
        subscriber = VertxRowWatch.subscriber(Clients.VERTX, (PgConnectOptions) Clients.options(db, null));
        get(subscriber.connect());
    }

    @AfterEach
    void close() {
        get(subscriber.close());
    }

    private VertxRowWatch listening() {
        return watch(pool)
                .every(Duration.ofSeconds(30))
                .within(Duration.ofSeconds(30))
                .notifiedBy(subscriber, CHANNEL);
    }

    /** Until the session of the subscriber listens, and the look after that has been made. */
    private void awaitListening() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> db.sessions().stream()
                        .anyMatch(session ->
                                session.query().startsWith("LISTEN") && session.state() == ServerSession.State.IDLE));
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> looks.availablePermits() >= 2);
    }

    @Test
    void aCommitOfAnyClientEndsTheWaitAtOnce() throws SQLException {
        List<Long> micros = new ArrayList<>();
        try (Connection writer = db.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            for (int i = 0; i < 12; i++) {
                Future<Long> woken = listening().awaitChange().map(row -> System.nanoTime());
                awaitListening();
                statement.execute("UPDATE job SET tries = tries + 1 WHERE id = 1");
                long committing = System.nanoTime();
                writer.commit();
                micros.add(TimeUnit.NANOSECONDS.toMicros(get(woken) - committing));
                looks.drainPermits();
            }
        }
        Collections.sort(micros);
        System.getLogger("row-watch")
                .log(System.Logger.Level.INFO, "from COMMIT to the end of the wait, in us: " + micros);
        assertThat(micros.get(6)).isLessThan(2_000_000);
    }

    @Test
    void oneSubscriberServesManyWaits() throws SQLException {
        WatchedRow seen = get(watch().snapshot());
        looks.drainPermits();
        List<Future<WatchedRow>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(listening().awaitChangeFrom(seen));
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> looks.availablePermits() >= 50);
        db.execute("UPDATE job SET state = 'done' WHERE id = 1");
        for (Future<WatchedRow> each : all) {
            assertThat(get(each).get("state")).isEqualTo("done");
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> db.sessions().stream()
                        .anyMatch(session -> session.query().startsWith("UNLISTEN")));
    }

    @Test
    void aDeletedRowIsHeardOf() throws SQLException {
        Future<WatchedRow> woken = listening().awaitChange();
        awaitListening();
        db.execute("DELETE FROM job WHERE id = 1");
        assertThatThrownBy(() -> get(woken)).hasCauseInstanceOf(RowDeletedException.class);
    }

    @Test
    void whatChangesWhileTheSubscriberIsAwayIsSeenWhenItIsBack() throws SQLException {
        Future<WatchedRow> woken = listening().awaitChange();
        awaitListening();
        long listener = db.sessions().stream()
                .filter(session -> session.query().startsWith("LISTEN"))
                .mapToLong(ServerSession::id)
                .findFirst()
                .orElseThrow();
        try (Connection writer = db.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE job SET state = 'unheard' WHERE id = 1");
            statement.execute("SELECT pg_terminate_backend(" + listener + ")");
            writer.commit();
        }
        assertThat(get(woken).get("state")).isEqualTo("unheard");
    }

    @Test
    void aSubscriberThatIsNotConnectedMeansPolling() throws SQLException {
        PgSubscriber idle = VertxRowWatch.subscriber(Clients.VERTX, (PgConnectOptions) Clients.options(db, null));
        Future<WatchedRow> woken = watch(pool)
                .every(Duration.ofMillis(20))
                .notifiedBy(idle, CHANNEL)
                .awaitChange();
        awaitLooks(2);
        db.execute("UPDATE job SET state = 'done' WHERE id = 1");
        assertThat(get(woken).get("state")).isEqualTo("done");
    }
}
