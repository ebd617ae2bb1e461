package dev.dbop.examples.demo;

import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.ServerSession;
import dev.dbop.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What real life does to a database's clients: in turn, a session is killed, and a connection is cut when the server has
 * committed and its answer is on the way. Nothing of this on SQLite, where clients only contend.
 */
final class Troubles implements AutoCloseable {
    private static final Duration PACE = Duration.ofMillis(200);

    private final TestDatabase database;
    private final Tally tally;
    private final SplittableRandom random;
    private final @Nullable FaultProxy proxy;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Future<?> running;

    Troubles(TestDatabase database, Tally tally, long seed) {
        this.database = database;
        this.tally = tally;
        this.random = new SplittableRandom(seed);
        this.proxy = database.database() == Database.SQLITE ? null : FaultProxy.to(database);
    }

    /** Where clients connect to. */
    String url() {
        if (proxy == null) {
            return database.url();
        }
        String url = database.url(proxy.port());
        // PostgreSQL's driver would send a COMMIT it has prepared by its name, and the proxy not recognise it.
        return database.database() == Database.POSTGRESQL ? url + "&prepareThreshold=0" : url;
    }

    void begin() {
        FaultProxy before = proxy;
        if (before != null) {
            running = thread.submit(() -> {
                make(before);
                return null;
            });
        }
    }

    /** No further trouble from here on; throws if there could be none at all. */
    void end() throws InterruptedException {
        ended.countDown();
        Future<?> maker = running;
        try {
            if (maker != null) {
                maker.get();
            }
        } catch (ExecutionException failure) {
            throw new IllegalStateException(
                    "sessions could not be killed: the demo needs a user who may list and end sessions",
                    failure.getCause());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        if (proxy != null) {
            proxy.close();
        }
    }

    private void make(FaultProxy before) throws SQLException, InterruptedException {
        PlannedFault cut = null;
        for (int turn = 0; !ended.await(PACE.toMillis(), TimeUnit.MILLISECONDS); turn++) {
            if (turn % 2 == 0) {
                kill();
            } else if (cut == null || cut.hasHappened()) {
                cut = before.cutAfterForwarding(Troubles::isCommit);
                tally.cut();
            }
        }
        before.heal();
    }

    private void kill() throws SQLException {
        List<ServerSession> busy = database.sessions().stream()
                .filter(session -> session.state() != ServerSession.State.IDLE)
                .toList();
        if (!busy.isEmpty()) {
            database.kill(busy.get(random.nextInt(busy.size())).id());
            tally.killed();
        }
    }

    private static boolean isCommit(byte[] sent) {
        String text = new String(sent, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        return text.replace("autocommit", "").contains("commit");
    }
}
