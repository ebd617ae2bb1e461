package dev.dbop.jdbc.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.BusyHandler;

/** With a rollback journal a COMMIT waits for the readers, and may be BUSY while its transaction lives on. */
@RealDatabase(value = Database.SQLITE, options = "journal_mode=delete")
class SqliteJournalFaultsTest extends SqliteBusyFaultsTest {
    SqliteJournalFaultsTest(TestDatabase db) throws SQLException {
        super(db);
    }

    private TestSession reader() throws SQLException {
        TestSession reader = TestSession.open(db);
        reader.run("BEGIN", "SELECT bal FROM acct");
        return reader;
    }

    @ParameterizedTest
    @EnumSource(names = {"SAVEPOINT_AT_SERIALIZABLE", "TRANSACTION"})
    void aCommitThatIsBusyIsRepeatedAloneAndTheOperationRunsOnce(Level level) throws Exception {
        int[] runs = {0};
        try (TestSession reader = reader()) {
            LeavingReader leaving = new LeavingReader(reader);
            BusyHandler.setHandler(pool.physical(), leaving);
            pool.prepared();

            assertSucceeded(run(level, c -> {
                runs[0]++;
                update(c, ADD_ONE);
            }));

            assertThat(leaving.refusals).hasValue(3);
            BusyHandler.clearHandler(pool.physical());
        }
        assertThat(runs[0]).isEqualTo(1);
        assertThat(history.lines()).isEmpty();
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(level);
    }

    /** Answers BUSY to three COMMITs, then lets the reader go. */
    private static final class LeavingReader extends BusyHandler {
        private final TestSession reader;
        private final AtomicInteger refusals = new AtomicInteger();

        LeavingReader(TestSession reader) {
            this.reader = reader;
        }

        @Override
        protected int callback(int earlierCalls) throws SQLException {
            if (refusals.get() < 3) {
                refusals.incrementAndGet();
                return 0;
            }
            reader.run("COMMIT");
            return 1;
        }
    }

    @Test
    void aReaderThatOutlastsEveryCommitRollsBackAndLetsOthersIn() throws SQLException {
        int[] runs = {0};
        try (TestSession reader = reader()) {
            Outcome<Boolean> outcome = run(
                    Level.TRANSACTION,
                    step.policy(QUICK.toBuilder().maxRetries(1).build()).lockTimeout(SHORT.dividedBy(3)),
                    c -> {
                        runs[0]++;
                        update(c, ADD_ONE);
                    });

            assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.RETRIES_EXHAUSTED);
            pool.assertAsFound();
            // The lock a waiting COMMIT takes keeps new readers out; it is gone.
            assertThat(balance(1)).isZero();
            reader.run("COMMIT");
        }
        assertThat(runs[0]).isEqualTo(2);
        assertThat(history.lines())
                .containsExactly("step #1 COMMIT 5 RETRY_TRANSACTION", "step #2 COMMIT 5 RETRY_TRANSACTION");
        assertThat(balance(1)).isZero();
    }
}
