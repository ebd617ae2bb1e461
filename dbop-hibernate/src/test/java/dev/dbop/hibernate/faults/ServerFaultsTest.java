package dev.dbop.hibernate.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.GiveUpReason;
import dev.dbop.Outcome;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import jakarta.persistence.LockModeType;
import jakarta.persistence.RollbackException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The faults that every server has, by whatever code. */
abstract class ServerFaultsTest extends FaultsTest {
    private static final Map<String, Object> NO_WAIT = Map.of("jakarta.persistence.lock.timeout", 0);

    /**
     * The codes of a server, as its driver gives them.
     *
     * @param deadlock the victim of a deadlock
     * @param deadlockVerdict how much of the work a deadlock costs
     * @param lockTimeout a lock that was not granted in time
     * @param noWait a lock that was not granted at once
     * @param timeouts a statement stopped by a limit, of the server's or ours
     * @param cancelled a statement stopped by a human
     * @param duplicate a key that exists
     * @param foreignKey a key that does not
     * @param readOnly a write in a read-only transaction
     */
    record Codes(
            String deadlock,
            String deadlockVerdict,
            String lockTimeout,
            String noWait,
            List<String> timeouts,
            String cancelled,
            String duplicate,
            String foreignKey,
            String readOnly) {}

    private final Codes codes;

    ServerFaultsTest(TestDatabase db, Codes codes) throws SQLException {
        super(db);
        this.codes = codes;
    }

    /** Another session in a transaction, holding account 2, that survives any deadlock. */
    abstract TestSession survivor() throws SQLException;

    private static String line(String call, String verdict, String code) {
        return call + " #1 OPERATION " + verdict + " " + code;
    }

    @ParameterizedTest
    @EnumSource
    void ofADeadlockTheVictimsWorkIsDoneAgain(Level level) throws SQLException {
        // Otherwise the victim may be faster than the survivor it has made way for, and meet it in the same deadlock
        // again.
        history.afterFirst("step", this::awaitOthers);
        try (TestSession other = survivor()) {
            assertSucceeded(run(level, step, session -> {
                add(session, 1, 1);
                if (firstRun()) {
                    meanwhile(other, own -> {
                        execute(own, "UPDATE acct SET bal = bal + 10 WHERE id = 1", "COMMIT");
                        return true;
                    });
                    other.awaitBlocked();
                }
                add(session, 2, 1);
            }));
        }
        assertThat(history.lines()).isEqualTo(deadlocked(level));
        assertThat(runs()).isEqualTo(2);
        assertThat(balance(1)).isEqualTo(11);
        assertThat(balance(2)).isEqualTo(11);
        assertOuterKept(level);
    }

    private List<String> deadlocked(Level level) {
        String first = line("step", codes.deadlockVerdict(), codes.deadlock());
        return level == Level.TRANSACTION || codes.deadlockVerdict().equals("RETRY_SAVEPOINT")
                ? List.of(first)
                : List.of(first, "step: BEYOND_REACH", line("outer", codes.deadlockVerdict(), codes.deadlock()));
    }

    @ParameterizedTest
    @EnumSource
    void aLockTimeoutIsHealedOnceTheHolderHasCommitted(Level level) throws SQLException {
        try (TestSession holder = holder(1)) {
            history.afterFirst("step", () -> holder.run("COMMIT"));
            assertSucceeded(run(level, step.lockTimeout(SHORT), session -> add(session, 1, 1)));
        }
        assertThat(history.lines()).containsExactly(line("step", "RETRY_SAVEPOINT", codes.lockTimeout()));
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(level);
    }

    /** Nobody flushes: the attempt does, when the operation has returned. */
    @ParameterizedTest
    @EnumSource
    void soIsTheOneOfAChangeThatIsOnlyWrittenAtTheEnd(Level level) throws SQLException {
        try (TestSession holder = holder(1)) {
            history.afterFirst("step", () -> holder.run("ROLLBACK"));
            assertSucceeded(run(
                    level,
                    step.lockTimeout(SHORT),
                    session -> session.find(Account.class, 1).add(1)));
        }
        assertThat(history.lines()).containsExactly(line("step", "RETRY_SAVEPOINT", codes.lockTimeout()));
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(level);
    }

