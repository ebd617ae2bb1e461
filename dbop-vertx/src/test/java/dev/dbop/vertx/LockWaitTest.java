package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A lock wait that times out undoes one statement of MySQL's family, or everything where the server is told so. */
abstract class LockWaitTest extends ServerTest {
    private final boolean undoesAll;
    private final DbopRunner limited = settings.lockTimeout(Duration.ofSeconds(1));

    LockWaitTest(TestDatabase db, boolean undoesAll) {
        super(db);
        this.undoesAll = undoesAll;
    }

    @Test
    void aStepIsRunAgainAloneOrWithTheWhole() throws SQLException {
        Pool pool = pool(null, 1);
        AtomicInteger steps = new AtomicInteger();
        try (TestSession holder = TestSession.open(db)) {
            holder.run("BEGIN", "UPDATE acc SET v = v WHERE id = 1");
            DbopRunner releasing = limited.listener(event -> {
                if (failed.size() == 1) {
                    holder.start("COMMIT").join();
                }
            });
            call(
                    settings,
                    VertxScope.transaction(pool),
                    c -> note(c, "outer")
                            .compose(done -> VertxRunner.of(Clients.VERTX, releasing)
                                    .call(VertxScope.savepoint(c), inside -> {
                                        steps.incrementAndGet();
                                        return note(inside, "step").compose(noted -> add(inside, 1));
                                    })));
        }
        assertThat(runs).hasValue(undoesAll ? 2 : 1);
        assertThat(steps).hasValue(2);
        assertThat(noted("outer")).containsExactly(undoesAll ? "2" : "1");
        assertThat(noted("step")).hasSize(1);
        assertUsable(pool);
    }

    @Test
    void aSwallowedOneNeverLosesWhatWasBefore() throws SQLException {
        Pool pool = pool(null, 1);
        try (TestSession holder = TestSession.open(db)) {
            holder.run("BEGIN", "UPDATE acc SET v = v WHERE id = 1");
            Future<Object> call = start(
                    limited,
                    VertxScope.transaction(pool),
                    c -> note(c, "before")
                            .compose(done -> runs.get() == 1 ? add(c, 1).otherwiseEmpty() : Future.succeededFuture())
                            .compose(done -> note(c, "after")));
            Clients.await(call);
            holder.run("COMMIT");
        }
        String kept = undoesAll ? "2" : "1";
        assertThat(runs).hasValue(undoesAll ? 2 : 1);
        assertThat(noted("before")).containsExactly(kept);
        assertThat(noted("after")).containsExactly(kept);
        assertUsable(pool);
    }
}
