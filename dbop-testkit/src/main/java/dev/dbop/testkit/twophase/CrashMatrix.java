package dev.dbop.testkit.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.twophase.Kill.Message;
import dev.dbop.testkit.twophase.Kill.Moment;
import dev.dbop.twophase.GroupId;
import dev.dbop.twophase.GroupReport;
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
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A coordinator is killed at each of its messages, with nobody, one or two at recovery: the money is moved everywhere or
 * nowhere, and nothing stays prepared. By default each message and moment that can matter is tried with one of those
 * three; {@code -Ddbop.test.crashes=full} tries all with all.
 */
public final class CrashMatrix implements AutoCloseable {
    private static final String DECISIONS =
            "SELECT count(*) FROM dbop_decision WHERE base <> '" + GroupId.RESERVED_KEY + "'";

    private static final int MOST_RECOVERERS = 2;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

    private final List<TestDatabase> databases;
    private final Class<?> coordinator;
    private final BiFunction<TestDatabase, @Nullable FaultProxy, String> address;
    private final long begun = System.nanoTime();
    private final AtomicInteger recovered = new AtomicInteger();
    private int kills;
    private @Nullable Callable<Look> recovery;
    private @Nullable Path temporary;
    private @Nullable CoordinatorProcess next;

    /**
     * What one run of recovery has found.
     *
     * @param groups one report per group
     * @param complete whether nothing is left to a later run
     */
    public record Look(List<GroupReport> groups, boolean complete) {}

    /**
     * Describes the matrix.
     *
     * @param databases the first one for decisions; none of SQLite but that one
     * @param coordinator whose main method calls {@link CoordinatorProcess#serve}, naming the databases db0, db1, ...
     * @param address what it is told of a database, which it reaches through the proxy if there is one
     */
    public CrashMatrix(
            List<TestDatabase> databases,
            Class<?> coordinator,
            BiFunction<TestDatabase, @Nullable FaultProxy, String> address) {
        this.databases = List.copyOf(databases);
        this.coordinator = coordinator;
        this.address = address;
    }

    /**
     * Creates the tables.
     *
     * @throws SQLException if that fails
     */
    public void createTables() throws SQLException {
        TestDatabase first = databases.get(0);
        first.execute(DecisionTable.named("dbop_decision").create(first.database()));
        for (TestDatabase db : databases) {
            db.execute("CREATE TABLE acct (id INT PRIMARY KEY, v INT NOT NULL)", "INSERT INTO acct VALUES (1, 100)");
        }
    }

    /**
     * Starts the first coordinator.
     *
     * @param with one run of recovery over the databases, no proxy between
     * @param folder where coordinators may leave files behind
     * @throws IOException if no JVM can be started
     */
    public void start(Callable<Look> with, Path folder) throws IOException {
        recovery = with;
        temporary = folder;
        next = CoordinatorProcess.start(coordinator, folder);
    }

    /** Says what was done, and ends the coordinator that was to be next. */
    @Override
    public void close() {
        if (next != null) {
            next.close();
        }
        System.out.printf(
                "%s: %d coordinators killed, %d groups finished by recovery, %.1f s%n",
                databases.stream().map(TestDatabase::database).toList(),
                kills,
                recovered.get(),
                (System.nanoTime() - begun) / 1e9);
    }

    /**
     * Returns the kills.
     *
     * @return each to be given to {@link #survive}
     */
    public List<Kill> kills() {
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

    /**
     * Kills a coordinator and asserts that all or nothing is left of its work.
     *
     * @param kill when
     * @throws Exception if that cannot be tried
     */
    public void survive(Kill kill) throws Exception {
        reset();
        Recoverers recoverers = new Recoverers(kill.recoverers(), this::recover);
        try {
            killed(kill);
            if (kill.recoverers() > 0) {
                await(this::nothingIsPrepared, "nothing is prepared");
            }
        } finally {
            recoverers.stop();
        }
        await(() -> recover().complete(), "recovery is complete");
        assertAllOrNothing(kill.decided());
        kills++;
    }

    private void reset() throws SQLException {
        for (TestDatabase db : databases) {
            db.execute("UPDATE acct SET v = 100");
        }
        databases.get(0).execute("DELETE FROM dbop_decision WHERE base <> '" + GroupId.RESERVED_KEY + "'");
    }

    /** Returns once the coordinator is dead and its sessions are gone. */
    private void killed(Kill kill) throws Exception {
        Map<Integer, FaultProxy> proxies = new TreeMap<>();
        try (CoordinatorProcess process = another()) {
            process.connect(addresses(proxies));
            FaultProxy proxy = Objects.requireNonNull(proxies.get(kill.branch()));
            PlannedFault fault = kill.moment() == Moment.AFTER_REPLY ? null : plan(kill, proxy);
            process.begin();
            if (fault == null) {
                process.awaitReturn();
            } else {
                fault.await();
                awaitOthers(kill);
            }
            Map<TestDatabase, Set<Long>> sessions = sessions();
            process.kill();
            if (fault != null && kill.moment() == Moment.IN_FLIGHT) {
                recover();
                fault.release();
            } else {
                proxy.cutAll();
            }
            await(() -> areGone(sessions), "the sessions of the coordinator are gone");
        } finally {
            proxies.values().forEach(CrashMatrix::end);
        }
    }

    /** Nothing that is held may slip through. */
    private static void end(FaultProxy proxy) {
        proxy.cutAll();
        proxy.close();
    }

    /** The next one is started meanwhile, which takes about as long as a kill. */
    private CoordinatorProcess another() throws IOException {
        CoordinatorProcess started = Objects.requireNonNull(next, "start() comes first");
        next = CoordinatorProcess.start(coordinator, Objects.requireNonNull(temporary));
        return started;
    }

    private List<String> addresses(Map<Integer, FaultProxy> proxies) {
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < databases.size(); i++) {
            TestDatabase db = databases.get(i);
            FaultProxy proxy = db.database() == Database.SQLITE ? null : FaultProxy.to(db);
            if (proxy != null) {
                proxies.put(i, proxy);
            }
            addresses.add(address.apply(db, proxy));
        }
        return addresses;
    }

    private PlannedFault plan(Kill kill, FaultProxy proxy) {
        var message = kill.text(databases.get(kill.branch()).database());
        return kill.moment() == Moment.WITHOUT_REPLY ? proxy.holdAnswer(message) : proxy.holdBack(message);
    }

    /** Branches are prepared, and committed, side by side: lets the others come as far as they can. */
    private void awaitOthers(Kill kill) throws Exception {
        boolean preparing = kill.message() == Message.PREPARE;
        if (!preparing && kill.message() != Message.COMMIT_PREPARED) {
            return;
        }
        for (int i = 1; i < databases.size(); i++) {
            if (i != kill.branch() || kill.moment() == Moment.WITHOUT_REPLY) {
                TestDatabase db = databases.get(i);
                await(() -> db.preparedTransactions().size() == (preparing ? 1 : 0), "the other branches got on");
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

    private Look recover() {
        try {
            Look look = Objects.requireNonNull(recovery, "start() comes first").call();
            recovered.addAndGet((int) look.groups().stream()
                    .filter(group -> group instanceof GroupReport.Committed || group instanceof GroupReport.RolledBack)
                    .count());
            return look;
        } catch (Exception failure) {
            throw new AssertionError("recovery failed", failure);
        }
    }

    private boolean nothingIsPrepared() throws SQLException {
        for (TestDatabase db : databases) {
            if (!db.preparedTransactions().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static void await(Callable<Boolean> condition, String what) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime() - end).as("%s within %s", what, LIMIT).isNegative();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
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