    /** It is written before the step begins, which has nothing to do with it. */
    @Test
    void theOneOfAChangeMadeBeforeTheStepIsTheTransactions() throws SQLException {
        try (TestSession holder = holder(1)) {
            history.afterFirst("outer", () -> holder.run("ROLLBACK"));
            assertSucceeded(call(outer.lockTimeout(SHORT), HibernateScope.transaction(factory), session -> {
                session.find(Account.class, 1).add(1);
                step.run(HibernateScope.savepoint(session), inner -> add(inner, 2, 1));
            }));
        }
        assertThat(history.lines()).containsExactly(line("outer", "RETRY_SAVEPOINT", codes.lockTimeout()));
        assertThat(balance(1)).isEqualTo(1);
        assertThat(balance(2)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void anUpdateInHqlIsNoDifferent(Level level) throws SQLException {
        try (TestSession holder = holder(1)) {
            history.afterFirst("step", () -> holder.run("COMMIT"));
            assertSucceeded(run(
                    level,
                    step.lockTimeout(SHORT),
                    session -> session.createMutationQuery("update Account set bal = bal + 1 where id = 1")
                            .executeUpdate()));
        }
        assertThat(history.lines()).containsExactly(line("step", "RETRY_SAVEPOINT", codes.lockTimeout()));
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(level);
    }

    @ParameterizedTest
    @EnumSource
    void aRowThatIsNotToBeWaitedForIsHealedLikeATimeout(Level level) throws SQLException {
        try (TestSession holder = holder(1)) {
            history.afterFirst("step", () -> holder.run("COMMIT"));
            assertSucceeded(run(
                    level,
                    step,
                    session -> session.find(Account.class, 1, LockModeType.PESSIMISTIC_WRITE, NO_WAIT)
                            .add(1)));
        }
        assertThat(history.lines()).containsExactly(line("step", "RETRY_SAVEPOINT", codes.noWait()));
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(level);
    }

    @Test
    void aHolderThatNeverLeavesExhaustsTheRetriesAndLeavesNothing() throws SQLException {
        try (TestSession holder = holder(1)) {
            Outcome<Boolean> outcome = run(Level.SAVEPOINT, step, session -> {
                session.persist(new Entry(1, 2));
                session.flush();
                session.find(Account.class, 1, LockModeType.PESSIMISTIC_WRITE, NO_WAIT);
            });
            assertThat(assertFailed(outcome).reason()).isNotNull();
            assertThat(history.lines())
                    .filteredOn(line -> line.startsWith("step #"))
                    .hasSize(4);
            holder.run("ROLLBACK");
        }
        assertThat(entries()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aStatementTimeoutOfOursIsHealed(Level level) throws SQLException {
        try (TestSession holder = holder(1)) {
            history.afterFirst("step", () -> holder.run("COMMIT"));
            assertSucceeded(run(level, limitedAtFirst(), session -> add(session, 1, 1)));
        }
        assertThat(history.lines())
                .singleElement()
                .isIn(codes.timeouts().stream()
                        .map(code -> line("step", "RETRY_SAVEPOINT", code))
                        .toList());
        assertThat(balance(1)).isEqualTo(11);
        assertOuterKept(level);
    }

    @ParameterizedTest
    @EnumSource
    void aHumansCancelIsFinal(Level level) throws SQLException {
        try (TestSession holder = holder(1)) {
            Outcome<Boolean> outcome = run(level, step.statementTimeout(Duration.ofSeconds(20)), session -> {
                long self = sessionId(session);
                meanwhile(holder, own -> {
                    db.awaitBlocked(self);
                    db.cancel(self);
                    return true;
                });
                add(session, 1, 1);
            });
            assertGivenUp(level, outcome, codes.cancelled());
            holder.run("ROLLBACK");
        }
        assertThat(balance(1)).isZero();
    }

    private void assertGivenUp(Level level, Outcome<Boolean> outcome, String code) throws SQLException {
        assertThat(assertFailed(outcome).reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE);
        assertThat(History.code(assertFailed(outcome).failure())).isEqualTo(code);
        assertThat(history.lines())
                .startsWith(line("step", "GIVE_UP", code), "step: NOT_RETRYABLE")
                .hasSize(level == Level.SAVEPOINT ? 4 : 2);
    }

    @ParameterizedTest
    @EnumSource
    void aDuplicateKeyIsFinal(Level level) throws SQLException {
        db.execute("INSERT INTO entry VALUES (1, 1)");
        Outcome<Boolean> outcome = run(level, step, session -> session.persist(new Entry(1, 2)));
        assertGivenUp(level, outcome, codes.duplicate());
        assertThat(entries()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aForeignKeyThatIsNotThereIsFinal(Level level) throws SQLException {
        Outcome<Boolean> outcome = run(level, step, session -> session.persist(new Entry(1, 99)));
        assertGivenUp(level, outcome, codes.foreignKey());
        assertThat(entries()).isZero();
    }

    @Test
    void aDuplicateKeyInAStepCanBeSwallowedByTheOperationAroundIt() throws SQLException {
        db.execute("INSERT INTO entry VALUES (1, 1)");
        assertSucceeded(call(outer, HibernateScope.transaction(factory), session -> {
            session.persist(new Entry(2, 1));
            assertThat(catchThrowable(
                            () -> step.run(HibernateScope.savepoint(session), inner -> inner.persist(new Entry(1, 2)))))
                    .isNotNull();
            session.persist(new Entry(3, 1));
        }));
        assertThat(db.query("SELECT id FROM entry ORDER BY id")).containsExactly("1", "2", "3");
    }

    @Test
    void aWriteInAReadOnlyCallIsFinal() throws SQLException {
        Outcome<Boolean> outcome = run(Level.TRANSACTION, step.readOnly(), session -> {
            session.persist(new Entry(1, 1));
            session.flush();
        });
        assertGivenUp(Level.TRANSACTION, outcome, codes.readOnly());
        assertThat(entries()).isZero();
    }

    /** Hibernate knows that such a session is spent, and would roll back without a word. */
    @Test
    void aFailureTheOperationSwallowsIsNotReportedAsCommitted() throws SQLException {
        db.execute("INSERT INTO entry VALUES (1, 1)");
        Outcome<Boolean> outcome = run(Level.TRANSACTION, step, session -> {
            add(session, 1, 1);
            session.flush();
            session.persist(new Entry(1, 2));
            assertThat(catchThrowable(session::flush)).isNotNull();
        });
        assertThat(assertFailed(outcome).failure()).isInstanceOf(RollbackException.class);
        assertThat(balance(1)).isZero();
        assertThat(entries()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aKilledSessionIsReplaced(Level level) throws SQLException {
        assertSucceeded(run(level, step, session -> {
            if (firstRun()) {
                long self = sessionId(session);
                db.kill(self);
                await().atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> db.sessions().stream().noneMatch(other -> other.id() == self));
            }
            // Not by find(), in which Hibernate 7 takes the failure for a row that is not there.
            session.createMutationQuery("update Account set bal = bal + 1 where id = 1")
                    .executeUpdate();
        }));
        assertThat(runs()).isEqualTo(2);
        assertThat(history.lines().get(0)).startsWith("step #1 OPERATION RETRY_CONNECTION ");
        assertThat(balance(1)).isEqualTo(1);
        assertOuterKept(level);
    }

    /** A use of a proxied session factory. */
    @FunctionalInterface
    private interface Use {
        void of(FaultProxy proxy, SessionFactory factory) throws Exception;
    }

    private void throughAProxy(Use use) throws Exception {
        try (FaultProxy proxy = proxy();
                HikariDataSource own = pool(db.url(proxy.port()));
                SessionFactory through = factory(own)) {
            use.of(proxy, through);
        }
    }

    @Test
    void aConnectionThatIsCutIsReplacedAndWhatFollowsDoesNotHideIt() throws Exception {
        throughAProxy((proxy, through) -> {
            assertSucceeded(call(step, HibernateScope.transaction(through), session -> {
                add(session, 1, 1);
                if (firstRun()) {
                    proxy.cutAll();
                    assertThat(catchThrowable(session::flush)).isNotNull();
                }
                // Not by find(), which returns null in a session that is marked for rollback.
                session.createMutationQuery("update Account set bal = bal + 1 where id = 2")
                        .executeUpdate();
            }));
        });
        assertThat(runs()).isEqualTo(2);
        assertThat(history.lines()).singleElement().asString().startsWith("step #1 OPERATION RETRY_CONNECTION ");
        assertThat(balance(1)).isEqualTo(1);
        assertThat(balance(2)).isEqualTo(1);
    }

    @Test
    void aCommitThatIsCutLeavesTheOutcomeUnknown() throws Exception {
        AtomicInteger id = new AtomicInteger();
        throughAProxy((proxy, through) -> {
            for (boolean arrives : new boolean[] {true, false}) {
                history.forget();
                Outcome<Boolean> outcome = call(step, HibernateScope.transaction(through), session -> {
                    session.persist(new Entry(id.incrementAndGet(), 1));
                    if (arrives) {
                        proxy.cutAfterForwarding(FaultProxy.commit());
                    } else {
                        proxy.cutBeforeForwarding(FaultProxy.commit());
                    }
                });
                assertThat(assertFailed(outcome).failure()).isInstanceOf(OutcomeUnknownException.class);
                assertThat(history.lines()).hasSize(2).first().asString().startsWith("step #1 COMMIT OUTCOME_UNKNOWN ");
            }
        });
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(db.query("SELECT id FROM entry")).containsExactly("1"));
    }

    /** Unanswered, an idempotent call is simply run again. */
    @Test
    void aCommitThatIsCutIsRepeatedWhereTheCallIsIdempotent() throws Exception {
        throughAProxy((proxy, through) ->
                assertSucceeded(call(step.idempotent(), HibernateScope.transaction(through), session -> {
                    session.merge(new Entry(1, 1));
                    if (firstRun()) {
                        proxy.cutAfterForwarding(FaultProxy.commit());
                    }
                })));
        assertThat(runs()).isEqualTo(2);
        assertThat(entries()).isEqualTo(1);
    }

    /** What a business rule throws is nobody's fault and nobody's to retry. */
    @ParameterizedTest
    @EnumSource
    void aRuleOfTheOperationsOwnUndoesItsWork(Level level) throws SQLException {
        Outcome<Boolean> outcome = run(level, step, session -> {
            add(session, 1, 1);
            session.flush();
            throw new IllegalStateException("not today");
        });
        assertThat(assertFailed(outcome).failure()).hasMessage("not today");
        assertThat(balance(1)).isZero();
        assertThat(entries()).isZero();
    }
}
