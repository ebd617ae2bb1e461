package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever an operation begins with, it sees the same with a riding prologue as without, at a round trip less or none. */
@RealDatabase(value = Database.POSTGRESQL, driver = ClientDriver.OWN)
@Tag("one-jdk")
class PostgreSqlRidingCasesTest {
    private final TestDatabase db;
    private final DbopRunner once =
            DbopRunner.create().named("riding").policy(RetryPolicy.noRetries()).listeners();
    private final DbopRunner limited = once.lockTimeout(Duration.ofSeconds(5)).statementTimeout(Duration.ofSeconds(20));
    private FaultProxy proxy;

    PostgreSqlRidingCasesTest(TestDatabase db) {
        this.db = db;
        this.proxy = FaultProxy.to(db);
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS ride, outside",
                "CREATE TABLE ride (id INT PRIMARY KEY, v TEXT)",
                "CREATE TABLE outside (id INT)",
                "INSERT INTO ride VALUES (1, 'one'), (2, 'two'), (3, 'three')",
                "CREATE OR REPLACE FUNCTION ride_notice() RETURNS INT LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE NOTICE 'noticed'; RETURN 1; END $$",
                "CREATE OR REPLACE FUNCTION ride_cursor() RETURNS refcursor LANGUAGE plpgsql AS"
                        + " $$ DECLARE c refcursor; BEGIN OPEN c FOR SELECT id FROM ride; RETURN c; END $$",
                "CREATE OR REPLACE PROCEDURE ride_procedure() LANGUAGE sql AS $$ UPDATE ride SET v = 'p' $$");
    }

    @AfterEach
    void close() {
        proxy.close();
    }

    private Connection connect(String parameters) throws SQLException {
        return DriverManager.getConnection(db.url(proxy.port()) + parameters);
    }

    /** What an operation has seen, and how many round trips it took. */
    private record Run(List<String> seen, int roundTrips) {}

    /** Undoes what a case has done. */
    private static final class Undo extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static void observe(RidingCases.Case one, Connection c, List<String> seen) {
        RidingCases.caught(() -> one.action().on(c, seen), seen);
        for (String sql : List.of(
                "SHOW lock_timeout",
                "SHOW statement_timeout",
                "SHOW transaction_isolation",
                "SHOW transaction_read_only",
                "SELECT id, v FROM ride ORDER BY id")) {
            RidingCases.caught(() -> seen.addAll(PlainSql.query(c, sql)), seen);
        }
    }

    private Run transaction(
            RidingCases.Case one,
            DbopRunner with,
            Connection own,
            UnaryOperator<AttemptScope<Connection, SQLException>> how) {
        List<String> seen = new ArrayList<>();
        proxy.resetRoundTrips();
        RidingCases.caught(
                () -> with.run(how.apply(JdbcScope.transaction(own)), c -> {
                    observe(one, c, seen);
                    throw new Undo();
                }),
                seen);
        return new Run(seen, proxy.roundTrips());
    }

    private Run step(
            RidingCases.Case one,
            DbopRunner with,
            Connection own,
            UnaryOperator<AttemptScope<Connection, SQLException>> how)
            throws SQLException {
        List<String> seen = new ArrayList<>();
        int roundTrips = once.call(JdbcScope.transaction(own), tx -> {
            PlainSql.execute(tx, "SET LOCAL lock_timeout = '3s'");
            PlainSql.execute(tx, "INSERT INTO outside VALUES (1)");
            proxy.resetRoundTrips();
            RidingCases.caught(
                    () -> with.run(how.apply(JdbcScope.savepoint(tx)), c -> {
                        observe(one, c, seen);
                        throw new Undo();
                    }),
                    seen);
            int needed = proxy.roundTrips();
            seen.addAll(PlainSql.query(tx, "SHOW lock_timeout"));
            seen.addAll(PlainSql.query(tx, "SELECT count(*) FROM outside"));
            seen.addAll(PlainSql.query(tx, "SELECT id, v FROM ride ORDER BY id"));
            PlainSql.execute(tx, "DELETE FROM outside");
            return needed;
        });
        return new Run(seen, roundTrips);
    }

    private static AttemptScope<Connection, SQLException> asItIs(AttemptScope<Connection, SQLException> scope) {
        return scope;
    }

    private static int expected(RidingCases.Case one, Run asItIs) {
        return asItIs.roundTrips() - (one.rides() ? 1 : 0);
    }

    @Test
    void aTransactionSeesTheSameAndSavesARoundTripWhereItCan() throws SQLException {
        DbopRunner with = limited.isolation(Isolation.REPEATABLE_READ);
        SoftAssertions soft = new SoftAssertions();
        try (Connection first = connect("");
                Connection second = connect("")) {
            for (RidingCases.Case one : RidingCases.all()) {
                transaction(one, with, first, PostgreSqlRidingCasesTest::asItIs);
                transaction(one, with, second, PostgreSqlRidingCasesTest::asItIs);
                proxy.delay(Duration.ofMillis(3));
                Run asItIs = transaction(one, with, first, PostgreSqlRidingCasesTest::asItIs);
                Run riding = transaction(one, with, second, JdbcScope::ridingPrologue);
                proxy.delay(Duration.ZERO);
                soft.assertThat(riding.seen()).as(one.name()).isEqualTo(asItIs.seen());
                soft.assertThat(riding.roundTrips())
                        .as("round trips of " + one.name())
                        .isEqualTo(expected(one, asItIs));
            }
        }
        soft.assertAll();
    }

    @Test
    void aStepSeesTheSameAndSavesARoundTripWhereItCan() throws SQLException {
        SoftAssertions soft = new SoftAssertions();
        try (Connection first = connect("");
                Connection second = connect("")) {
            for (RidingCases.Case one : RidingCases.all()) {
                step(one, limited, first, PostgreSqlRidingCasesTest::asItIs);
                step(one, limited, second, PostgreSqlRidingCasesTest::asItIs);
                proxy.delay(Duration.ofMillis(3));
                Run asItIs = step(one, limited, first, PostgreSqlRidingCasesTest::asItIs);
                Run riding = step(one, limited, second, JdbcScope::ridingPrologue);
                proxy.delay(Duration.ZERO);
                soft.assertThat(riding.seen()).as(one.name()).isEqualTo(asItIs.seen());
                soft.assertThat(riding.roundTrips())
                        .as("round trips of " + one.name())
                        .isLessThanOrEqualTo(expected(one, asItIs));
            }
        }
        soft.assertAll();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prepareThreshold=1",
                "prepareThreshold=-1",
                "binaryTransfer=false",
                "preferQueryMode=extendedForPrepared",
                "preferQueryMode=extendedCacheEverything",
                "preferQueryMode=simple",
                "autosave=always",
                "autosave=conservative",
                "reWriteBatchedInserts=true",
                "defaultRowFetchSize=1",
                "stringtype=unspecified",
                "escapeSyntaxCallMode=callIfNoReturn",
                "databaseMetadataCacheFields=0"
            })
    void theDriversOptionsChangeNothing(String option) throws SQLException {
        String parameters = (db.url().contains("?") ? "&" : "?") + option;
        SoftAssertions soft = new SoftAssertions();
        try (Connection first = connect(parameters);
                Connection second = connect(parameters)) {
            for (RidingCases.Case one : RidingCases.all()) {
                soft.assertThat(transaction(one, limited, second, JdbcScope::ridingPrologue)
                                .seen())
                        .as(one.name())
                        .isEqualTo(transaction(one, limited, first, PostgreSqlRidingCasesTest::asItIs)
                                .seen());
                // Forced to binary results pgjdbc describes ROLLBACK TO first, which a failed transaction refuses.
                if (!option.equals("prepareThreshold=-1")) {
                    soft.assertThat(step(one, limited, second, JdbcScope::ridingPrologue)
                                    .seen())
                            .as("as a step: " + one.name())
                            .isEqualTo(step(one, limited, first, PostgreSqlRidingCasesTest::asItIs)
                                    .seen());
                }
            }
        }
        soft.assertAll();
    }

    @Test
    void theCasesAreMany() {
        assertThat(RidingCases.all()).hasSizeGreaterThan(80).anyMatch(RidingCases.Case::rides);
    }
}
