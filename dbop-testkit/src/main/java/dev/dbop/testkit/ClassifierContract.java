package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.Fault;
import dev.dbop.sql.FaultKind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Says whether a {@link Classifier} is right about the failures of one client, which are provoked on a real database: each
 * gets the verdict of {@link dev.dbop.sql.FaultTable}, in each phase, bare and inside other exceptions. Meant to be
 * extended: a subclass carries {@link RealDatabase}, names the classifier and opens the client.
 */
@Timeout(60)
public abstract class ClassifierContract {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Long enough for a cancel to be heeded: another one is then not to hit what comes behind the statement. */
    private static final Duration AGAIN = Duration.ofMillis(100);

    private final TestDatabase database;
    private final Provocation provocation;

    /**
     * Prepares one test.
     *
     * @param database where everything happens; what {@link RealDatabase} gives
     */
    protected ClassifierContract(TestDatabase database) {
        this.database = database;
        this.provocation = Provocation.of(database);
    }

    /** Represents one session of the client under test, in autocommit mode. It throws what the client throws. */
    public interface Client {
        /**
         * Runs a statement without a result.
         *
         * @param sql the statement, BEGIN and the like included
         * @throws Exception as the client fails
         */
        void execute(String sql) throws Exception;

        /**
         * Runs a query.
         *
         * @param sql the query
         * @return the first column of every row as text
         * @throws Exception as the client fails
         */
        List<String> query(String sql) throws Exception;

        /**
         * Waits until the client has noticed that its session is gone, if it notices before it is used.
         *
         * @throws Exception as the client fails
         */
        default void awaitLoss() throws Exception {}

        /**
         * Closes the session, whatever state it is in.
         *
         * @throws Exception as the client fails; ignored
         */
        void close() throws Exception;
    }

    /**
     * Returns the classifier under test.
     *
     * @return the classifier
     */
    protected abstract Classifier classifier();

    /**
     * Opens a session of the client whose failures are classified.
     *
     * @param proxy what the connection must go through, or null to connect directly
     * @return the session, closed by the suite
     * @throws Exception as the client fails when it cannot connect
     */
    protected abstract Client connect(@Nullable FaultProxy proxy) throws Exception;

    /**
     * Tells what a client's failure on a connection that is gone means for a COMMIT. Most clients do not say whether it was
     * sent.
     *
     * @return {@link Verdict#OUTCOME_UNKNOWN}; {@link Verdict#RETRY_CONNECTION} for a client that notices the loss before it
     *     sends, and says so
     */
    protected Verdict commitOnAKilledSession() {
        return Verdict.OUTCOME_UNKNOWN;
    }

    @BeforeEach
    final void prepareTables() throws SQLException {
        provocation.prepareTables();
    }

    @AfterEach
    final void closeRivals() throws SQLException {
        provocation.close();
    }

    /** What is done with a session until it fails. */
    private interface Trouble {
        void with(Client client) throws Exception;
    }

    private Throwable failureOf(Trouble trouble) throws Exception {
        Client client = connect(null);
        Throwable failure = catchThrowable(() -> trouble.with(client));
        if (catchThrowable(client::close) instanceof Error error) {
            throw error;
        }
        return assertThat(failure).as("nothing failed").isNotNull().actual();
    }

    @Test
    void givesUpOnAUniqueViolation() throws Exception {
        assertByTable(failureOf(client -> client.execute("insert into counter values (1, 0)")), FaultKind.CONSTRAINT);
    }

    @Test
    void givesUpOnASyntaxError() throws Exception {
        assertByTable(failureOf(client -> client.execute("updat counter set v = 1")), FaultKind.INVALID);
    }

    @Test
    void retriesADeadlock() throws Exception {
        Assumptions.assumeTrue(provocation.locksRows(), () -> database.database() + " knows no deadlocks, only BUSY");
        assertByTable(
                failureOf(client -> {
                    client.execute("begin");
                    provocation.deadlock(new Provocation.Sql() {
                        @Override
                        public void execute(String sql) throws Exception {
                            client.execute(sql);
                        }

                        @Override
                        public List<String> query(String sql) throws Exception {
                            return client.query(sql);
                        }
                    });
                }),
                FaultKind.DEADLOCK);
    }

    @Test
    void retriesALockTimeout() throws Exception {
        provocation.holderOf(3);
        assertByTable(
                failureOf(client -> {
                    client.execute(provocation.setLockTimeout());
                    client.execute("update counter set v = v + 1 where id = 3");
                }),
                FaultKind.LOCK_TIMEOUT);
    }

    @Test
    void retriesAStatementTimeout() throws Exception {
        String limit = provocation.setStatementTimeout();
        Assumptions.assumeTrue(limit != null, () -> database.database() + " has no statement timeout");
        assertByTable(
                failureOf(client -> {
                    client.execute(String.valueOf(limit));
                    client.query(provocation.slow());
                }),
                FaultKind.STATEMENT_TIMEOUT);
    }

