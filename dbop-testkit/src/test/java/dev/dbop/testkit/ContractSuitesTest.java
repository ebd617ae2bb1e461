package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import dev.dbop.sql.ServerError;
import dev.dbop.testkit.FlawedScope.Flaw;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** The contract suites find what they are there to find: each flaw fails the test that names it. */
@RealDatabase(Database.POSTGRESQL)
@Tag("one-jdk")
final class ContractSuitesTest {

    private static volatile Flaw flaw = Flaw.NONE;
    private static volatile Classifier classifier = Classifier.none();

    @AfterEach
    void mend() {
        flaw = Flaw.NONE;
        classifier = Classifier.none();
    }

    @Test
    void findNothingWrongWithAScopeThatIsRight() {
        Events tests = run(selectClass(FlawedSuite.class));

        assertThat(failed(tests)).isEmpty();
        assertThat(tests.succeeded().count()).isGreaterThan(40);
    }

    @ParameterizedTest
    @CsvSource({
        "NEVER_COMMITS, commitsWhatSucceeded",
        "COMMITS_WHAT_FAILED, rollsBackWhatTheOperationThrewAndThrowsItAsItIs",
        "COMMITS_WHAT_FAILED, keepsNothingOfAnAttemptThatIsRunAgain",
        "KEEPS_THE_CONNECTION, commitsWhatSucceeded",
        "LEAVES_AUTOCOMMIT_OFF, commitsWhatSucceeded",
        "LEAVES_TIMEOUTS, leavesTheSessionAsItWasAfterSuccess",
        "LEAVES_READ_ONLY, keepsAReadOnlyCallFromWritingAndOnlyThatCall",
        "LEAVES_ISOLATION, leavesTheSessionAsItWasAfterSuccess",
        "IGNORES_TIMEOUTS, setsTheTimeoutsOnTheServer",
        "IGNORES_READ_ONLY, keepsAReadOnlyCallFromWritingAndOnlyThatCall",
        "IGNORES_ISOLATION, runsAtTheIsolationLevelThatIsAskedFor",
        "BELIEVES_COMMIT, failsWhenTheOperationSwallowedTheLossOfItsTransaction",
        "CALLS_A_LOST_COMMIT_FAILED, doesNotRepeatACommitWhoseAnswerWasLost",
        "LENGTHENS_OUTER_LIMITS, neverLengthensTheLimitsAroundAStep",
        "LEAKS_LIMITS_OF_A_STEP, limitsAStepWithoutChangingTheLimitsAroundIt",
        "UNDOES_TOO_MUCH, undoesAStepAloneWhenTheOuterOperationGoesOnWithoutIt",
        "UNDOES_TOO_MUCH, undoesAfterADeadlockAsMuchAsTheServerDid",
        "RETRIES_A_STALE_SNAPSHOT, runsTheWholeAgainAfterALockTimeoutWhereTheSnapshotIsStale",
        "RETRIES_A_DEADLOCK_FOR_EVER, runsTheWholeAgainWhenADeadlockComesBack",
        "TAKES_ANY_STATE, refusesASavepointWithoutATransaction",
        "CLAIMS_TO_CANCEL, letsNoStatementRunOnceTheTimeIsUp",
        "CLAIMS_LIMITS_THAT_GROW, runsTheWholeAgainAfterALockTimeoutThatTheTransactionAroundHasCutShort",
        "CLAIMS_RESOURCES_OF_ITS_OWN, handsAStepAResourceThatIsDeadWhenTheStepHasEnded"
    })
    void findAFlawOfAScope(Flaw mistake, String test) {
        flaw = mistake;

        assertThat(failed(run(selectMethod(FlawedSuite.class, test)))).containsExactly(test);
    }

    @Test
    void findNothingWrongWithAClassifierThatIsRight() {
        classifier = ContractSuitesTest::byTable;
        Events tests = run(selectClass(FlawedClassifierSuite.class));

        assertThat(failed(tests)).isEmpty();
        assertThat(tests.succeeded().count()).isEqualTo(10);
    }

    @Test
    void findAClassifierThatLooksAtTheOutermostFailureOnly() {
        classifier = (failure, phase) -> failure instanceof SQLException ? byTable(failure, phase) : null;

        assertThat(failed(run(selectClass(FlawedClassifierSuite.class))))
                .contains("retriesADeadlock", "retriesARefusedConnection");
    }

