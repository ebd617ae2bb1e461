package dev.dbop.docs.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.OutcomeUnknownException;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Brings the code of a guide, as it was before and as it is after, into the trouble that the guide speaks of. */
abstract class MigrationTest {
    /** Whose code runs. */
    enum Side {
        BEFORE,
        AFTER
    }

    private final TestDatabase db;

    MigrationTest(TestDatabase db) {
        this.db = db;
    }

    abstract Transfers before(DataSource dataSource);

    abstract Transfers after(DataSource dataSource);

    /** Whether the code from before tries again when its session was killed before COMMIT. */
    abstract boolean survivedAKilledSessionBefore();

    /** What the code from before has moved when the answer to its COMMIT of 10 was lost: 20 where it did so again. */
    abstract int movedWithoutAnAnswerBefore();

    /** The failure that both survive. */
    Conflict conflict() {
        return Conflict.DEADLOCK;
    }

    /** What the session that holds account 2 does while the transfer waits. */
    enum Conflict {
        DEADLOCK("UPDATE account SET balance = balance + 0 WHERE id = 1; ROLLBACK"),
        SERIALIZATION("COMMIT");

        private final String statements;

        Conflict(String statements) {
            this.statements = statements;
        }
    }

    private Transfers transfers(Side side, DataSource dataSource) {
        return side == Side.BEFORE ? before(dataSource) : after(dataSource);
    }

    @BeforeEach
    void createAccounts() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS account",
                "CREATE TABLE account (id INT PRIMARY KEY, balance INT)",
                "INSERT INTO account VALUES (1, 100), (2, 0)");
    }

    private long moved() throws SQLException {
        assertThat(db.number("SELECT sum(balance) FROM account")).isEqualTo(100);
        return db.number("SELECT balance FROM account WHERE id = 2");
    }

    private static CompletableFuture<Void> start(Transfers transfers) {
        return CompletableFuture.runAsync(() -> {
            try {
                transfers.transfer(1, 2, 10);
            } catch (SQLException failure) {
                throw new CompletionException(failure);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aConflictIsSurvived(Side side) throws SQLException {
        try (TestSession gate = TestSession.open(db);
                TestSession other = TestSession.open(db)) {
            // A session looks for a deadlock once: not before there is one, so the transfer comes to account 2 last.
            gate.run("BEGIN", "UPDATE account SET balance = balance + 0 WHERE id = 1");
            // Nobody but the transfer is to be the victim, not even of a second deadlock.
            other.run("BEGIN", "SET LOCAL deadlock_timeout = '15s'");
            other.run("UPDATE account SET balance = balance + 0 WHERE id = 2");
            CompletableFuture<Void> transfer = start(transfers(side, db.dataSource()));
            db.awaitBlocked();
            CompletableFuture<Boolean> crossing = other.start(conflict().statements);
            if (conflict() == Conflict.DEADLOCK) {
                other.awaitBlocked();
            }
            gate.run("ROLLBACK");
            CompletableFuture.allOf(transfer, crossing).join();
        }
        assertThat(moved()).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource
    void aKilledSessionIsSurvivedAsTheGuideSays(Side side) throws SQLException {
        Throwable failure;
        try (TestSession other = TestSession.open(db)) {
            other.run("BEGIN", "UPDATE account SET balance = balance + 0 WHERE id = 2");
            CompletableFuture<Void> transfer = start(transfers(side, db.dataSource()));
            db.kill(db.awaitBlocked());
            other.run("ROLLBACK");
            failure = catchThrowable(transfer::join);
        }
        boolean survived = side == Side.AFTER || survivedAKilledSessionBefore();
        assertThat(failure == null).isEqualTo(survived);
        assertThat(moved()).isEqualTo(survived ? 10 : 0);
    }

    @Test
    void aCommitWithoutAnAnswerWasTreatedAsTheGuideSays() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            PlannedFault lost = proxy.cutAfterForwarding(FaultProxy.commit());
            Throwable failure =
                    catchThrowable(() -> before(db.dataSource(proxy)).transfer(1, 2, 10));

            assertThat(lost.hasHappened()).isTrue();
            assertThat(moved()).isEqualTo(movedWithoutAnAnswerBefore());
            assertThat(failure == null).isEqualTo(movedWithoutAnAnswerBefore() == 20);
        }
    }

    @Test
    void aCommitWithoutAnAnswerIsNotRepeated() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            PlannedFault lost = proxy.cutAfterForwarding(FaultProxy.commit());

            assertThatThrownBy(() -> after(db.dataSource(proxy)).transfer(1, 2, 10))
                    .isInstanceOf(OutcomeUnknownException.class);
            assertThat(lost.hasHappened()).isTrue();
            assertThat(moved()).isEqualTo(10);
        }
    }
}
