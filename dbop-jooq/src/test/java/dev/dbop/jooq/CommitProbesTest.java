package dev.dbop.jooq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.CommitStatus;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.sql.TokenTable;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jooq.DSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A COMMIT without an answer is looked up: the call returns the operation's own result, or runs it again. */
abstract class CommitProbesTest {
    static final TokenTable TOKENS = TokenTable.named("dbop_token");

    private static final Predicate<byte[]> COMMIT = FaultProxy.commit();

    private final TestDatabase db;
    private final JdbcCommitProbe probe;
    private final List<CommitStatus> found = new CopyOnWriteArrayList<>();
    private final DbopRunner runner = DbopRunner.create()
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(20)).build())
            .listeners(event -> {
                if (event instanceof RunEvent.Probed probed) {
                    found.add(probed.status());
                }
            });

    CommitProbesTest(TestDatabase db, JdbcCommitProbe probe) {
        this.db = db;
        this.probe = probe;
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS " + db.database().quote("dbop_token"),
                TOKENS.create(db.database()),
                "DROP TABLE IF EXISTS done",
                "CREATE TABLE done (attempt INT NOT NULL)");
    }

    private int cutAtFirstCommit(Consumer<FaultProxy> trouble) {
        AtomicInteger attempts = new AtomicInteger();
        try (FaultProxy proxy = FaultProxy.to(db)) {
            DSLContext dsl = Jooq.using(db, db.dataSource(proxy));
            return runner.call(JooqScope.transaction(dsl, probe), tx -> {
                int attempt = attempts.incrementAndGet();
                tx.execute("INSERT INTO done VALUES (?)", attempt);
                if (attempt == 1) {
                    trouble.accept(proxy);
                }
                return attempt;
            });
        }
    }

    @Test
    void oneThatWasExecutedReturnsTheOperationsOwnResult() throws SQLException {
        assertThat(cutAtFirstCommit(proxy -> proxy.cutAfterForwarding(COMMIT))).isEqualTo(1);
        assertThat(found).last().isEqualTo(CommitStatus.COMMITTED);
        assertThat(db.query("SELECT attempt FROM done")).containsExactly("1");
    }

    @Test
    void oneThatNeverArrivedIsRunAgain() throws SQLException {
        assertThat(cutAtFirstCommit(proxy -> proxy.cutBeforeForwarding(COMMIT))).isEqualTo(2);
        assertThat(found).last().isEqualTo(CommitStatus.ABORTED);
        assertThat(db.query("SELECT attempt FROM done")).containsExactly("2");
    }
}
