package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Runs small test classes on the real engine and looks at their results. */
final class RealDatabaseTest {

    /** What a small test class leaves open, to be closed by the test that runs it. */
    private static final List<Connection> LEFT_OPEN = new ArrayList<>();

    private static final List<String> SEEN = new ArrayList<>();

    @BeforeAll
    static void hurry() {
        System.setProperty("dbop.test.leakGraceMillis", "5000");
    }

    @AfterAll
    static void takeTime() {
        System.clearProperty("dbop.test.leakGraceMillis");
    }

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                LeavesPostgreSqlSession.class,
                LeavesMySqlSession.class,
                LeavesMariaDbSession.class,
                LeavesSqliteSession.class
            })
    void failsATestThatLeavesASessionAndSparesTheNext(Class<?> type) throws SQLException {
        Events tests = run(type);
        closeLeftOpen();

        tests.assertStatistics(statistics -> statistics.succeeded(1).failed(1));
        tests.assertThatEvents()
                .haveExactly(
                        1,
                        event(
                                finishedWithFailure(
                                        instanceOf(AssertionError.class),
                                        message(
                                                text -> text.matches(
                                                        "the test left behind: session \\d+ of \\w+ dbop_\\w+, (IDLE|IN_TRANSACTION), .*")))));
    }

    @ParameterizedTest
    @ValueSource(classes = {PreparesOnPostgreSql.class, PreparesOnMySql.class, PreparesOnMariaDb.class})
    void failsATestThatLeavesAPreparedTransactionAndSparesTheNext(Class<?> type) throws SQLException {
        Events tests = run(type);
        closeLeftOpen();

        tests.assertStatistics(statistics -> statistics.succeeded(1).failed(1));
        tests.assertThatEvents()
                .haveExactly(1, event(finishedWithFailure(message(text -> text.contains("prepared transaction ")))));
    }

    @Test
    void failsATestThatLeavesALockOnASqliteFileByAConnectionOfItsOwn() throws SQLException {
        Events tests = run(LocksSqliteFile.class);
        closeLeftOpen();

        tests.assertThatEvents()
                .haveExactly(1, event(finishedWithFailure(message(text -> text.contains("IN_TRANSACTION")))));
    }

    @Test
    void failsATestThatLeavesTheInterruptFlagSetAndClearsIt() {
        run(Interrupts.class)
                .assertStatistics(statistics -> statistics.failed(1))
                .assertThatEvents()
                .haveExactly(1, event(finishedWithFailure(message(text -> text.contains("interrupt flag")))));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void allowsAPoolOfTheClassItsIdleSessionsButNoOpenTransaction() throws SQLException {
        Events tests = run(KeepsAPool.class);
        closeLeftOpen();

        tests.assertStatistics(statistics -> statistics.succeeded(1).failed(1));
        tests.assertThatEvents()
                .haveExactly(1, event(finishedWithFailure(message(text -> text.contains("IN_TRANSACTION")))));
    }

    @Test
    void givesNestedClassesTheDatabaseOfTheOuterAndParametersTheirOwn() {
        run(Wiring.class).assertStatistics(statistics -> statistics.succeeded(3).failed(0));

        assertThat(SEEN).hasSize(4);
        assertThat(SEEN.stream().filter(seen -> seen.startsWith("POSTGRESQL")).distinct())
                .hasSize(1);
        assertThat(SEEN.stream().filter(seen -> seen.startsWith("SQLITE")).distinct())
                .hasSize(1);
    }

    @Test
    void dropsTheDatabaseAfterTheClass() throws SQLException {
        run(Wiring.class);

        String name = SEEN.stream()
                .filter(seen -> seen.startsWith("POSTGRESQL"))
                .findFirst()
                .orElseThrow()
                .split(" ", -1)[1];
        long left = TestServers.shared(Database.POSTGRESQL)
                .watch(monitor -> Dialect.query(
                                monitor,
                                row -> row.getLong(1),
                                "select count(*) from pg_database where datname = ?",
                                name)
                        .get(0));
        assertThat(left).isZero();
    }

    @ParameterizedTest
    @ValueSource(classes = {WantsTiDb.class, WantsTiDbAsParameter.class})
    void skipsATestWhoseDatabaseCannotBeHad(Class<?> type) {
        System.setProperty("dbop.test.requireAll", "false");
        try {
            EngineExecutionResults results = execute(type);

            assertThat(results.allEvents().skipped().stream()).hasSize(1);
            results.testEvents()
                    .assertStatistics(statistics -> statistics.started(0).failed(0));
        } finally {
            System.clearProperty("dbop.test.requireAll");
        }
    }

    @Test
    void failsATestWhoseDatabaseCannotBeHadWhereAllAreRequired() {
        System.setProperty("dbop.test.requireAll", "true");
        try {
            run(WantsTiDb.class)
                    .assertStatistics(statistics -> statistics.failed(1))
                    .assertThatEvents()
                    .haveExactly(1, event(finishedWithFailure(message(text -> text.contains("-Ddbop.test.tidb.url")))));
        } finally {
            System.clearProperty("dbop.test.requireAll");
        }
    }

    private static Events run(Class<?> type) {
        return execute(type).testEvents();
    }

    private static EngineExecutionResults execute(Class<?> type) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(type))
                .execute();
    }

    private static void closeLeftOpen() throws SQLException {
        for (Connection connection : LEFT_OPEN) {
            connection.close();
        }
        LEFT_OPEN.clear();
    }

    /** The first test leaks, the second does not and must not suffer. */
    @TestMethodOrder(MethodOrderer.MethodName.class)
    abstract static class LeavesSession {

        @Test
        @SuppressWarnings("resource") // the leak
        void firstLeaves(TestDatabase database) throws SQLException {
            database.execute("create table t (id int)");
            Connection connection = database.connect();
            LEFT_OPEN.add(connection);
            Dialect.execute(connection, "begin", "insert into t values (1)");
        }

        @Test
        void secondDoesNot(TestDatabase database) throws SQLException {
            try (Connection connection = database.connect()) {
                Dialect.execute(connection, "begin", "insert into t values (1)", "commit");
            }
        }
    }

    @RealDatabase(Database.POSTGRESQL)
    static final class LeavesPostgreSqlSession extends LeavesSession {}

    @RealDatabase(Database.MYSQL)
    static final class LeavesMySqlSession extends LeavesSession {}

    @RealDatabase(Database.MARIADB)
    static final class LeavesMariaDbSession extends LeavesSession {}

    @RealDatabase(Database.SQLITE)
    static final class LeavesSqliteSession extends LeavesSession {}

    /** The first leaves a prepared transaction and the session that prepared it. */
    @TestMethodOrder(MethodOrderer.MethodName.class)
    abstract static class Prepares {

        @Test
        @SuppressWarnings("resource") // the leak
        void firstLeaves(TestDatabase database) throws SQLException {
            database.execute("create table account (id int, balance int)", "insert into account values (1, 1)");
            Connection connection = database.connect();
            LEFT_OPEN.add(connection);
            Dialect.execute(connection, ServerDatabaseContract.prepare(database, "left"));
        }

        @Test
        void secondDoesNot(TestDatabase database) throws SQLException {
            assertThat(database.preparedTransactions()).isEmpty();
        }
    }

    @RealDatabase(Database.POSTGRESQL)
    static final class PreparesOnPostgreSql extends Prepares {}

    @RealDatabase(Database.MYSQL)
    static final class PreparesOnMySql extends Prepares {}

    @RealDatabase(Database.MARIADB)
    static final class PreparesOnMariaDb extends Prepares {}

    @RealDatabase(Database.SQLITE)
    static final class LocksSqliteFile {

        @Test
        @SuppressWarnings("resource") // the leak
        void leaves(TestDatabase database) throws SQLException {
            Connection connection = java.sql.DriverManager.getConnection(database.url());
            LEFT_OPEN.add(connection);
            Dialect.execute(connection, "begin immediate");
        }
    }

    @RealDatabase(Database.SQLITE)
    static final class Interrupts {

        @Test
        void leavesTheFlagSet() {
            Thread.currentThread().interrupt();
        }
    }

    @RealDatabase(value = Database.POSTGRESQL, pooled = true)
    @TestMethodOrder(MethodOrderer.MethodName.class)
    static final class KeepsAPool {

        @Test
        @SuppressWarnings("resource") // the pool
        void firstLeavesAnIdleSession(TestDatabase database) throws SQLException {
            LEFT_OPEN.add(database.connect());
        }

        @Test
        @SuppressWarnings("resource") // the leak
        void secondLeavesATransaction() throws SQLException {
            Dialect.execute(LEFT_OPEN.get(0), "begin");
        }
    }

    @RealDatabase(Database.POSTGRESQL)
    static final class Wiring {

        @BeforeAll
        static void before(TestDatabase database) {
            SEEN.add(database.toString());
        }

        @Test
        void ofTheClass(TestDatabase database) {
            SEEN.add(database.toString());
        }

        @Test
        void ofTheParameter(@RealDatabase(Database.SQLITE) TestDatabase database) {
            SEEN.add(database.toString());
        }

        @Nested
        class Inner {

            @Test
            void ofTheOuterClass(TestDatabase database) {
                SEEN.add(database.toString());
            }
        }

        @AfterAll
        static void after(TestDatabase database) throws SQLException {
            assertThat(database.sessions()).isEmpty();
        }
    }

    static final class WantsTiDbAsParameter {

        @Test
        void needsIt(@RealDatabase(Database.TIDB) TestDatabase database) {
            SEEN.add(database.toString());
        }
    }

    @RealDatabase(Database.TIDB)
    static final class WantsTiDb {

        @Test
        void needsIt(TestDatabase database) {
            SEEN.add(database.toString());
        }
    }
}
