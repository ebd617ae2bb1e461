package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** MariaDB refuses to write what has changed since the snapshot, and undoes everything. */
@RealDatabase(Database.MARIADB)
final class MariaDbSnapshotTest extends ServerTest {
    MariaDbSnapshotTest(TestDatabase database) {
        super(database);
    }

    @Test
    void aStaleSnapshotIsRunAgainAsAWholeAlsoFromAStep() throws SQLException {
        Pool pool = kept(Clients.pool(db, null, 1, options -> options));
        Pool others = pool(null, 1);
        call(
                settings,
                VertxScope.transaction(pool),
                c -> sql(c, "SET innodb_snapshot_isolation = ON")
                        .compose(set -> note(c, "a"))
                        .compose(done -> sql(c, "SELECT v FROM acc WHERE id = 1"))
                        .compose(read -> runs.get() > 1
                                ? Future.succeededFuture()
                                : others.query("UPDATE acc SET v = v + 1 WHERE id = 1")
                                        .execute()
                                        .<Object>mapEmpty())
                        .compose(done -> VertxRunner.of(Clients.VERTX, settings)
                                .call(
                                        VertxScope.savepoint(c),
                                        inside -> note(inside, "b").compose(noted -> add(inside, 1)))));

        assertThat(runs).hasValue(2);
        assertThat(verdicts()).isNotEmpty().containsOnly(Verdict.RETRY_TRANSACTION);
        assertThat(noted("a")).containsExactly("2");
        assertThat(noted("b")).containsExactly("2");
        assertThat(db.number("SELECT v FROM acc WHERE id = 1")).isEqualTo(2);
        assertUsable(pool);
    }
}
