package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.sql.TokenTable;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements go out behind a beginning that then fails, and must not become durable on their own. */
abstract class FailedBeginningTest extends ServerTest {
    private static final TokenTable TOKENS = TokenTable.named("dbop_token");
    private static final VertxCommitProbe PROBE = VertxCommitProbe.tokenRow(TOKENS);

    FailedBeginningTest(TestDatabase db) {
        super(db);
    }

    @BeforeEach
    void dropTokens() throws SQLException {
        db.execute("DROP TABLE IF EXISTS dbop_token");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 256})
    void leavesNothingOfWhatFollowsWithoutItsTokenTable(int pipelining) throws SQLException {
        Pool pool = pool(1, pipelining);

        Throwable failure = failure(
                settings,
                VertxScope.transaction(pool, PROBE),
                c -> Future.join(List.of(note(c, "a"), note(c, "b"), note(c, "c"))));

        assertThat(failure).hasMessageContaining("dbop_token");
        assertThat(runs).hasValue(1);
        assertThat(db.number("SELECT count(*) FROM noted")).isZero();
        assertUsable(pool);
    }

    /** The operation does not look at what became of its statements. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8, 256})
    void failsTheCallWhoseOperationSwallowsIt(int pipelining) throws SQLException {
        Pool pool = pool(1, pipelining);

        Throwable failure = failure(settings, VertxScope.transaction(pool, PROBE), c -> {
            note(c, "a");
            return note(c, "b").otherwiseEmpty();
        });

        assertThat(failure).hasMessageContaining("dbop_token");
        assertThat(db.number("SELECT count(*) FROM noted")).isZero();
        assertUsable(pool);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 256})
    void isTriedAgainWithAllThatFollowsWhenItWaitedForALockInVain(int pipelining) throws SQLException {
        db.execute(TOKENS.create(db.database()));
        Pool pool = pool(2, pipelining);
        DbopRunner limited = settings.lockTimeout(Duration.ofSeconds(1));
        try (TestSession holder = TestSession.open(db)) {
            holder.run(
                    postgres
                            ? new String[] {"BEGIN", "LOCK TABLE dbop_token"}
                            : new String[] {"LOCK TABLES dbop_token WRITE"});
            Future<?> call = start(
                    limited.listener(event -> {
                        if (failed.size() == 1) {
                            holder.start(postgres ? "ROLLBACK" : "UNLOCK TABLES")
                                    .join();
                        }
                    }),
                    VertxScope.transaction(pool, PROBE),
                    c -> Future.join(List.of(note(c, "a"), note(c, "b"))));

            Clients.await(call);
        }
        assertThat(failed).isNotEmpty();
        assertThat(noted("a")).containsExactly(String.valueOf(runs.get()));
        assertThat(noted("b")).containsExactly(String.valueOf(runs.get()));
    }
}
