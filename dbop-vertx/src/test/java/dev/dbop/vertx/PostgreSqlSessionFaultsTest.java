package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What PostgreSQL does to a session that idles, or that reads what others write. */
@RealDatabase(Database.POSTGRESQL)
final class PostgreSqlSessionFaultsTest extends ServerTest {
    PostgreSqlSessionFaultsTest(TestDatabase database) {
        super(database);
    }

    private static Future<Void> ended(SqlConnection connection) {
        Promise<Void> ended = Promise.promise();
        connection.closeHandler(closed -> ended.tryComplete());
        return ended.future();
    }

    @Test
    void aTransactionThatIdledTooLongIsRunAgain() throws SQLException {
        Pool pool = pool(null, 1);
        call(settings, VertxScope.transaction(pool), c -> {
            Future<Void> ended = ended(c);
            return note(c, "a")
                    .compose(done -> runs.get() > 1
                            ? Future.succeededFuture()
                            : sql(c, "SET LOCAL idle_in_transaction_session_timeout = '100ms'")
                                    .compose(set -> ended))
                    .compose(done -> note(c, "b"));
        });

        assertThat(verdicts()).containsExactly(Verdict.RETRY_CONNECTION);
        assertThat(noted("a")).containsExactly("2");
        assertThat(noted("b")).containsExactly("2");
        assertUsable(pool);
    }

    @Test
    void writeSkewIsRunAgainEvenWhereOnlyTheCommitShowsIt() throws SQLException {
        Pool pool = pool(null, 1);
        Pool others = pool(null, 1);
        String sum = "SELECT sum(v) FROM acc";
        call(
                settings.isolation(Isolation.SERIALIZABLE),
                VertxScope.transaction(pool),
                c -> sql(c, sum)
                        .compose(read -> sql(c, "UPDATE acc SET v = v + 1 WHERE id = 1"))
                        .compose(done -> runs.get() > 1
                                ? Future.succeededFuture()
                                : VertxRunner.of(Clients.VERTX, settings.isolation(Isolation.SERIALIZABLE))
                                        .call(
                                                VertxScope.transaction(others),
                                                other -> sql(other, sum)
                                                        .compose(read ->
                                                                sql(other, "UPDATE acc SET v = v + 1 WHERE id = 2")))));

        assertThat(runs).hasValue(2);
        assertThat(verdicts()).containsExactly(Verdict.RETRY_TRANSACTION);
        assertThat(db.number("SELECT sum(v) FROM acc")).isEqualTo(2);
        assertUsable(pool);
    }

    /** Nobody's limit but an administrator's. */
    @Test
    void aStatementThatAnAdministratorCancelledIsNotRunAgain() throws SQLException {
        Pool pool = pool(null, 1);
        Throwable failure;
        try (TestSession administrator = TestSession.open(db)) {
            failure = failure(settings, VertxScope.transaction(pool), c -> {
                int session = PgConnection.cast(c).processId();
                others.add(administrator.start(own -> {
                    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> sleeps(session));
                    db.cancel(session);
                    return true;
                }));
                return sql(c, "SELECT pg_sleep(30)");
            });
        }

        assertThat(failure).hasMessageContaining("57014");
        assertThat(runs).hasValue(1);
        assertUsable(pool);
    }

    private boolean sleeps(long id) throws SQLException {
        return db.sessions().stream()
                .anyMatch(session -> session.id() == id
                        && session.state() == ServerSession.State.ACTIVE
                        && session.query().contains("pg_sleep"));
    }
}
