package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.testkit.ClassifierContract;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@link VertxClassifier} under the contract; a subclass names the database. */
abstract class VertxClassifierContract extends ClassifierContract {
    private final TestDatabase database;

    VertxClassifierContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    @Override
    protected Classifier classifier() {
        return VertxClassifier.of(database.database());
    }

    @Override
    protected Client connect(@Nullable FaultProxy proxy) {
        return new VertxClient(Clients.await(Clients.connect(database, proxy)));
    }

    @Test
    void retriesWhatOurOwnLimitHasStoppedAlsoInsideAnotherFailure() {
        Throwable limit = new StatementTimeout(Duration.ofSeconds(1), new IllegalStateException("stopped"));
        for (Throwable failure : List.of(limit, new IllegalStateException(limit))) {
            assertThat(classifier().classify(failure, Phase.OPERATION)).isEqualTo(Verdict.RETRY_SAVEPOINT);
            assertThat(classifier().classify(failure, Phase.COMMIT)).isEqualTo(Verdict.RETRY_TRANSACTION);
        }
    }

    /** The client notices that the connection is gone and sends nothing: even a COMMIT did not happen. */
    @Override
    protected Verdict commitOnAKilledSession() {
        return Verdict.RETRY_CONNECTION;
    }

    @Test
    void leavesUnknownWhatWasSentAndNeverAnswered() {
        try (FaultProxy proxy = FaultProxy.to(database)) {
            SqlConnection connection = Clients.await(Clients.connect(database, proxy));
            proxy.cutAfterForwarding(FaultProxy.commit());

            Throwable failure = catchThrowable(
                    () -> Clients.await(connection.query("COMMIT").execute()));

            assertVerdicts(failure, Verdict.RETRY_CONNECTION, Verdict.OUTCOME_UNKNOWN);
        }
    }

    private void assertVerdicts(Throwable failure, Verdict inOperation, Verdict inCommit) {
        for (Throwable each : List.of(failure, new IllegalStateException(new IllegalStateException(failure)))) {
            assertThat(classifier().classify(each, Phase.OPERATION)).isEqualTo(inOperation);
            assertThat(classifier().classify(each, Phase.COMMIT)).isEqualTo(inCommit);
        }
    }

    private static final class VertxClient implements Client {
        private final SqlConnection connection;
        private final CompletableFuture<Void> lost = new CompletableFuture<>();

        VertxClient(SqlConnection connection) {
            this.connection = connection;
            connection.exceptionHandler(fatal -> {});
            connection.closeHandler(lost::complete);
        }

        @Override
        public void awaitLoss() throws Exception {
            lost.get(10, TimeUnit.SECONDS);
        }

        @Override
        public void execute(String sql) {
            Clients.await(connection.query(sql).execute());
        }

        @Override
        public List<String> query(String sql) {
            return Clients.column(Clients.await(connection.query(sql).execute()));
        }

        @Override
        public void close() {
            Clients.await(connection.close());
        }
    }
}
