package dev.dbop.sql;

import static dev.dbop.Verdict.GIVE_UP;
import static dev.dbop.Verdict.OUTCOME_UNKNOWN;
import static dev.dbop.Verdict.RETRY_CONNECTION;
import static dev.dbop.Verdict.RETRY_SAVEPOINT;
import static dev.dbop.Verdict.RETRY_TRANSACTION;
import static dev.dbop.sql.Database.COCKROACHDB;
import static dev.dbop.sql.Database.MARIADB;
import static dev.dbop.sql.Database.MYSQL;
import static dev.dbop.sql.Database.POSTGRESQL;
import static dev.dbop.sql.Database.SQLITE;
import static dev.dbop.sql.Database.TIDB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.dbop.Phase;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultTableTest {
    private static Fault find(Database database, @Nullable String state, int code, @Nullable String message) {
        Fault fault = database.faults().find(new ServerError(state, code, message, null));
        assertThat(fault).as("%s %s %s %s", database, state, code, message).isNotNull();
        return Objects.requireNonNull(fault);
    }

    private static Fault row(int code, String name) {
        return Row.code(code, FaultKind.TRANSIENT, Handling.HOPELESS, name, "a test")
                .because("It is a test.");
    }

    private static Fault row(String state, String name) {
        return Row.state(state, FaultKind.TRANSIENT, Handling.HOPELESS, name, "a test")
                .because("It is a test.");
    }

    @Nested
    class Precedence {
        private final FaultTable table = new FaultTable(
                MYSQL,
                List.of(
                        row("42", "class"),
                        row("42000", "state"),
                        Row.state("42000", FaultKind.TRANSIENT, Handling.HOPELESS, "state with message", "a test")
                                .when("magic")
                                .because("It is a test."),
                        row(7, "code"),
                        Row.code(7, FaultKind.TRANSIENT, Handling.HOPELESS, "code with message", "a test")
                                .when("magic")
                                .because("It is a test."),
                        Row.code(7, FaultKind.TRANSIENT, Handling.HOPELESS, "code with state", "a test")
                                .withState("08000")
                                .because("It is a test."),
                        Row.code(7, FaultKind.TRANSIENT, Handling.HOPELESS, "code with state and message", "a test")
                                .withState("08000")
                                .when("magic")
                                .because("It is a test."),
                        Row.code(8, FaultKind.TRANSIENT, Handling.HOPELESS, "only with state", "a test")
                                .withState("08000")
                                .because("It is a test.")));

        private @Nullable String name(@Nullable String state, int code, @Nullable String message) {
            Fault fault = table.find(new ServerError(state, code, message, null));
            return fault == null ? null : fault.name();
        }

        @Test
        void vendorCodeGoesBeforeSqlState() {
            assertThat(name("42000", 7, null)).isEqualTo("code");
            assertThat(name("42000", 7, "magic")).isEqualTo("code with message");
        }

        @Test
        void aRowThatAsksForMoreGoesFirst() {
            assertThat(name("08000", 7, null)).isEqualTo("code with state");
            assertThat(name("08000", 7, "magic")).isEqualTo("code with state and message");
            assertThat(name("42000", 0, "some magic here")).isEqualTo("state with message");
        }

        @Test
        void sqlStateGoesBeforeItsClass() {
            assertThat(name("42000", 0, null)).isEqualTo("state");
            assertThat(name("42S02", 0, null)).isEqualTo("class");
        }

        @Test
        void anUnknownVendorCodeLeavesTheSqlStateToDecide() {
            assertThat(name("42000", 9, null)).isEqualTo("state");
            assertThat(name("42S02", -1, null)).isEqualTo("class");
            assertThat(name("42S02", 8, null)).isEqualTo("class");
        }

        @Test
        void whatCarriesNoKnownCodeIsNotFound() {
            assertThat(name(null, 0, null)).isNull();
            assertThat(name("", 0, "magic")).isNull();
            assertThat(name("42", 0, null)).isNull();
            assertThat(name("99999", 0, null)).isNull();
            assertThat(name(null, 9, null)).isNull();
            assertThat(name(null, 8, null)).isNull();
        }

        @Test
        void fragmentsTellUpperFromLowerCase() {
            assertThat(name("42000", 0, "MAGIC")).isEqualTo("state");
        }
    }

    @Nested
    class PostgreSql {
        @Test
        void aRoutineOrAMessageTellsOneFeatureNotSupportedFromAnother() {
            ServerError translated = new ServerError(
                    "0A000",
                    0,
                    "zwischengespeicherter Plan darf den Ergebnistyp nicht ändern",
                    "RevalidateCachedQuery");
            Fault byRoutine = POSTGRESQL.faults().find(translated);
            assertThat(byRoutine).isNotNull().extracting(Fault::kind).isEqualTo(FaultKind.STALE_PLAN);
            assertThat(find(POSTGRESQL, "0A000", 0, "ERROR: cached plan must not change result type"))
                    .isEqualTo(byRoutine);
            assertThat(find(POSTGRESQL, "0A000", 0, "cannot use serializable mode in a hot standby")
                            .verdict())
                    .isEqualTo(GIVE_UP);
        }

        @Test
        void aHumansCancelIsGivenUpAndATimeoutIsNot() {
            assertThat(find(POSTGRESQL, "57014", 0, "canceling statement due to user request"))
                    .matches(f -> f.kind() == FaultKind.CANCELLED && f.verdict() == GIVE_UP);
            assertThat(find(POSTGRESQL, "57014", 0, "canceling statement due to statement timeout"))
                    .matches(f -> f.kind() == FaultKind.STATEMENT_TIMEOUT && f.verdict() == RETRY_SAVEPOINT);
            assertThat(find(POSTGRESQL, "57014", 0, null).verdict()).isEqualTo(RETRY_SAVEPOINT);
        }

        @Test
        void aDuplicateInTheCatalogIsARaceAndElsewhereABug() {
            String message = "duplicate key value violates unique constraint \"%s\"";
            assertThat(find(POSTGRESQL, "23505", 0, String.format(message, "pg_type_typname_nsp_index"))
                            .verdict())
                    .isEqualTo(RETRY_TRANSACTION);
            assertThat(find(POSTGRESQL, "23505", 0, String.format(message, "acct_pkey"))
                            .verdict())
                    .isEqualTo(GIVE_UP);
        }

        @Test
        void anIdleSessionsEndLeavesNoDoubtAboutTheCommitThatCameTooLate() {
            assertThat(find(POSTGRESQL, "25P03", 0, null).verdict(Phase.COMMIT)).isEqualTo(RETRY_CONNECTION);
            assertThat(find(POSTGRESQL, "25P04", 0, null).verdict(Phase.COMMIT)).isEqualTo(OUTCOME_UNKNOWN);
        }

        @Test
        void cockroachKeepsPostgresRowsAndReplacesItsOwn() {
            assertThat(find(COCKROACHDB, "23505", 0, null)).isEqualTo(find(POSTGRESQL, "23505", 0, null));
            assertThat(find(COCKROACHDB, "40001", 0, null).undone()).isEqualTo(Undone.TRANSACTION);
            assertThat(find(COCKROACHDB, "57014", 0, "query execution canceled").verdict())
                    .isEqualTo(GIVE_UP);
            assertThat(find(COCKROACHDB, "57014", 0, "query execution canceled due to statement timeout")
                            .verdict())
                    .isEqualTo(RETRY_SAVEPOINT);
        }
    }

    @Nested
    class MySqlFamily {
        @ParameterizedTest
        @EnumSource(
                value = Database.class,
                names = {"MYSQL", "MARIADB", "TIDB"})
        void aLockTimeoutIsOneWhateverSqlStateTheDriverGivesIt(Database database) {
            Fault fault = find(database, "HY000", 1205, null);
            assertThat(find(database, "40001", 1205, null)).isEqualTo(fault);
            assertThat(fault)
                    .matches(f -> f.verdict() == RETRY_SAVEPOINT && f.undone() == Undone.STATEMENT)
                    .matches(f -> f.verdict(Phase.COMMIT) == RETRY_TRANSACTION);
        }

        @ParameterizedTest
        @ValueSource(strings = {"45000", "40001", "08000", "HY000"})
        void aBusinessSignalIsGivenUpInWhateverDress(String state) {
            assertThat(find(MARIADB, state, 1644, null).verdict()).isEqualTo(GIVE_UP);
        }

        @Test
        void connectionLossIsSeenThroughEveryDriversCodes() {
            assertThat(find(MARIADB, "08000", -1, "Socket error").verdict()).isEqualTo(RETRY_CONNECTION);
            assertThat(find(MYSQL, "08S01", 0, "Communications link failure").verdict(Phase.COMMIT))
                    .isEqualTo(OUTCOME_UNKNOWN);
            assertThat(find(MARIADB, "25S03", 0, null).verdict(Phase.COMMIT)).isEqualTo(OUTCOME_UNKNOWN);
            assertThat(find(MARIADB, "08000", 1220, "Connection is closed").kind())
                    .isEqualTo(FaultKind.AFTERMATH);
        }

        @Test
        void theServersOwnMeaningOf1220IsNotAClosedConnection() {
            assertThat(find(MYSQL, "HY000", 1220, "Error when executing command SHOW BINLOG EVENTS")
                            .verdict())
                    .isEqualTo(GIVE_UP);
        }

        @Test
        void aMissingSavepointIsNotAMissingProcedure() {
            assertThat(find(MYSQL, "42000", 1305, "SAVEPOINT s1 does not exist").kind())
                    .isEqualTo(FaultKind.AFTERMATH);
            assertThat(find(MYSQL, "42000", 1305, "PROCEDURE shop.pay does not exist")
                            .kind())
                    .isEqualTo(FaultKind.INVALID);
        }

        @Test
        void aReadOnlyServerIsLeftAndAForbiddenStatementIsNot() {
            String message = "The MySQL server is running with the %s option so it cannot execute this statement";
            assertThat(find(MYSQL, "HY000", 1290, String.format(message, "--super-read-only"))
                            .verdict(Phase.COMMIT))
                    .isEqualTo(RETRY_CONNECTION);
            assertThat(find(MYSQL, "HY000", 1290, String.format(message, "--secure-file-priv"))
                            .verdict())
                    .isEqualTo(GIVE_UP);
        }

        @Test
        void aUsedUpHourIsNotWaitedFor() {
            String message = "User 'u' has exceeded the '%s' resource (current value: 1)";
            assertThat(find(MYSQL, "42000", 1226, String.format(message, "max_user_connections"))
                            .verdict())
                    .isEqualTo(RETRY_CONNECTION);
            assertThat(find(MYSQL, "42000", 1226, String.format(message, "max_questions"))
                            .verdict())
                    .isEqualTo(GIVE_UP);
        }

        @Test
        void anUnknownServerErrorIsGivenUpAndInTidbLeavesACommitInDoubt() {
            assertThat(find(MYSQL, "HY000", 3999, null).verdict(Phase.COMMIT)).isEqualTo(GIVE_UP);
            assertThat(find(TIDB, "HY000", 8999, null).verdict()).isEqualTo(GIVE_UP);
            assertThat(find(TIDB, "HY000", 8999, null).verdict(Phase.COMMIT)).isEqualTo(OUTCOME_UNKNOWN);
        }

        @Test
        void numbersThatDifferBetweenMySqlAndMariaDbAreNotShared() {
            assertThat(find(MYSQL, "HY000", 4031, null).verdict()).isEqualTo(RETRY_CONNECTION);
            assertThat(find(MARIADB, "HY000", 4031, null).verdict()).isEqualTo(GIVE_UP);
        }
    }

    @Nested
    class Sqlite {
        @Test
        void anExtendedCodeGoesBeforeItsPrimaryCode() {
            assertThat(find(SQLITE, null, 517, null).name()).isEqualTo("SQLITE_BUSY_SNAPSHOT");
            assertThat(find(SQLITE, null, 5, null).name()).isEqualTo("SQLITE_BUSY");
        }

        @ParameterizedTest
        @ValueSource(ints = {275, 1299, 1555, 2067})
        void anExtendedCodeWithoutARowFallsBackToItsPrimaryCode(int code) {
            assertThat(find(SQLITE, null, code, null).name()).isEqualTo("SQLITE_CONSTRAINT");
        }

        @Test
        void driverErrorsWithoutACodeAreNotFound() {
            assertThat(SQLITE.faults().find(new ServerError(null, 0, "stmt pointer is closed", null)))
                    .isNull();
        }

        @Test
        void onlySqliteHasPrimaryCodes() {
            assertThat(MYSQL.faults().find(ServerError.ofVendorCode(1213 + 0x10000)))
                    .isNull();
        }
    }

    @Test
    void isOneInstancePerDatabase() {
        assertThat(FaultTable.of(MYSQL)).isSameAs(MYSQL.faults()).isSameAs(FaultTable.of(MYSQL));
        assertThat(MYSQL.faults().database()).isEqualTo(MYSQL);
    }

    @Test
    void refusesTwoRowsThatAskForTheSame() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Row.join(List.of(row(1, "one")), List.of(row(1, "another"))))
                .withMessageContaining("fault 1 'another' stands twice");
    }

    @Test
    void aDatabasesOwnRowReplacesTheInheritedOne() {
        assertThat(Row.override(List.of(row(1, "old"), row(2, "kept")), List.of(row(1, "new"))))
                .extracting(Fault::name)
                .containsExactly("new", "kept");
    }

    @Test
    void refusesAnIncompleteRow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> row("4000", "short"))
                .withMessageContaining("sqlState is '4000'");
        assertThatIllegalArgumentException().isThrownBy(() -> row(0, "none")).withMessageContaining("has no code");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> row(-1, "negative"))
                .withMessageContaining("vendorCode is -1");
        assertThatIllegalArgumentException().isThrownBy(() -> row(1, " ")).withMessageContaining("blank");
    }

    @Test
    void spellsCodesForReaders() {
        assertThat(row("40P01", "n").code()).isEqualTo("40P01");
        assertThat(row("08", "n").code()).isEqualTo("08xxx");
        assertThat(row(1213, "n").code()).isEqualTo("1213");
        assertThat(find(MYSQL, "08000", 1220, null).code()).isEqualTo("1220/08000");
    }

    @Test
    void looksUpWithoutAllocating() {
        assumeTrue(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean bean
                && bean.isThreadAllocatedMemorySupported());
        ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ServerError[] errors = {
            new ServerError("42S22", 1054, "Unknown column", null),
            new ServerError("HY000", 1290, "running with the --read-only option", null),
            new ServerError("08S01", 0, null, null),
            new ServerError(null, 2067, null, null)
        };
        FaultTable[] tables = {MYSQL.faults(), SQLITE.faults(), POSTGRESQL.faults()};
        lookUp(tables, errors, 1_000);
        long before = bean.getThreadAllocatedBytes(Thread.currentThread().getId());
        int found = lookUp(tables, errors, 10_000);
        long allocated = bean.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(found).isPositive();
        assertThat(allocated).as("bytes for 120,000 look-ups").isLessThan(10_000);
    }

    private static int lookUp(FaultTable[] tables, ServerError[] errors, int rounds) {
        int found = 0;
        for (int round = 0; round < rounds; round++) {
            for (FaultTable table : tables) {
                for (ServerError error : errors) {
                    found += table.find(error) != null ? 1 : 0;
                }
            }
        }
        return found;
    }
}
