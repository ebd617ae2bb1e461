package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** What waits goes first, once, and not at all where nothing comes after it. */
@RealDatabase(value = Database.POSTGRESQL, driver = ClientDriver.OWN)
class PostgreSqlRidingPrologueTest {
    private static final String ADD = "UPDATE wait SET v = v + 1 WHERE id = 1";

    private final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create()
            .named("riding")
            .listeners()
            .policy(RetryPolicy.builder()
                    .maxRetries(1)
                    .initialDelay(Duration.ofMillis(1))
                    .build());
    private final DbopRunner limited =
            runner.lockTimeout(Duration.ofSeconds(5)).statementTimeout(Duration.ofSeconds(20));
    private FaultProxy proxy;
    private Connection own;

    PostgreSqlRidingPrologueTest(TestDatabase db) {
        this.db = db;
        this.proxy = FaultProxy.to(db);
        this.own = open();
    }

    private Connection open() {
        try {
            return DriverManager.getConnection(db.url(proxy.port()));
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS wait", "CREATE TABLE wait (id INT PRIMARY KEY, v INT)");
        db.execute("INSERT INTO wait VALUES (1, 0), (2, 0)");
        limited.run(riding(), c -> PlainSql.execute(c, "SELECT 1"));
        proxy.delay(Duration.ofMillis(5));
    }

    @AfterEach
    void close() throws SQLException {
        own.close();
        proxy.close();
    }

    private AttemptScope<Connection, SQLException> riding() {
        return JdbcScope.ridingPrologue(JdbcScope.transaction(own));
    }

    private static AttemptScope<Connection, SQLException> step(Connection tx) {
        return JdbcScope.ridingPrologue(JdbcScope.savepoint(tx));
    }

    private int value() throws SQLException {
        return (int) db.number("SELECT v FROM wait WHERE id = 1");
    }

    /** Fails, the first time, in its first statement, so that the attempt is retried. */
    private static void failsOnce(Connection c, boolean[] failed) throws SQLException {
        if (!failed[0]) {
            failed[0] = true;
            PlainSql.execute(c, "SELECT wait_fails()");
        }
        PlainSql.execute(c, ADD);
    }

    private void createFailing() throws SQLException {
        db.execute("CREATE OR REPLACE FUNCTION wait_fails() RETURNS INT LANGUAGE plpgsql AS"
                + " $$ BEGIN RAISE EXCEPTION 'as if' USING ERRCODE = '55P03'; END $$");
    }

    @Test
    void aTransactionThatFailsOnceTakesFourRoundTripsInsteadOfSix() throws SQLException {
        createFailing();
        assertThat(failingTransaction(JdbcScope.transaction(own))).isEqualTo(6);
        assertThat(failingTransaction(riding())).isEqualTo(4);
        assertThat(value()).isEqualTo(2);
    }

    private int failingTransaction(AttemptScope<Connection, SQLException> scope) throws SQLException {
        boolean[] failed = {false};
        proxy.resetRoundTrips();
        limited.run(scope, c -> failsOnce(c, failed));
        return proxy.roundTrips();
    }

    @Test
    void aStepThatFailsOnceTakesFourRoundTripsInsteadOfSix() throws SQLException {
        createFailing();
        assertThat(failingStep(JdbcScope::savepoint)).isEqualTo(6);
        assertThat(failingStep(PostgreSqlRidingPrologueTest::step)).isEqualTo(4);
        assertThat(value()).isEqualTo(4);
    }

    private int failingStep(Function<Connection, AttemptScope<Connection, SQLException>> scope) throws SQLException {
        boolean[] failed = {false};
        return runner.call(riding(), tx -> {
            PlainSql.execute(tx, ADD);
            proxy.resetRoundTrips();
            limited.run(scope.apply(tx), c -> failsOnce(c, failed));
            return proxy.roundTrips();
        });
    }

    @Test
    void theTransactionsNumberRidesAndIsKnownToTheProbe() throws SQLException {
        try (Connection one = open()) {
            List<Connection> pool = new ArrayList<>(List.of(one));
            var scope = JdbcScope.ridingPrologue(JdbcScope.transaction(
                    new ConnectionSource() {
                        @Override
                        public Connection acquire() throws SQLException {
                            return pool.isEmpty() ? db.connect() : pool.remove(0);
                        }

                        @Override
                        public void release(Connection connection) {
                            pool.add(connection);
                        }

                        @Override
                        public Object identity() {
                            return db;
                        }
                    },
                    JdbcCommitProbe.pgXactStatus()));
            for (int i = 0; i < 12; i++) {
                proxy.resetRoundTrips();
                limited.run(scope, c -> {
                    try (PreparedStatement s = c.prepareStatement("UPDATE wait SET v = v + ? WHERE id = ?")) {
                        s.setInt(1, 1);
                        s.setInt(2, 1);
                        assertThat(s.executeUpdate()).isEqualTo(1);
                    }
                });
                assertThat(proxy.roundTrips()).isEqualTo(2);
            }
        }
        assertThat(value()).isEqualTo(12);
    }

    @Test
    void anOperationWithoutStatementsSendsNothing() throws SQLException {
        proxy.resetRoundTrips();
        limited.run(JdbcScope.transaction(own), c -> {});
        assertThat(proxy.roundTrips()).isEqualTo(2);
        proxy.resetRoundTrips();
        limited.run(riding(), c -> {
            assertThat(c.isClosed()).isFalse();
            c.prepareStatement(ADD).close();
        });
        assertThatThrownBy(() -> limited.run(riding(), c -> {
                    throw new IllegalArgumentException("before anything was sent");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoSuppressedExceptions();
        assertThat(proxy.roundTrips()).isZero();
        assertThat(own.getAutoCommit()).isTrue();
    }

    @Test
    void aStepThatBeginsHasTheTransactionBegun() throws SQLException {
        proxy.resetRoundTrips();
        limited.run(
                riding(),
                tx -> limited.run(
                        JdbcScope.ridingPrologue(JdbcScope.join(tx)),
                        c -> assertThat(c.isClosed()).isFalse()));
        assertThat(proxy.roundTrips()).isEqualTo(2);
    }

    @Test
    void aStatementOfTheOuterOperationGoesAfterTheStepsSavepoint() throws SQLException {
        runner.run(riding(), tx -> {
            PlainSql.execute(tx, "SELECT 1");
            assertThatThrownBy(() -> limited.run(step(tx), c -> {
                        PlainSql.execute(tx, ADD);
                        throw new IllegalArgumentException("undo");
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasNoSuppressedExceptions();
        });
        assertThat(value()).isZero();
    }

    @Test
    void aDriversConnectionThatWasUnwrappedBeforeSeesTheSavepointToo() throws SQLException {
        runner.run(riding(), tx -> {
            Connection raw = (Connection) tx.unwrap(PGConnection.class);
            assertThatThrownBy(() -> limited.run(step(tx), c -> {
                        PlainSql.execute(raw, ADD);
                        throw new IllegalArgumentException("undo");
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
        });
        assertThat(value()).isZero();
    }

    @Test
    void aStatementThatRanPastTheAttemptIsNoSuccess() throws SQLException {
        assertThatThrownBy(() -> limited.run(riding(), c -> PlainSql.execute(own, ADD)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("all statements have to run on that one");
        assertThatThrownBy(() -> limited.run(riding(), c -> {
                    PlainSql.execute(own, ADD);
                    PlainSql.execute(c, ADD);
                }))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("all statements have to run on that one");
        assertThat(value()).isZero();
    }

    @Test
    void aStepInATransactionThatHasFailedUnnoticedFailsInItsFirstStatement() {
        assertThatThrownBy(() -> runner.run(riding(), tx -> {
                    RidingCases.caught(() -> PlainSql.execute(tx, "SELECT nothing"), new ArrayList<>());
                    limited.run(step(tx), c -> PlainSql.execute(c, ADD));
                }))
                .isInstanceOf(SQLException.class)
                .hasStackTraceContaining("\"nothing\" does not exist");
    }

    @Test
    void noThreadOvertakesThePrologue() throws SQLException {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int i = 0; i < 20; i++) {
                limited.run(
                        riding(),
                        tx -> assertThatThrownBy(() -> limited.run(step(tx), c -> {
                                    addInEach(threads, c);
                                    throw new IllegalArgumentException("undo");
                                }))
                                .hasNoSuppressedExceptions());
            }
        } finally {
            threads.shutdown();
        }
        assertThat(value()).isZero();
    }

    private static void addInEach(ExecutorService threads, Connection c) {
        CompletableFuture<?>[] all = new CompletableFuture<?>[4];
        for (int j = 0; j < all.length; j++) {
            all[j] = CompletableFuture.runAsync(
                    () -> RidingCases.caught(() -> PlainSql.execute(c, ADD), new ArrayList<>()), threads);
        }
        CompletableFuture.allOf(all).join();
    }

    @Test
    void onlyWhatBeginsSomethingHasAPrologue() {
        assertThatThrownBy(() -> JdbcScope.ridingPrologue(JdbcScope.autocommit(own)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("autocommit");
    }

    @Test
    void whatAnEndedAttemptNeverSentReachesNoLaterOne() throws SQLException {
        List<String> limits = runner.call(JdbcScope.autocommit(own), ac -> {
            assertThatThrownBy(() -> limited.readOnly().run(JdbcScope.ridingPrologue(JdbcScope.transaction(ac)), tx -> {
                        throw new IllegalStateException("before any statement");
                    }))
                    .isInstanceOf(IllegalStateException.class);
            return runner.call(JdbcScope.transaction(ac), tx -> {
                PlainSql.execute(tx, ADD);
                return PlainSql.query(tx, "SHOW lock_timeout");
            });
        });

        assertThat(limits).containsExactly("0");
        assertThat(value()).isEqualTo(1);
    }

    @Test
    void aLargeObjectTakenBeforeAStepIsUndoneWithTheStep() throws SQLException {
        db.execute("DROP TABLE IF EXISTS large", "CREATE TABLE large (o OID)");
        db.execute("INSERT INTO large VALUES (lo_from_bytea(0, 'before'))");

        runner.run(riding(), tx -> {
            Blob large = firstOf(tx, "SELECT o FROM large");
            assertThatThrownBy(() -> runner.run(step(tx), c -> {
                        large.setBytes(1, "AFTER!".getBytes(StandardCharsets.US_ASCII));
                        throw new IllegalStateException("undo it");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        });

        assertThat(db.query("SELECT convert_from(lo_get(o), 'UTF8') FROM large"))
                .containsExactly("before");
    }

    private static Blob firstOf(Connection tx, String sql) throws SQLException {
        try (Statement statement = tx.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getBlob(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 'abc", "SELECT 1 /* abc", "SELECT \"abc", "SELECT $a$ abc"})
    void aTextThatTheDriverRefusesCostsTheStepOnly(String unfinished) throws SQLException {
        runner.run(riding(), tx -> {
            PlainSql.execute(tx, ADD);
            runner.run(
                    step(tx),
                    c -> assertThatThrownBy(() -> PlainSql.execute(c, unfinished))
                            .isInstanceOf(SQLException.class)
                            .hasMessageNotContaining("SAVEPOINT"));
            PlainSql.execute(tx, ADD);
        });

        assertThat(value()).isEqualTo(2);
    }

    @Test
    void aQueryRunAsAnUpdateIsStoppedWhereItWouldBe() throws SQLException {
        db.execute("DROP SEQUENCE IF EXISTS drawn", "CREATE SEQUENCE drawn");

        assertThatThrownBy(() -> runner.run(riding(), tx -> {
                    try (Statement statement = tx.createStatement()) {
                        statement.executeUpdate("SELECT nextval('drawn') FROM generate_series(1, 100)");
                    }
                }))
                .isInstanceOf(SQLException.class);

        assertThat(db.number("SELECT last_value FROM drawn")).isEqualTo(1);
    }
}
