package dev.dbop.jdbc.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Backoff;
import dev.dbop.Classifier;
import dev.dbop.DbopRunner;
import dev.dbop.GiveUpReason;
import dev.dbop.LoggingListener;
import dev.dbop.Outcome;
import dev.dbop.RetryBudget;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** The code of the guide on configuring, run. */
@RealDatabase(Database.POSTGRESQL)
class ConfigureGuideTest {
    private final TestDatabase db;
    private final DataSource dataSource;
    private final DbopRunner runner =
            DbopRunner.create().named("rename-project").listeners();

    ConfigureGuideTest(TestDatabase db) {
        this.db = db;
        this.dataSource = db.dataSource();
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS project",
                "CREATE TABLE project (id INT PRIMARY KEY, name TEXT UNIQUE)",
                "INSERT INTO project VALUES (1, 'one'), (2, 'two')");
    }

    private static int rename(Connection connection, int id, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("UPDATE project SET name = '" + name + "' WHERE id = " + id);
        }
    }

    private static int count(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM project")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** As the server shows it inside a transaction. */
    private String lockTimeoutOf(DbopRunner with) throws SQLException {
        return with.call(JdbcScope.transaction(dataSource), connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SHOW lock_timeout")) {
                rows.next();
                return rows.getString(1);
            }
        });
    }

    /** An application's own optimistic lock. */
    private static final class StaleProject extends SQLException {
        private static final long serialVersionUID = 1;
    }

    @Test
    void theFirstProgramRenamesAProject() throws SQLException {
        assertThat(new Projects(dataSource).rename(1, "Demo")).isEqualTo(1);
        assertThat(db.query("SELECT name FROM project WHERE id = 1")).containsExactly("Demo");
    }

    @Test
    void aPolicySaysHowOftenHowFastAndHowLong() throws SQLException {
        // snippet: policy
        RetryPolicy policy = RetryPolicy.builder()
                .maxRetries(8) // attempts after the first
                .initialDelay(Duration.ofMillis(50))
                .maxDelay(Duration.ofSeconds(2))
                .backoff(Backoff.fullJitter())
                .attemptTimeout(Duration.ofSeconds(10)) // stops one attempt, on the server
                .maxDuration(Duration.ofMinutes(1)) // ends the call, waits included
                .build();

        int rows = runner.policy(policy)
                .call(JdbcScope.transaction(dataSource), connection -> rename(connection, 1, "Demo"));
        // end snippet
        assertThat(rows).isEqualTo(1);
        assertThat(policy.toString()).contains("maxRetries=8", "full-jitter", "PT10S", "PT1M");
    }

    @Test
    void aBackoffIsAFunction() {
        // snippet: backoff
        Backoff linear = step -> step.initialDelay().multipliedBy(step.retry()); // 100, 200, 300 ms, up to maxDelay

        RetryPolicy policy = RetryPolicy.builder().backoff(linear).build();
        // end snippet
        assertThat(policy.backoff().delay(step(3))).isEqualTo(Duration.ofMillis(300));
    }

    private static Backoff.Step step(int retry) {
        return new Backoff.Step(retry, Duration.ofMillis(100), Duration.ofSeconds(1), 0.2, Duration.ofMillis(100), 0.5);
    }

    @Test
    void theServerLimitsWaitsAndStatements() throws SQLException {
        // snippet: timeouts
        DbopRunner limited = runner.lockTimeout(Duration.ofSeconds(3)).statementTimeout(Duration.ofSeconds(30));
        // end snippet
        assertThat(lockTimeoutOf(limited)).isEqualTo("3s");
    }

    @Test
    void waitsForHotRowsGrow() throws SQLException {
        // snippet: hot-rows
        DbopRunner hot = runner.policy(RetryPolicy.builder().maxRetries(9).build())
                .initialLockTimeout(Duration.ofMillis(8)) // doubled with each attempt; the last two wait in full:
                .lockTimeout(Duration.ofSeconds(3));

        int rows = hot.call(JdbcScope.transaction(dataSource), connection -> rename(connection, 1, "Demo"));
        // end snippet
        assertThat(rows).isEqualTo(1);
        assertThat(hot.toString()).endsWith(", initialLockTimeout=PT0.008S, lockTimeout=PT3S]");
    }

    @Test
    void aBudgetIsSharedByManyCalls() throws SQLException {
        // snippet: budget
        RetryBudget budget = RetryBudget.of(100, 0.1); // one for each database, kept

        DbopRunner sparing = runner.policy(RetryPolicy.builder().budget(budget).build());
        // end snippet
        AtomicInteger attempts = new AtomicInteger();
        sparing.run(JdbcScope.transaction(dataSource), connection -> {
            rename(connection, 1, "Demo");
            if (attempts.incrementAndGet() == 1) {
                throw new SQLException("deadlock", "40P01");
            }
        });
        assertThat(budget.available()).isBetween(99.0, 99.5);
    }

    @Test
    void whatMayBeRepeatedIsTheCallersToSay() throws SQLException {
        // snippet: repeatable
        int projects = runner.readOnly() // refused on the server otherwise
                .isolation(Isolation.REPEATABLE_READ)
                .call(JdbcScope.transaction(dataSource), connection -> count(connection));

        int rows = runner.idempotent() // renaming twice is renaming once
                .call(JdbcScope.transaction(dataSource), connection -> rename(connection, 1, "Demo"));
        // end snippet
        assertThat(projects).isEqualTo(2);
        assertThat(rows).isEqualTo(1);
    }

    @Test
    void rulesOfOnesOwnComeFirst() throws SQLException {
        // snippet: classifier
        Classifier rules = (failure, phase) -> // null: no opinion
                failure instanceof SQLException sql && "23505".equals(sql.getSQLState())
                                ? Verdict.RETRY_TRANSACTION // here a duplicate is a race, and the next attempt draws
                                // another name
                                : null;
        DbopRunner racing = runner.classifier(JdbcClassifier.standard().overriding(rules));

        DbopRunner optimistic = runner.policy(RetryPolicy.builder()
                .retryOn(StaleProject.class) // an exception of yours, by type
                .build());
        // end snippet
        AtomicInteger attempts = new AtomicInteger();
        racing.run(JdbcScope.transaction(dataSource), c -> rename(c, 1, attempts.incrementAndGet() == 1 ? "two" : "x"));
        assertThat(attempts).hasValue(2);

        optimistic.run(JdbcScope.transaction(dataSource), c -> {
            if (attempts.incrementAndGet() == 3) {
                throw new StaleProject();
            }
        });
        assertThat(attempts).hasValue(4);
    }

    @Test
    void listenersAreAddedOrReplaced() throws SQLException {
        List<String> metrics = new ArrayList<>();
        // snippet: listeners
        DbopRunner counted = runner.listener(
                event -> { // beside the one that logs
                    if (event instanceof RunEvent.AttemptFailed failed) {
                        metrics.add(failed.name() + " " + failed.verdict());
                    }
                });

        DbopRunner quiet = runner.listeners( // instead of it: calls that are done at DEBUG
                LoggingListener.at(Level.DEBUG, Level.WARN, Level.ERROR));

        DbopRunner silent = runner.listeners(); // nothing at all
        // end snippet
        assertThat(quiet).isNotSameAs(silent);
        counted.tryCall(JdbcScope.transaction(dataSource), connection -> rename(connection, 1, "two"));
        assertThat(metrics).containsExactly("rename-project GIVE_UP");
    }

    @Test
    void anOutcomeIsAValue() {
        // snippet: outcome
        Outcome<Integer> outcome =
                runner.tryCall(JdbcScope.transaction(dataSource), connection -> rename(connection, 1, "two"));
        if (outcome instanceof Outcome.Failure<Integer> failed) {
            System.out.println(failed.reason() + ": " + failed.failures()); // why, and every attempt
        }

        int projects =
                runner.readOnly().callOrElse(JdbcScope.transaction(dataSource), connection -> count(connection), -1);
        // end snippet
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failed -> assertThat(failed.reason()).isEqualTo(GiveUpReason.NOT_RETRYABLE));
        assertThat(projects).isEqualTo(2);
    }

    // snippet: join
    /** Part of the caller's transaction if one is open on the connection, otherwise a transaction of its own. */
    int renameBoth(Connection connection, String first, String second) throws SQLException {
        return runner.call(JdbcScope.join(connection), joined -> rename(joined, 1, first) + rename(joined, 2, second));
    }
    // end snippet

    @Test
    void aScopeJoinsWhatItFinds() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            assertThat(renameBoth(connection, "x", "y")).isEqualTo(2);
        }
        runner.run(JdbcScope.transaction(dataSource), tx -> renameBoth(tx, "x2", "y2"));
        assertThat(db.query("SELECT name FROM project ORDER BY id")).containsExactly("x2", "y2");

        // snippet: autocommit
        int projects = runner.readOnly().call(JdbcScope.autocommit(dataSource), connection -> count(connection));
        // end snippet
        assertThat(projects).isEqualTo(2);
    }

    @Test
    void settingsComeFromOutside() throws SQLException {
        // snippet: properties
        Properties properties = new Properties(); // usually those of the application
        properties.setProperty("dbop.max-retries", "8");
        properties.setProperty("dbop.lock-timeout", "250ms");
        DbopRunner configured = DbopRunner.fromProperties(properties);

        DbopRunner ofEnvironment = DbopRunner.fromEnvironment(); // DBOP_MAX_RETRIES=8, DBOP_LOCK_TIMEOUT=250ms
        // end snippet
        assertThat(configured.toString()).contains("maxRetries=8", "lockTimeout=PT0.25S");
        assertThat(ofEnvironment.toString()).startsWith("DbopRunner[unnamed");
        assertThat(lockTimeoutOf(configured.listeners())).isEqualTo("250ms");
    }
}