    @Test
    void findAClassifierThatForgetsThatACommitMayHaveHappened() {
        classifier = (failure, phase) -> byTable(failure, Phase.OPERATION);

        assertThat(failed(run(selectClass(FlawedClassifierSuite.class))))
                .contains("retriesAKilledSessionUnlessItCommitted")
                .doesNotContain("givesUpOnASyntaxError");
    }

    @Test
    void findAClassifierThatNeverGivesUp() {
        classifier = (failure, phase) -> {
            Verdict verdict = byTable(failure, phase);
            return verdict == Verdict.GIVE_UP ? Verdict.RETRY_SAVEPOINT : verdict;
        };

        assertThat(failed(run(selectClass(FlawedClassifierSuite.class))))
                .containsExactlyInAnyOrder(
                        "givesUpWhenAHumanCancelled", "givesUpOnASyntaxError", "givesUpOnAUniqueViolation");
    }

    private static Events run(DiscoverySelector what) {
        return EngineTestKit.engine("junit-jupiter").selectors(what).execute().testEvents();
    }

    private static List<String> failed(Events tests) {
        return tests.failed().stream()
                .map(event -> event.getTestDescriptor().getDisplayName().replace("()", ""))
                .toList();
    }

    /** A small right one: the first failure with a row, through causes, next and suppressed ones; what follows, last. */
    private static @Nullable Verdict byTable(@Nullable Throwable failure, Phase phase) {
        if (failure == null) {
            return null;
        }
        if (failure instanceof SQLException exception && !"25P02".equals(exception.getSQLState())) {
            Fault fault = Database.POSTGRESQL
                    .faults()
                    .find(new ServerError(exception.getSQLState(), 0, exception.getMessage(), null));
            if (fault != null) {
                return fault.verdict(phase);
            }
            Verdict next = byTable(exception.getNextException(), phase);
            if (next != null) {
                return next;
            }
            for (Throwable suppressed : exception.getSuppressed()) {
                return byTable(suppressed, phase);
            }
        }
        return byTable(failure.getCause(), phase);
    }

    /** Run by name only. */
    @RealDatabase(Database.POSTGRESQL)
    static final class FlawedSuite extends AttemptScopeContract<Connection, SQLException> {
        private final TestDatabase under;

        FlawedSuite(TestDatabase database) {
            super(database);
            this.under = database;
        }

        @Override
        protected AttemptScope<Connection, SQLException> transaction(DataSource source) {
            return FlawedScope.transaction(flaw, source);
        }

        @Override
        protected AttemptScope<Connection, SQLException> savepoint(Connection connection) {
            return FlawedScope.savepoint(flaw, connection);
        }

        @Override
        protected Connection openResource() throws SQLException {
            return under.connect();
        }

        @Override
        protected void closeResource(Connection connection) throws SQLException {
            connection.close();
        }

        @Override
        protected void execute(Connection connection, String sql) throws SQLException {
            Dialect.execute(connection, sql);
        }

        @Override
        protected List<String> query(Connection connection, String sql) throws SQLException {
            return Dialect.query(connection, row -> row.getString(1), sql);
        }

        @Override
        protected Set<ScopeFeature> unsupported() {
            Set<ScopeFeature> features = EnumSet.noneOf(ScopeFeature.class);
            if (flaw != Flaw.CLAIMS_TO_CANCEL) {
                features.add(ScopeFeature.CANCEL);
            }
            if (flaw != Flaw.CLAIMS_LIMITS_THAT_GROW) {
                features.add(ScopeFeature.GROWING_LOCK_TIMEOUT);
            }
            if (flaw != Flaw.CLAIMS_RESOURCES_OF_ITS_OWN) {
                features.add(ScopeFeature.OWN_RESOURCE);
            }
            return features;
        }
    }

    /** Run by name only. */
    @RealDatabase(Database.POSTGRESQL)
    static final class FlawedClassifierSuite extends ClassifierContract {
        private final TestDatabase under;

        FlawedClassifierSuite(TestDatabase database) {
            super(database);
            this.under = database;
        }

        @Override
        protected Classifier classifier() {
            return classifier;
        }

        @Override
        protected Client connect(@Nullable FaultProxy proxy) throws SQLException {
            Connection connection =
                    proxy == null ? under.connect() : under.dataSource(proxy).getConnection();
            return new Client() {
                @Override
                public void execute(String sql) throws SQLException {
                    Dialect.execute(connection, sql);
                }

                @Override
                public List<String> query(String sql) throws SQLException {
                    return Dialect.query(connection, row -> row.getString(1), sql);
                }

                @Override
                public void close() throws SQLException {
                    connection.close();
                }
            };
        }
    }
}
