package dev.dbop.jdbc.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.RecoveryReport;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.twophase.GroupId;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A coordinator is killed at each of its messages, with nobody, one or two at recovery: the money is moved everywhere or
 * nowhere, and nothing stays prepared. By default each message and moment that can matter is tried with one of those
 * three; {@code -Ddbop.test.crashes=full} tries all with all.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CrashMatrixTest {
    private static final String DECISIONS =
            "SELECT count(*) FROM dbop_decision WHERE base <> '" + GroupId.RESERVED_KEY + "'";

    private static final int MOST_RECOVERERS = 2;

    /** A message of the coordinator. */
    enum Message {
        INSERT_DECISION,
        WORK,
        PREPARE,
        COMMIT,
        COMMIT_PREPARED
    }

    /** When the coordinator is killed. After a reply is before the next message is sent, but for the last. */
    enum Moment {
        BEFORE_SENDING,
        /** It arrives when the coordinator is dead and recovery has looked. */
        IN_FLIGHT,
        WITHOUT_REPLY,
        AFTER_REPLY
    }

    /**
     * One kill.
     *
     * @param message the coordinator is at
     * @param branch it is sent to
     * @param moment of the kill
     * @param recoverers at work from before it
     */
    record Kill(Message message, int branch, Moment moment, int recoverers) {
        @Override
        public String toString() {
            return message + "(" + branch + ") " + moment + ", recoverers: " + recoverers;
        }

        /** Whether what arrives late is work of an ordinary transaction, which nobody will commit. */
        boolean endsWithItsSession() {
            return moment == Moment.IN_FLIGHT && (message == Message.INSERT_DECISION || message == Message.WORK);
        }

        /** Whether the COMMIT of branch 0 is executed. */
        boolean decided() {
            return message == Message.COMMIT_PREPARED || (message == Message.COMMIT && moment != Moment.BEFORE_SENDING);
        }
    }

    private final List<TestDatabase> databases;
    private final List<RecoveryReport> reports = new ArrayList<>();
    private final long begun = System.nanoTime();
    private int kills;
    private int recovered;
    private @Nullable TwoPhase direct;
    private @Nullable Path temporary;
    private @Nullable TransferProcess next;

    CrashMatrixTest(TestDatabase... databases) {
        this.databases = List.of(databases);
    }

    List<Kill> kills() {
        List<Kill> all = new ArrayList<>();
        int indexed = 0;
        boolean full = "full".equals(System.getProperty("dbop.test.crashes"));
        for (Kill kill : withoutRecoverers()) {
            int index = indexed++;
            for (int recoverers = 0; recoverers <= MOST_RECOVERERS; recoverers++) {
                // Three moments a message: the second term lets each moment meet each number.
                boolean itsTurn = recoverers == (index + index / 3) % (MOST_RECOVERERS + 1);
                if (full || (itsTurn && !kill.endsWithItsSession())) {
                    all.add(new Kill(kill.message(), kill.branch(), kill.moment(), recoverers));
                }
            }
        }
        return all;
    }

    private List<Kill> withoutRecoverers() {
        List<Kill> all = new ArrayList<>();
        for (Message message : Message.values()) {
            boolean decision = message == Message.INSERT_DECISION || message == Message.COMMIT;
            int first = decision || message == Message.WORK ? 0 : 1;
            int last = decision ? 0 : databases.size() - 1;
            for (int branch = first; branch <= last; branch++) {
                if (databases.get(branch).database() != Database.SQLITE) {
                    all.add(new Kill(message, branch, Moment.BEFORE_SENDING, 0));
                    all.add(new Kill(message, branch, Moment.IN_FLIGHT, 0));
                    all.add(new Kill(message, branch, Moment.WITHOUT_REPLY, 0));
                }
            }
        }
        all.add(new Kill(Message.COMMIT_PREPARED, databases.size() - 1, Moment.AFTER_REPLY, 0));
        return all;
    }

    @BeforeAll
    void build(@TempDir Path forAll) throws SQLException, IOException {
        TestDatabase first = databases.get(0);
        first.execute(DecisionTable.named("dbop_decision").create(first.database()));
        TwoPhase.Builder builder = TwoPhase.builder().runner(DbopRunner.create().listeners());
        for (int i = 0; i < databases.size(); i++) {
            TestDatabase db = databases.get(i);
            db.execute("CREATE TABLE acct (id INT PRIMARY KEY, v INT NOT NULL)", "INSERT INTO acct VALUES (1, 100)");
            builder.branch(TransferMain.name(i), db.dataSource());
        }
        direct = builder.build();
        temporary = forAll;
        next = TransferProcess.start(forAll);
    }

    @BeforeEach
    void reset() throws SQLException {
        for (TestDatabase db : databases) {
            db.execute("UPDATE acct SET v = 100");
        }
        databases.get(0).execute("DELETE FROM dbop_decision WHERE base <> '" + GroupId.RESERVED_KEY + "'");
        reports.clear();
    }

    @AfterAll
    void report() {
        if (next != null) {
            next.close();
        }
        System.out.printf(
                "%s: %d coordinators killed, %d groups finished by recovery, %.1f s%n",
                databases.stream().map(TestDatabase::database).toList(),
                kills,
                recovered,
                (System.nanoTime() - begun) / 1e9);
    }

    @ParameterizedTest
    @MethodSource("kills")
    void allOrNothingIsLeftOf(Kill kill) throws Exception {
        Recoverers recoverers = new Recoverers(kill.recoverers(), direct().recovery());
        try {
            killed(kill);
            if (kill.recoverers() > 0) {
                soon().until(this::nothingIsPrepared);
            }
        } finally {
            recoverers.stop();
        }
        reports.addAll(recoverers.reports());
        soon().until(() -> recover().isComplete());
        assertAllOrNothing(kill.decided());
        recovered += (int) Recoverers.finished(reports);
        kills++;
    }

    /** Returns once the coordinator is dead and its sessions are gone. */
    private void killed(Kill kill) throws Exception {
        Map<Integer, FaultProxy> proxies = new TreeMap<>();
        try (TransferProcess coordinator = another()) {
            coordinator.connect(urls(proxies));
            FaultProxy proxy = Objects.requireNonNull(proxies.get(kill.branch()));
            PlannedFault fault = kill.moment() == Moment.AFTER_REPLY ? null : plan(kill, proxy);
            coordinator.begin();
            if (fault == null) {
                coordinator.awaitReturn();
            } else {
                fault.await();
                awaitOthers(kill);
            }
            Map<TestDatabase, Set<Long>> sessions = sessions();
            coordinator.kill();
            if (fault != null && kill.moment() == Moment.IN_FLIGHT) {
                recover();
                fault.release();
            } else {
                proxy.cutAll();
            }
            soon().until(() -> areGone(sessions));
        } finally {
            proxies.values().forEach(CrashMatrixTest::end);
        }
    }

    /** Nothing that is held may slip through. */
    private static void end(FaultProxy proxy) {
        proxy.cutAll();
        proxy.close();
    }

    /** The next one is started meanwhile, which takes about as long as a kill. */
    private TransferProcess another() throws IOException {
        TransferProcess started = Objects.requireNonNull(next);
        next = TransferProcess.start(Objects.requireNonNull(temporary));
        return started;
    }

    private List<String> urls(Map<Integer, FaultProxy> proxies) {
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < databases.size(); i++) {
            TestDatabase db = databases.get(i);
            if (db.database() == Database.SQLITE) {
                urls.add(db.url());
            } else {
                FaultProxy proxy = FaultProxy.to(db);
                proxies.put(i, proxy);
                urls.add(db.url(proxy.port()));
            }
        }
        return urls;
    }

    private PlannedFault plan(Kill kill, FaultProxy proxy) {
        Predicate<byte[]> message = text(kill);
        return kill.moment() == Moment.WITHOUT_REPLY ? proxy.holdAnswer(message) : proxy.holdBack(message);
    }

    private Predicate<byte[]> text(Kill kill) {
        boolean postgres = databases.get(kill.branch()).database() == Database.POSTGRESQL;
        return switch (kill.message()) {
            case INSERT_DECISION -> FaultProxy.containing("insert into");
            case WORK -> FaultProxy.containing("update acct");
            case PREPARE -> FaultProxy.containing(postgres ? "prepare transaction" : "xa prepare");
            // Not the "autocommit" of a driver that connects.
            case COMMIT ->
                FaultProxy.containing("commit")
                        .and(FaultProxy.containing("autocommit").negate());
            case COMMIT_PREPARED -> FaultProxy.containing(postgres ? "commit prepared" : "xa commit");
        };
    }

    /** Branches are prepared, and committed, side by side: lets the others come as far as they can. */
    private void awaitOthers(Kill kill) {
        boolean preparing = kill.message() == Message.PREPARE;
        if (!preparing && kill.message() != Message.COMMIT_PREPARED) {
            return;
        }
        for (int i = 1; i < databases.size(); i++) {
            if (i != kill.branch() || kill.moment() == Moment.WITHOUT_REPLY) {
                TestDatabase db = databases.get(i);
                soon().until(() -> db.preparedTransactions().size() == (preparing ? 1 : 0));
            }
        }
    }

    private Map<TestDatabase, Set<Long>> sessions() throws SQLException {
        Map<TestDatabase, Set<Long>> sessions = new HashMap<>();
        for (TestDatabase db : databases) {
            if (db.database() != Database.SQLITE) {
                sessions.put(db, sessionsOf(db));
            }
        }
        return sessions;
    }

    private static Set<Long> sessionsOf(TestDatabase db) throws SQLException {
        return db.sessions().stream().map(ServerSession::id).collect(Collectors.toSet());
    }

    private static boolean areGone(Map<TestDatabase, Set<Long>> sessions) throws SQLException {
        for (Map.Entry<TestDatabase, Set<Long>> entry : sessions.entrySet()) {
            if (sessionsOf(entry.getKey()).stream().anyMatch(entry.getValue()::contains)) {
                return false;
            }
        }
        return true;
    }

    private RecoveryReport recover() {
        RecoveryReport report = direct().recovery().recover();
        reports.add(report);
        return report;
    }

    private TwoPhase direct() {
        return Objects.requireNonNull(direct);
    }

    private boolean nothingIsPrepared() throws SQLException {
        for (TestDatabase db : databases) {
            if (!db.preparedTransactions().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    private void assertAllOrNothing(boolean all) throws SQLException {
        assertThat(nothingIsPrepared()).isTrue();
        List<Long> expected = new ArrayList<>();
        List<Long> found = new ArrayList<>();
        for (TestDatabase db : databases) {
            long moved = expected.isEmpty() ? 1 - databases.size() : 1;
            expected.add(all ? 100 + moved : 100);
            found.add(db.number("SELECT v FROM acct WHERE id = 1"));
        }
        assertThat(found).isEqualTo(expected);
        assertThat(databases.get(0).number(DECISIONS)).isEqualTo(all ? 1 : 0);
    }
}
