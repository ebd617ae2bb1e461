package dev.dbop.benchmarks.overhead;

import dev.dbop.DbopRunner;
import dev.dbop.RunEvent;
import dev.dbop.RunListener;
import dev.dbop.benchmarks.peers.AsyncPeers;
import dev.dbop.benchmarks.peers.Contended;
import dev.dbop.benchmarks.peers.DbopPeer;
import dev.dbop.benchmarks.peers.Pace;
import dev.dbop.benchmarks.peers.Peers;
import dev.dbop.benchmarks.peers.Policy;
import dev.dbop.benchmarks.peers.SqlWork;
import dev.dbop.benchmarks.peers.Transactions;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.observe.MicrometerListener;
import dev.dbop.observe.OpenTelemetryListener;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** The calls that are measured, by scenario and contender. */
final class Calls {
    static final String UNWANTED = "dbop+unwanted listener";
    static final String LISTENER = "dbop+listener";
    static final String MICROMETER = "dbop+micrometer";
    static final String OPEN_TELEMETRY = "dbop+opentelemetry";

    private static final Policy POLICY = new Policy(4, Pace.NONE, Contended::is);

    private Calls() {}

    /** What is done around an operation that costs nothing. */
    enum Scenario {
        HAPPY,
        TWO_FAILURES,
        STEP,
        STEP_TWO_FAILURES,
        TX,
        TX_STATEMENT,
        TX_TWO_FAILURES,
        ASYNC,
        ASYNC_TWO_FAILURES;

        private boolean fails() {
            return name().endsWith("TWO_FAILURES");
        }

        List<String> contenders() {
            List<String> names = new ArrayList<>();
            switch (this) {
                case HAPPY, TWO_FAILURES -> {
                    names.addAll(Peers.NAMES);
                    names.addAll(List.of(UNWANTED, LISTENER, MICROMETER, OPEN_TELEMETRY));
                }
                case STEP, STEP_TWO_FAILURES -> names.addAll(Peers.NAMES);
                case TX, TX_STATEMENT, TX_TWO_FAILURES -> names.addAll(Transactions.names());
                case ASYNC -> names.addAll(AsyncPeers.NAMES);
                case ASYNC_TWO_FAILURES -> names.addAll(AsyncPeers.NAMES.subList(1, AsyncPeers.NAMES.size()));
            }
            return names;
        }
    }

    /** A failure without a stack trace, so that the retry is measured and not the trace. */
    private static final class Conflict extends SQLException {
        private static final long serialVersionUID = 1;

        Conflict() {
            super("conflict", "40001");
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it changes nothing
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    /** The operation: counts, and fails twice of three times where it has to. Its results are boxed already. */
    private static final class Operation {
        private static final int BOXED = 63;

        private final boolean fails;
        private int calls;

        Operation(boolean fails) {
            this.fails = fails;
        }

        int run() throws SQLException {
            if (++calls % 3 != 0 && fails) {
                throw new Conflict();
            }
            return calls & BOXED;
        }

        CompletionStage<Integer> start() {
            return ++calls % 3 != 0 && fails
                    ? CompletableFuture.failedFuture(new Conflict())
                    : CompletableFuture.completedFuture(calls & BOXED);
        }
    }

    static Callable<Integer> of(Scenario scenario, String contender) throws SQLException {
        Operation operation = new Operation(scenario.fails());
        return switch (scenario) {
            case HAPPY, TWO_FAILURES -> plain(contender, operation);
            case STEP, STEP_TWO_FAILURES -> step(contender, operation);
            case TX, TX_TWO_FAILURES -> transaction(contender, connection -> operation.run());
            case TX_STATEMENT -> transaction(contender, connection -> statement(connection, operation));
            case ASYNC, ASYNC_TWO_FAILURES -> {
                Supplier<CompletionStage<Integer>> call =
                        AsyncPeers.decorate(contender, POLICY, AsyncPeers.timers(), operation::start);
                yield () -> call.get().toCompletableFuture().join();
            }
        };
    }

    private static Callable<Integer> plain(String contender, Operation operation) {
        return switch (contender) {
            case UNWANTED -> new DbopPeer(POLICY, new Unwanted()).decorate(operation::run);
            case LISTENER -> new DbopPeer(POLICY, new Wanted()).decorate(operation::run);
            case MICROMETER ->
                new DbopPeer(POLICY, MicrometerListener.of(new SimpleMeterRegistry())).decorate(operation::run);
            case OPEN_TELEMETRY -> new DbopPeer(POLICY, OpenTelemetryListener.of(spans())).decorate(operation::run);
            default -> Peers.of(contender, POLICY).decorate(operation::run);
        };
    }

    /** Records spans, and gives them to nobody. */
    private static OpenTelemetry spans() {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder().build())
                .build();
    }

    private static int statement(Connection connection, Operation operation) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("UPDATE acct SET v = v + 1 WHERE id = 1") + operation.run();
        }
    }

    private static DbopRunner dbop() {
        return DbopRunner.create().listeners().policy(POLICY.forDbop().build());
    }

    private static Callable<Integer> transaction(String contender, SqlWork<Integer> work) {
        DataSource source = StubDatabase.make();
        if (!contender.equals(Peers.DBOP)) {
            return Transactions.decorate(contender, source, POLICY, work);
        }
        DbopRunner runner = dbop();
        var scope = JdbcScope.transaction(source);
        dev.dbop.Operation<Connection, Integer, SQLException> operation = work::run;
        return () -> runner.<Connection, Integer, SQLException>call(scope, operation);
    }

    private static Callable<Integer> step(String contender, Operation operation) throws SQLException {
        Connection connection = StubDatabase.make().getConnection();
        connection.setAutoCommit(false);
        if (!contender.equals(Peers.DBOP)) {
            return Peers.of(contender, POLICY).decorate(() -> stepByHand(connection, operation));
        }
        DbopRunner runner = dbop();
        return () -> runner.<Connection, Integer, SQLException>call(
                JdbcScope.savepoint(connection), step -> operation.run());
    }

    private static int stepByHand(Connection connection, Operation operation) throws SQLException {
        Savepoint savepoint = connection.setSavepoint();
        try {
            int result = operation.run();
            connection.releaseSavepoint(savepoint);
            return result;
        } catch (SQLException failure) {
            connection.rollback(savepoint);
            throw failure;
        }
    }

    /** Is there, and wants to hear nothing. */
    private static final class Unwanted implements RunListener {
        @Override
        public void on(RunEvent event) {}

        @Override
        public boolean wants(Class<? extends RunEvent> type) {
            return false;
        }
    }

    /** Hears everything. */
    private static final class Wanted implements RunListener {
        private int heard;

        @Override
        public void on(RunEvent event) {
            heard += event.attempt();
        }

        @Override
        public String toString() {
            return "heard " + heard;
        }
    }
}
