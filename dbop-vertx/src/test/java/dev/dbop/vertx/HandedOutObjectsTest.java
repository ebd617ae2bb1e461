package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.DatabaseException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowStream;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.templates.SqlTemplate;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What an operation gets from its connection: cursors, streams, prepared statements, the client's own type. */
abstract class HandedOutObjectsTest extends ServerTest {
    HandedOutObjectsTest(TestDatabase db) {
        super(db);
    }

    private String parameters(String sql) {
        return postgres ? sql.replaceFirst("\\?", "\\$1") : sql;
    }

    @Test
    void aCursorReadsInsideTheAttempt() {
        Pool pool = pool(null, 1);
        List<Integer> sizes = call(
                settings,
                VertxScope.transaction(pool),
                c -> c.prepare("SELECT id FROM acc ORDER BY id").compose(statement -> {
                    Cursor cursor = statement.cursor();
                    return cursor.read(2)
                            .compose(two -> cursor.read(2).map(one -> List.of(two.size(), one.size())))
                            .eventually(cursor::close);
                }));

        assertThat(sizes).containsExactly(2, 1);
        assertUsable(pool);
    }

    /** Vert.x's templates reach behind a connection; the attempt hears of their statements all the same. */
    @Test
    void aTemplateRunsInsideTheAttempt() throws SQLException {
        Pool pool = pool(null, 1);
        List<Integer> rows = call(
                settings,
                VertxScope.transaction(pool),
                c -> SqlTemplate.forUpdate(c, "UPDATE acc SET v = v + #{by} WHERE id = #{id}")
                        .execute(Map.of("by", 5, "id", 1))
                        .compose(done -> runs.get() == 1
                                ? Future.failedFuture(new DatabaseException("again", 1213, "40001") {})
                                : SqlTemplate.forQuery(c, "SELECT v FROM acc WHERE id = #{id}")
                                        .mapTo(row -> row.getInteger("v"))
                                        .execute(Map.of("id", 1)))
                        .map(found -> {
                            List<Integer> values = new ArrayList<>();
                            found.forEach(values::add);
                            return values;
                        }));

        assertThat(rows).containsExactly(5);
        assertThat(runs).hasValue(2);
        assertThat(db.number("SELECT v FROM acc WHERE id = 1")).isEqualTo(5);
        Throwable refused = failure(
                settings,
                VertxScope.transaction(pool),
                c -> SqlTemplate.forUpdate(c, "COMMIT").execute(Map.of()));
        assertThat(refused).hasMessageContaining("COMMIT is refused");
        assertUsable(pool);
    }

    @Test
    void aStreamReadsInsideTheAttempt() {
        Pool pool = pool(null, 1);
        List<Integer> ids = call(
                settings,
                VertxScope.transaction(pool),
                c -> c.prepare("SELECT id FROM acc ORDER BY id").compose(statement -> read(statement, 2)));

        assertThat(ids).containsExactly(1, 2, 3);
        assertUsable(pool);
    }

    static Future<List<Integer>> read(PreparedStatement statement, int page) {
        Promise<List<Integer>> all = Promise.promise();
        List<Integer> ids = new ArrayList<>();
        RowStream<Row> stream = statement.createStream(page);
        stream.exceptionHandler(all::tryFail);
        stream.endHandler(end -> all.tryComplete(ids));
        stream.handler(row -> ids.add(row.getInteger(0)));
        return all.future();
    }

    /** The failure is the stream's, and the attempt's. */
    @Test
    void aStreamThatFailsMidwayUndoesTheAttempt() throws SQLException {
        Pool pool = pool(null, 1);
        String sql = postgres
                ? "SELECT 1 / (3 - id) FROM acc ORDER BY id"
                : "SELECT (SELECT a.id FROM acc a WHERE a.id = 1 OR b.id = 3) FROM acc b ORDER BY b.id";

        Throwable failure = failure(
                settings,
                VertxScope.transaction(pool),
                c -> note(c, "a").compose(done -> c.prepare(sql)).compose(statement -> read(statement, 1)));

        assertThat(failure).isInstanceOf(io.vertx.sqlclient.DatabaseException.class);
        assertThat(runs).hasValue(1);
        assertThat(noted("a")).isEmpty();
        assertUsable(pool);
    }

    /** Its next page would be asked for in the transaction of whoever has the connection then. */
    @Test
    void aStreamThatIsStillReadDoesNothingToTheNextBorrower() throws SQLException {
        Pool pool = pool(null, 1);
        RowStream<Row> left = call(
                settings,
                VertxScope.transaction(pool),
                c -> c.prepare("SELECT id FROM acc ORDER BY id").map(statement -> {
                    RowStream<Row> stream = statement.createStream(1);
                    stream.exceptionHandler(late -> {});
                    stream.handler(row -> {});
                    return stream;
                }));
        call(
                settings,
                VertxScope.transaction(pool),
                c -> note(c, "a")
                        .compose(done -> {
                            left.resume();
                            return note(c, "b");
                        })
                        .compose(done -> note(c, "c")));

        assertThat(failed).isEmpty();
        assertThat(db.number("SELECT count(*) FROM noted")).isEqualTo(3);
        assertUsable(pool);
    }

    @Test
    void aPreparedStatementKeptBeyondTheAttemptIsRefused() throws SQLException {
        Pool pool = pool(null, 1);
        PreparedStatement kept = call(
                settings,
                VertxScope.transaction(pool),
                c -> c.prepare(parameters("INSERT INTO noted VALUES (?, 0)"))
                        .compose(statement ->
                                statement.query().execute(Tuple.of("inside")).map(statement)));

        Throwable refused = org.assertj.core.api.Assertions.catchThrowable(
                () -> Clients.await(kept.query().execute(Tuple.of("outside"))));

        assertThat(refused).hasMessageContaining("has ended");
        assertThat(db.query("SELECT who FROM noted")).containsExactly("inside");
        assertUsable(pool);
    }

    @Test
    void theConnectionIsTheClientsOwn() {
        Pool pool = pool(null, 1);
        String version = call(settings, VertxScope.transaction(pool), c -> {
            if (postgres) {
                PgConnection own = PgConnection.cast(c);
                return own.notificationHandler(ignored -> {})
                        .query("SELECT 'pg' || (" + own.processId() + " = pg_backend_pid())")
                        .execute()
                        .map(rows -> Clients.column(rows).get(0));
            }
            return MySQLConnection.cast(c).ping().map("pinged");
        });

        assertThat(version).isIn("pgtrue", "pinged");
        assertUsable(pool);
    }

    @Test
    void whatWouldEndTheTransactionIsRefusedAndNothingIsKept() throws SQLException {
        Pool pool = pool(null, 1);
        List<Function<SqlConnection, Future<?>>> endings = List.of(
                SqlConnection::close,
                SqlConnection::begin,
                c -> c.query("COMMIT").execute(),
                c -> c.query(" /* now */ rollback").execute(),
                c -> c.preparedQuery("COMMIT").execute(),
                c -> c.prepare("COMMIT"),
                c -> c.query("START TRANSACTION").execute());
        for (Function<SqlConnection, Future<?>> ending : endings) {
            Throwable failure = failure(
                    settings,
                    VertxScope.transaction(pool),
                    c -> note(c, "a").compose(done -> ending.apply(c).mapEmpty()));

            assertThat(failure).hasMessageContaining("refused inside an attempt");
        }
        assertThat(runs).hasValue(endings.size());
        assertThat(noted("a")).isEmpty();
        assertUsable(pool);
    }
}
