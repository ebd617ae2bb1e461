package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dbop.AttemptTimeoutException;
import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.jdbc.InDoubt;
import dev.dbop.jdbc.Recovery;
import dev.dbop.jdbc.RecoveryReport;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import dev.dbop.twophase.GroupReport;
import dev.dbop.twophase.TwoPhaseResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.DatabaseException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A transaction over several databases is all or nothing, whatever is cut, and says which. */
abstract class VertxTwoPhaseTest {
    private static final String ADD = "UPDATE acct SET v = v + 1 WHERE id = 1";
    private static final int POOL_SIZE = 3;

    private final List<TestDatabase> databases;
    private final List<FaultProxy> proxies = new ArrayList<>();
    private final List<Pool> pools = new ArrayList<>();
    private final DbopRunner settings = DbopRunner.create()
            .named("transfer")
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(20)).build())
            .listeners();

    VertxTwoPhaseTest(TestDatabase... databases) {
        this.databases = List.of(databases);
    }

    @BeforeEach
    void createTables() throws SQLException {
        for (TestDatabase db : databases) {
            db.execute("DROP TABLE IF EXISTS acct", "CREATE TABLE acct (id INT PRIMARY KEY, v INT NOT NULL)");
            db.execute("INSERT INTO acct VALUES (1, 100), (2, 100), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0)");
        }
        TestDatabase first = databases.get(0);
        first.execute(
                "DROP TABLE IF EXISTS dbop_decision",
                DecisionTable.named("dbop_decision").create(first.database()));
        for (TestDatabase db : databases) {
            FaultProxy proxy = FaultProxy.to(db);
            proxies.add(proxy);
            pools.add(Clients.pool(db, proxy, POOL_SIZE));
        }
    }

    @AfterEach
    void close() {
        pools.forEach(Clients::close);
        proxies.forEach(FaultProxy::close);
    }

    private VertxTwoPhase twoPhase(DbopRunner with) {
        return twoPhase(VertxRunner.of(Clients.VERTX, with));
    }

    private VertxTwoPhase twoPhase(VertxRunner with) {
        VertxTwoPhase.Builder builder = VertxTwoPhase.builder().runner(with);
        for (int i = 0; i < databases.size(); i++) {
            builder.branch(name(i), pools.get(i));
        }
        return Clients.await(builder.build());
    }

    private static String name(int index) {
        return "db" + index;
    }

    private FaultProxy last() {
        return proxies.get(proxies.size() - 1);
    }

    private String lastName() {
        return name(databases.size() - 1);
    }

    private TestDatabase lastDatabase() {
        return databases.get(databases.size() - 1);
    }

    /** Adds 1 in every database, in all at once. */
    private Future<Integer> work(VertxTwoPhaseTransaction tx) {
        List<Future<?>> updates = new ArrayList<>();
        for (int i = 0; i < databases.size(); i++) {
            updates.add(run(tx, name(i), ADD));
        }
        return Future.join(updates).map(42);
    }

    private static Future<RowSet<Row>> run(VertxTwoPhaseTransaction tx, String branch, String sql) {
        return tx.connection(branch).compose(c -> c.query(sql).execute());
    }

    private void assertAll(long value) throws SQLException {
        for (TestDatabase db : databases) {
            assertThat(db.number("SELECT v FROM acct WHERE id = 1"))
                    .as("%s", db)
                    .isEqualTo(value);
        }
    }

    private Predicate<byte[]> prepare() {
        return FaultProxy.containing(
                lastDatabase().database() == Database.POSTGRESQL ? "prepare transaction" : "xa prepare");
    }

    private Predicate<byte[]> commitPrepared() {
        return FaultProxy.containing(
                lastDatabase().database() == Database.POSTGRESQL ? "commit prepared" : "xa commit");
    }

    private Predicate<byte[]> rollbackPrepared() {
        return FaultProxy.containing(
                lastDatabase().database() == Database.POSTGRESQL ? "rollback prepared" : "xa rollback");
    }

    /** The recovery of the blocking adapter, with no proxy between. */
    private Recovery recovery() throws SQLException {
        TwoPhase.Builder builder = TwoPhase.builder();
        for (int i = 0; i < databases.size(); i++) {
            builder.branch(name(i), databases.get(i).dataSource());
        }
        return builder.build().recovery();
    }

    private RecoveryReport recoverAll() throws SQLException {
        RecoveryReport report = recovery().recover();
        assertThat(report.unavailable()).isEmpty();
        assertThat(report.isComplete()).as("%s", report).isTrue();
        return report;
    }

    private void assertNothingPrepared() throws SQLException {
        for (TestDatabase db : databases) {
            assertThat(db.preparedTransactions()).as("%s", db).isEmpty();
        }
    }

    @Test
    void theExampleOfTheGuideMovesMoney() throws SQLException {
        VertxRunner runner = VertxRunner.of(Clients.VERTX, settings);
        Pool accounts = pools.get(0);
        Pool ledger = pools.get(1);
        // snippet: two-phase
        Future<VertxTwoPhase> twoPhase = VertxTwoPhase.builder()
                .runner(runner)
                .branch("accounts", accounts)
                .branch("ledger", ledger)
                .build(); // looks whether the servers can do it: once, when the application starts

        Future<TwoPhaseResult<Integer>> moved = twoPhase.compose(databases -> databases.call(tx -> Future.all(
                        tx.connection("accounts").compose(c -> add(c, -10)),
                        tx.connection("ledger").compose(c -> add(c, 10)))
                .map(both -> 10)));
        // end snippet

        assertThat(Clients.await(moved)).isEqualTo(new TwoPhaseResult<>(10, List.of()));
        assertThat(databases.get(0).number("SELECT v FROM acct WHERE id = 1")).isEqualTo(90);
        assertThat(databases.get(1).number("SELECT v FROM acct WHERE id = 1")).isEqualTo(110);
    }

    private static Future<?> add(SqlConnection on, int amount) {
        return on.query("UPDATE acct SET v = v + " + amount + " WHERE id = 1").execute();
    }

    @Test
    void commitsEverywhere() throws SQLException {
        TwoPhaseResult<Integer> result = Clients.await(twoPhase(settings).call(this::work));

        assertThat(result).isEqualTo(new TwoPhaseResult<>(42, List.of()));
        assertAll(101);
        assertNothingPrepared();
        assertThat(databases.get(0).query("SELECT participants FROM dbop_decision WHERE base <> '0000000000000000'"))
                .singleElement()
                .satisfies(participants -> assertThat(participants.split("\n")).hasSize(databases.size() - 1));
    }

    @Test
    void commitsWhereItHasWorked() throws SQLException {
        VertxTwoPhase twoPhase = twoPhase(settings);
        Clients.await(twoPhase.call(tx -> run(tx, name(0), "UPDATE acct SET v = 7 WHERE id = 2")));
        Clients.await(twoPhase.call(tx -> run(tx, lastName(), "UPDATE acct SET v = 8 WHERE id = 2")));

        assertThat(databases.get(0).number("SELECT v FROM acct WHERE id = 2")).isEqualTo(7);
        assertThat(lastDatabase().number("SELECT v FROM acct WHERE id = 2")).isEqualTo(8);
        assertNothingPrepared();
    }

    @Test
    void theSameConnectionIsHandedOutUntilTheAttemptEnds() {
        VertxTwoPhase twoPhase = twoPhase(settings);
        TwoPhaseResult<Boolean> same =
                Clients.await(twoPhase.call(tx -> Future.all(tx.connection(lastName()), tx.connection(lastName()))
                        .map(both -> both.resultAt(0).equals(both.resultAt(1)))));
        assertThat(same.value()).isTrue();
    }

    @Test
    void rollsBackEverywhereWhenTheOperationFails() throws SQLException {
        VertxTwoPhase twoPhase = twoPhase(settings);
        assertThatThrownBy(() -> Clients.await(twoPhase.call(
                        tx -> work(tx).compose(done -> Future.failedFuture(new IllegalArgumentException("no"))))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Clients.await(twoPhase.<Integer>call(tx -> {
                    throw new IllegalArgumentException("at once");
                })))
                .isInstanceOf(IllegalArgumentException.class);
        assertAll(100);
        assertThat(recoverAll().groups()).isEmpty();
    }

    @Test
    void aBranchNobodyWaitedForIsNoLeak() throws SQLException {
        VertxTwoPhase twoPhase = twoPhase(settings);
        AtomicReference<@Nullable Future<SqlConnection>> late = new AtomicReference<>();
        Clients.await(twoPhase.call(tx -> {
            late.set(tx.connection(lastName()));
            return Future.succeededFuture(1);
        }));
        Future<SqlConnection> asked = Objects.requireNonNull(late.get());
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        asked.onComplete(done -> told.complete(true));
        assertThat(told.join()).isTrue();
        List<SqlConnection> all = new ArrayList<>();
        for (int i = 0; i < POOL_SIZE; i++) {
            all.add(Clients.await(pools.get(pools.size() - 1).getConnection()));
        }
        all.forEach(connection -> Clients.await(connection.close()));
        assertNothingPrepared();
    }

    @Test
    void aFailureThatTheOperationSwallowsIsNoSuccess() throws SQLException {
        Assumptions.assumeTrue(
                lastDatabase().database() == Database.POSTGRESQL,
                "a failed statement costs InnoDB's transaction nothing else");
        VertxTwoPhase twoPhase = twoPhase(settings);
        assertThatThrownBy(() -> Clients.await(twoPhase.call(tx -> work(tx).compose(done ->
                        run(tx, lastName(), "SELECT 1 / 0").map(1).otherwise(1)))))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        failure -> assertThat(failure.getSqlState()).isEqualTo("22012"));
        assertAll(100);
        assertNothingPrepared();
    }

    @Test
    void aDeadlockInOneBranchRunsAllOfThemAgain() throws SQLException {
        VertxTwoPhase twoPhase = twoPhase(settings);
        AtomicInteger attempts = new AtomicInteger();
        Promise<Boolean> working = Promise.promise();
        Promise<Boolean> waitedFor = Promise.promise();
        CompletableFuture<Boolean> survivor = new CompletableFuture<>();
        try (TestSession other = TestSession.open(lastDatabase())) {
            other.run("BEGIN");
            if (lastDatabase().database() == Database.POSTGRESQL) {
                other.run("SET LOCAL deadlock_timeout = '20s'");
            }
            // More work than ours, so that InnoDB prefers ours as the victim.
            other.run("UPDATE acct SET v = v + 1 WHERE id > 1");
            Future<TwoPhaseResult<Integer>> call = twoPhase.call(tx -> {
                // A victim that is back at once may overtake whom it has made way for.
                Future<Boolean> turn = attempts.incrementAndGet() == 1
                        ? Future.succeededFuture(true)
                        : Future.fromCompletionStage(survivor);
                return turn.compose(done -> work(tx))
                        .compose(done -> {
                            working.tryComplete(true);
                            return waitedFor.future();
                        })
                        .compose(done -> run(tx, lastName(), "UPDATE acct SET v = v + 1 WHERE id = 2"))
                        .map(1);
            });
            Clients.await(working.future());
            CompletableFuture<Boolean> unused = other.start("UPDATE acct SET v = v + 1 WHERE id = 1", "ROLLBACK")
                    .thenApply(survivor::complete);
            other.awaitBlocked();
            waitedFor.complete(true);

            assertThat(Clients.await(call).pending()).isEmpty();
        }
        assertThat(attempts).hasValue(2);
        assertAll(101);
        assertThat(lastDatabase().number("SELECT v FROM acct WHERE id = 2")).isEqualTo(101);
        assertNothingPrepared();
    }

    private Future<Long> sessionOf(VertxTwoPhaseTransaction tx) {
        return sessionOf(tx, databases.size() - 1);
    }

    private Future<Long> sessionOf(VertxTwoPhaseTransaction tx, int index) {
        String sql = databases.get(index).database() == Database.POSTGRESQL
                ? "SELECT CAST(pg_backend_pid() AS BIGINT)"
                : "SELECT CONNECTION_ID()";
        return run(tx, name(index), sql).map(rows -> rows.iterator().next().getLong(0));
    }

    /** In the order of the databases. */
    private Future<List<Long>> sessionsOf(VertxTwoPhaseTransaction tx) {
        List<Future<Long>> sessions = new ArrayList<>();
        for (int i = 0; i < databases.size(); i++) {
            sessions.add(sessionOf(tx, i));
        }
        return Future.join(sessions).map(all -> all.<Long>list());
    }

    /** MariaDB lets nobody finish a branch before the session that prepared it has gone. */
    private static void awaitEnd(TestDatabase db, long session) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> db.sessions().stream().noneMatch(open -> open.id() == session));
    }

    @Test
    void savepointsInABranchHealThere() throws SQLException {
        VertxRunner runner = VertxRunner.of(Clients.VERTX, settings);
        Clients.await(twoPhase(settings)
                .call(tx -> work(tx).compose(done -> tx.connection(lastName()))
                        .compose(connection -> runner.call(
                                        VertxScope.savepoint(connection),
                                        c -> c.query("UPDATE acct SET v = 0")
                                                .execute()
                                                .compose(zero -> Future.<Integer>failedFuture(
                                                        new IllegalArgumentException("undone"))))
                                .otherwise(1))));
        assertAll(101);
    }

    @Test
    void aPrepareThatIsRefusedLeavesNothingAnywhere() throws SQLException {
        if (lastDatabase().database() == Database.POSTGRESQL) {
            lastDatabase()
                    .execute(
                            "DROP TABLE IF EXISTS late",
                            "CREATE TABLE late (v INT UNIQUE DEFERRABLE INITIALLY DEFERRED)");
            VertxTwoPhase twoPhase = twoPhase(settings);
            assertThatThrownBy(() -> Clients.await(twoPhase.call(
                            tx -> work(tx).compose(done -> run(tx, lastName(), "INSERT INTO late VALUES (1), (1)")))))
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            failure -> assertThat(failure.getSqlState()).isEqualTo("23505"));
        } else {
            prepareUnderAReadLock();
        }
        assertAll(100);
        assertThat(recoverAll().groups()).isEmpty();
        assertNothingPrepared();
    }

    /** XA PREPARE waits for it, no longer than for any other lock. */
    private void prepareUnderAReadLock() throws SQLException {
        VertxTwoPhase twoPhase = twoPhase(settings.lockTimeout(Duration.ofSeconds(1))
                .policy(RetryPolicy.builder().maxRetries(0).build()));
        Promise<Integer> worked = Promise.promise();
        Promise<Integer> locked = Promise.promise();
        try (Connection admin = lastDatabase().admin();
                Statement statement = admin.createStatement()) {
            Future<?> call = twoPhase.call(tx -> work(tx).compose(done -> {
                worked.complete(done);
                return locked.future();
            }));
            Clients.await(worked.future());
            statement.execute("FLUSH TABLES WITH READ LOCK");
            locked.complete(1);
            assertThatThrownBy(() -> Clients.await(call))
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            failure -> assertThat(failure.getErrorCode()).isEqualTo(1205));
            statement.execute("UNLOCK TABLES");
        }
    }

    @Test
    void aPrepareThatNeverArrivesIsRunAgain() throws SQLException {
        assertRunsAgain(() -> last().cutBeforeForwarding(prepare()));
    }

    @Test
    void aPrepareWithoutAnAnswerIsRolledBackAndRunAgain() throws SQLException {
        assertRunsAgain(() -> last().cutAfterForwarding(prepare()));
    }

    @Test
    void aCommitPointThatNeverArrivesIsRunAgain() throws SQLException {
        assertRunsAgain(() -> proxies.get(0).cutBeforeForwarding(FaultProxy.commit()));
    }

    @Test
    void aCommitPointWithoutAnAnswerIsFoundCommitted() throws SQLException {
        assertAttempts(1, () -> proxies.get(0).cutAfterForwarding(FaultProxy.commit()));
    }

    private void assertRunsAgain(Supplier<PlannedFault> fault) throws SQLException {
        assertAttempts(2, fault);
    }

    private void assertAttempts(int expected, Supplier<PlannedFault> fault) throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        List<PlannedFault> planned = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Void>> finishing = new CopyOnWriteArrayList<>();
        TwoPhaseResult<Integer> result = Clients.await(twoPhase(settings)
                .call(tx -> work(tx).compose(done -> sessionOf(tx)).map(session -> {
                    if (attempts.incrementAndGet() == 1) {
                        planned.add(fault.get());
                        finishing.add(finishedOnlyWithout(session, planned.get(0)));
                    }
                    return attempts.get();
                })));
        finishing.forEach(CompletableFuture::join);
        assertThat(planned.get(0).hasHappened()).isTrue();
        assertThat(result).isEqualTo(new TwoPhaseResult<>(expected, List.of()));
        recoverAll();
        assertAll(101);
        assertNothingPrepared();
    }

    /** Nobody tries, after the fault, to finish the last branch before its session has gone: the tries are few. */
    private CompletableFuture<Void> finishedOnlyWithout(long session, PlannedFault fault) {
        Predicate<byte[]> finishes = commitPrepared().or(rollbackPrepared());
        PlannedFault finish = last().holdBack(bytes -> fault.hasHappened() && finishes.test(bytes));
        return CompletableFuture.runAsync(() -> {
            finish.await();
            awaitEnd(lastDatabase(), session);
            finish.release();
        });
    }

    @Test
    void aPreparedBranchWhoseConnectionIsLostIsFinishedOnAnother() throws SQLException {
        assertAttempts(1, () -> last().cutBeforeForwarding(commitPrepared()));
        assertThat(recoverAll().groups()).isEmpty();
    }

    @Test
    void whatCannotBeFinishedIsCommittedPendingAndFinishedByRecovery() throws SQLException {
        AtomicLong session = new AtomicLong();
        TwoPhaseResult<Integer> result = Clients.await(twoPhase(settings)
                .call(tx -> work(tx).compose(done -> sessionOf(tx)).map(id -> {
                    session.set(id);
                    last().cutBeforeForwarding(commitPrepared());
                    last().refuseNewConnections();
                    return 1;
                })));
        assertThat(result.pending()).containsExactly(lastName());
        assertThat(recovery().status()).singleElement().satisfies(doubt -> {
            assertThat(doubt.branches()).containsExactly(lastName());
            assertThat(doubt.group()).startsWith("dbop:");
        });

        awaitEnd(lastDatabase(), session.get());
        assertThat(recoverAll().groups()).singleElement().isInstanceOf(GroupReport.Committed.class);
        assertAll(101);
        assertThat(recovery().status()).isEqualTo(List.<InDoubt>of());
    }

    @Test
    void anUnreachableDecisionLeavesTheOutcomeUnknownAndRecoveryDecides() throws SQLException {
        AtomicLong leapt = new AtomicLong();
        // The time is up once the decision has been asked for in vain, however long it took to come so far.
        VertxTwoPhase twoPhase = twoPhase(settings.policy(
                        RetryPolicy.builder().maxDuration(Duration.ofHours(1)).build())
                .ticker(() -> System.nanoTime() + leapt.get())
                .listener(event -> {
                    if (event instanceof RunEvent.Probed) {
                        leapt.set(Duration.ofHours(1).toNanos());
                    }
                }));
        List<Long> sessions = new CopyOnWriteArrayList<>();
        assertThatThrownBy(() -> Clients.await(twoPhase.call(tx -> work(tx).compose(done -> sessionsOf(tx))
                        .map(ids -> {
                            sessions.addAll(ids);
                            proxies.get(0).cutAfterForwarding(FaultProxy.commit());
                            proxies.get(0).refuseNewConnections();
                            return 1;
                        }))))
                .isInstanceOf(OutcomeUnknownException.class);

        for (int i = 0; i < databases.size(); i++) {
            awaitEnd(databases.get(i), sessions.get(i));
        }
        assertThat(recoverAll().groups()).singleElement().isInstanceOf(GroupReport.Committed.class);
        assertAll(101);
    }

    @Test
    void recoveryLeavesACoordinatorThatIsAliveAlone() throws SQLException {
        AtomicReference<@Nullable PlannedFault> held = new AtomicReference<>();
        Promise<Void> planned = Promise.promise();
        Future<?> call = twoPhase(settings)
                .call(tx -> work(tx).map(done -> {
                    held.set(proxies.get(0).holdBack(FaultProxy.commit()));
                    planned.complete();
                    return 1;
                }));
        Clients.await(planned.future().map(1));
        PlannedFault commit = Objects.requireNonNull(held.get());
        commit.await();
        RecoveryReport report = recovery().recover();
        commit.release();
        Clients.await(call);

        assertThat(report.groups())
                .singleElement()
                .isInstanceOfSatisfying(
                        GroupReport.Deferred.class,
                        deferred -> assertThat(deferred.why()).isEqualTo(GroupReport.Why.COORDINATOR_ALIVE));
        assertAll(101);
        assertNothingPrepared();
    }

    @Test
    void anAttemptWhoseTimeIsUpLeavesNothingAnywhere() throws SQLException {
        VertxTwoPhase twoPhase = twoPhase(settings.policy(RetryPolicy.builder()
                .maxRetries(0)
                .attemptTimeout(Duration.ofMillis(500))
                .build()));
        try (TestSession other = TestSession.open(lastDatabase())) {
            other.run("BEGIN", ADD);
            assertThatThrownBy(() -> Clients.await(twoPhase.call(this::work)))
                    .isInstanceOf(AttemptTimeoutException.class);
            other.run("ROLLBACK");
        }
        assertAll(100);
        assertThat(recoverAll().groups()).isEmpty();
    }

    @Test
    void aCallNobodyWantsAnyMoreLeavesNothingAnywhere() throws SQLException {
        Promise<Void> end = Promise.promise();
        Promise<Long> working = Promise.promise();
        VertxTwoPhase twoPhase =
                twoPhase(VertxRunner.of(Clients.VERTX, settings).until(end.future()));
        try (TestSession other = TestSession.open(lastDatabase())) {
            other.run("BEGIN", ADD);
            Future<?> call = twoPhase.call(tx -> sessionOf(tx).compose(id -> {
                working.complete(id);
                return work(tx);
            }));
            lastDatabase().awaitBlocked(Clients.await(working.future()));
            end.complete();
            assertThatThrownBy(() -> Clients.await(call)).isInstanceOf(CancellationException.class);
            other.run("ROLLBACK");
        }
        // The undoing goes on behind the call; the rows are free when it is done.
        for (TestDatabase db : databases) {
            db.execute(ADD);
        }
        assertAll(101);
        assertNothingPrepared();
    }

    @Test
    void connectionsGoBackAsTheyCame() {
        VertxTwoPhase twoPhase =
                twoPhase(settings.lockTimeout(Duration.ofSeconds(7)).statementTimeout(Duration.ofSeconds(8)));
        List<String> before = states();
        Clients.await(twoPhase.call(this::work));
        assertThatThrownBy(() -> Clients.await(twoPhase.call(
                        tx -> work(tx).compose(done -> Future.failedFuture(new IllegalArgumentException("no"))))))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(states()).isEqualTo(before);
        for (int i = 0; i < databases.size(); i++) {
            assertThat(proxies.get(i).connections()).as(name(i)).isLessThanOrEqualTo(POOL_SIZE);
        }
    }

    /** The settings of all connections of all pools. */
    private List<String> states() {
        List<String> states = new ArrayList<>();
        for (int i = 0; i < databases.size(); i++) {
            String sql = switch (databases.get(i).database()) {
                case POSTGRESQL ->
                    "SELECT current_setting('lock_timeout') || ' ' || current_setting('statement_timeout')";
                case MARIADB ->
                    "SELECT CONCAT(@@autocommit, ' ', @@innodb_lock_wait_timeout, ' ', @@max_statement_time)";
                default -> "SELECT CONCAT(@@autocommit, ' ', @@innodb_lock_wait_timeout, ' ', @@max_execution_time)";
            };
            List<SqlConnection> all = new ArrayList<>();
            for (int k = 0; k < POOL_SIZE; k++) {
                all.add(Clients.await(pools.get(i).getConnection()));
            }
            for (SqlConnection connection : all) {
                states.addAll(Clients.column(Clients.await(connection.query(sql).execute())));
                Clients.await(connection.close());
            }
        }
        return states;
    }

    @Test
    void refusesWhatABranchMustNotDo() throws SQLException {
        VertxTwoPhase twoPhase = twoPhase(settings);
        assertThatThrownBy(() -> Clients.await(twoPhase.call(tx -> tx.connection("nowhere"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nowhere")
                .hasMessageContaining(lastName());
        for (int i = 0; i < databases.size(); i++) {
            String name = name(i);
            assertRefused(twoPhase, tx -> run(tx, name, "COMMIT"), "COMMIT is refused");
            if (databases.get(i).database().family() == Database.Family.MYSQL) {
                String ddl = "CREATE TABLE never (id INT)";
                assertRefused(twoPhase, tx -> run(tx, name, ddl), "commits implicitly");
                VertxRunner runner = VertxRunner.of(Clients.VERTX, settings);
                assertRefused(
                        twoPhase,
                        tx -> tx.connection(name)
                                .compose(c -> runner.call(
                                        VertxScope.savepoint(c),
                                        inner -> inner.query(ddl).execute())),
                        "commits implicitly");
            }
        }
        AtomicReference<@Nullable VertxTwoPhaseTransaction> leaked = new AtomicReference<>();
        Clients.await(twoPhase.call(tx -> {
            leaked.set(tx);
            return Future.succeededFuture(1);
        }));
        VertxTwoPhaseTransaction ended = Objects.requireNonNull(leaked.get());
        assertThat(ended.id()).startsWith("dbop:");
        assertThatThrownBy(() -> Clients.await(ended.connection(lastName())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended");
        assertAll(100);
        assertThat(recoverAll().groups()).isEmpty();
    }

    private void assertRefused(
            VertxTwoPhase twoPhase, Function<VertxTwoPhaseTransaction, Future<RowSet<Row>>> operation, String words) {
        assertThatThrownBy(() -> Clients.await(twoPhase.call(tx -> work(tx).compose(done -> operation.apply(tx)))))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining(words);
    }

    @Test
    void refusesTheSameServerTwiceAndAMissingTable() {
        VertxRunner runner = VertxRunner.of(Clients.VERTX, settings);
        Pool first = pools.get(0);
        Pool second = pools.get(1);
        assertThatThrownBy(() -> Clients.await(VertxTwoPhase.builder()
                        .runner(runner)
                        .branch("a", first)
                        .branch("b", second)
                        .branch("c", second)
                        .build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("\"b\" and \"c\" lead to the same server");
        assertThatThrownBy(() -> Clients.await(VertxTwoPhase.builder()
                        .runner(runner)
                        .branch("a", first)
                        .branch("b", second)
                        .decisionTable(DecisionTable.named("nowhere"))
                        .build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("CREATE TABLE");
    }

    @Test
    void refusesADescriptionThatCannotWork() {
        VertxRunner runner = VertxRunner.of(Clients.VERTX, settings);
        Pool pool = pools.get(0);
        assertThatThrownBy(() -> VertxTwoPhase.builder().branch("a", pool).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no runner");
        assertThatThrownBy(() -> VertxTwoPhase.builder().runner(runner).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no branch");
        assertThatThrownBy(() -> VertxTwoPhase.builder().branch(" ", pool))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> VertxTwoPhase.builder().branch("a", pool).branch("a", pool))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"a\"");
        assertThatThrownBy(() -> Clients.await(VertxTwoPhase.builder()
                        .runner(runner)
                        .prefix("Mixed1")
                        .branch("a", pool)
                        .build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prefix is 'Mixed1'");
    }
}