    @Test
    void givesUpWhenAHumanCancelled() throws Exception {
        needsServer();
        assertByTable(
                failureOf(client -> {
                    long session = sessionOf(client);
                    provocation.beside(() -> {
                        Poll.until(LIMIT, () -> runsSlowly(session), () -> "the statement did not begin");
                        Poll.until(LIMIT, AGAIN, () -> cancelled(session), () -> "the statement did not end");
                    });
                    client.query(provocation.slow());
                }),
                FaultKind.CANCELLED);
    }

    @Test
    void retriesAKilledSessionUnlessItCommitted() throws Exception {
        needsServer();
        Throwable failure = failureOf(client -> {
            long session = sessionOf(client);
            database.kill(session);
            Poll.until(LIMIT, () -> !isThere(session), () -> "the session did not end");
            client.awaitLoss();
            client.execute("update counter set v = v + 1 where id = 1");
        });

        assertVerdict(failure, Phase.OPERATION, Verdict.RETRY_CONNECTION);
        assertVerdict(failure, Phase.COMMIT, commitOnAKilledSession());
    }

    @Test
    void retriesARefusedConnection() throws Exception {
        needsServer();
        try (FaultProxy proxy = FaultProxy.to(database)) {
            proxy.refuseNewConnections();
            Throwable failure = catchThrowable(() -> {
                Client client = connect(proxy);
                client.query("select 1");
            });

            assertThat(failure).isNotNull();
            assertVerdict(failure, Phase.OPEN, Verdict.RETRY_CONNECTION);
        }
    }

    @Test
    void letsNoLaterErrorMaskTheFirst() throws Exception {
        Assumptions.assumeTrue(
                provocation.locksRows() && !provocation.dropsSavepoints(),
                () -> database.database() + " goes on after an error");
        provocation.holderOf(3);
        Throwable follower = failureOf(client -> {
            client.execute(provocation.setLockTimeout());
            client.execute("begin");
            assertThat(catchThrowable(() -> client.execute("update counter set v = v + 1 where id = 3")))
                    .isNotNull();
            client.execute("update counter set v = v + 1 where id = 1");
        });

        Assumptions.assumeTrue(follower.getCause() != null, "the client does not keep the first failure");
        assertByTable(follower, FaultKind.LOCK_TIMEOUT);
    }

    @Test
    void hasNoRetryForWhatItDoesNotKnow() {
        Throwable unknown = new IllegalArgumentException("a business rule");

        assertThat(classifier().classify(unknown, Phase.OPERATION)).isIn(null, Verdict.GIVE_UP);
        assertThat(classifier().classify(unknown, Phase.COMMIT))
                .as("nothing proves that the COMMIT did not happen")
                .isIn(null, Verdict.OUTCOME_UNKNOWN);
    }

    /** Asserts that a real failure gets the verdict of its row in the table. */
    private void assertByTable(Throwable failure, FaultKind kind) {
        Optional<Fault> row = Optional.ofNullable(database.database().faults().find(provocation.error(kind)));
        row.ifPresent(fault -> assertThat(fault.kind()).isEqualTo(kind));
        for (Phase phase : List.of(Phase.OPERATION, Phase.COMMIT)) {
            Verdict expected = row.map(fault -> fault.verdict(phase)).orElse(Verdict.GIVE_UP);
            assertVerdict(failure, phase, expected);
        }
    }

    /** Asserts a verdict for a failure as it is, as a cause three deep, and in the ways of JDBC. */
    private void assertVerdict(Throwable failure, Phase phase, Verdict expected) {
        assertThat(classifier().classify(failure, phase))
                .as("%s in %s", failure, phase)
                .isEqualTo(expected);
        Throwable wrapped = new RuntimeException(new IllegalStateException(new Exception(failure)));
        assertThat(classifier().classify(wrapped, phase))
                .as("three deep: %s", failure)
                .isEqualTo(expected);
        if (failure instanceof SQLException own) {
            SQLException batch = new SQLException("a batch failed");
            batch.setNextException(own);
            assertThat(classifier().classify(batch, phase))
                    .as("next: %s", failure)
                    .isEqualTo(expected);
            SQLException silent = new SQLException("it failed");
            silent.addSuppressed(own);
            assertThat(classifier().classify(silent, phase))
                    .as("suppressed: %s", failure)
                    .isEqualTo(expected);
        }
    }

    private void needsServer() {
        Assumptions.assumeTrue(provocation.sessionId() != null, () -> database.database() + " has no sessions to ask");
    }

    private long sessionOf(Client client) throws Exception {
        return Long.parseLong(
                client.query(String.valueOf(provocation.sessionId())).get(0));
    }

    private boolean isThere(long session) throws SQLException {
        return database.sessions().stream().anyMatch(other -> other.id() == session);
    }

    private boolean runsSlowly(long session) throws SQLException {
        return database.sessions().stream().anyMatch(other -> other.id() == session && provocation.isSlow(other));
    }

    /** Cancels the statement unless it has ended: PostgreSQL drops a cancel between parsing and running one. */
    private boolean cancelled(long session) throws SQLException {
        boolean runs = runsSlowly(session);
        if (runs) {
            database.cancel(session);
        }
        return !runs;
    }
}
