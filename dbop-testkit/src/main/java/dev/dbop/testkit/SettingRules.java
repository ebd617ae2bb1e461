package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.Phase;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.Scope;
import dev.dbop.Verdict;
import dev.dbop.sql.Isolation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What a call asks for is in force on the server while its attempts run. */
abstract class SettingRules<R, S extends Scope> extends SessionStateRules<R, S> {

    SettingRules(TestDatabase database) {
        super(database);
    }

    @Test
    void keepsAReadOnlyCallFromWritingAndOnlyThatCall() throws Exception {
        needs(ScopeFeature.READ_ONLY);
        ScopeSource<S> source = source(1);

        Throwable failure = failureOf(runner.readOnly(), source.transaction(), r -> {
            note(r, "forbidden");
            return true;
        });
        assertThat(failure).isNotNull();
        assertThat(notes()).isEmpty();

        call(runner, source.transaction(), r -> {
            note(r, "allowed");
            return true;
        });
        assertThat(notes()).containsExactly("allowed");
    }

    @Test
    void letsAReadOnlyCallRead() throws Exception {
        needs(ScopeFeature.READ_ONLY);
        List<String> rows =
                call(runner.readOnly(), source(1).transaction(), r -> ask(r, "select id from counter order by id"));

        assertThat(rows).containsExactly("1", "2", "3");
    }

    @Test
    void keepsAReadOnlyAutocommitCallFromWritingAndOnlyThatCall() throws Exception {
        needs(ScopeFeature.READ_ONLY);
        S autocommit = supported(source(1).autocommit(), "autocommit scope");

        Throwable failure = failureOf(runner.readOnly(), autocommit, r -> {
            note(r, "forbidden");
            return true;
        });
        assertThat(failure).isNotNull();

        call(runner, autocommit, r -> {
            note(r, "allowed");
            return true;
        });
        assertThat(notes()).containsExactly("allowed");
    }

    @Test
    void runsAtTheIsolationLevelThatIsAskedFor() throws Exception {
        needs(ScopeFeature.ISOLATION);
        ScopeSource<S> source = source(1);
        Isolation own = isolation(source, runner);

        for (Isolation level : List.of(Isolation.READ_COMMITTED, Isolation.REPEATABLE_READ, Isolation.SERIALIZABLE)) {
            assertThat(isolation(source, runner.isolation(level))).isEqualTo(level);
        }
        assertThat(isolation(source, runner)).isEqualTo(own);
    }

    private Isolation isolation(ScopeSource<S> source, DbopRunner asking) throws Exception {
        Optional<Isolation> level =
                call(asking, source.transaction(), r -> Optional.ofNullable(provocation.isolation(sql(r))));
        return level.orElseGet(() -> Assumptions.abort(database.database() + " has one level only"));
    }

    @Test
    void setsTheTimeoutsOnTheServer() throws Exception {
        needs(ScopeFeature.LOCK_TIMEOUT);
        ScopeSource<S> source = source(1);
        assertThat(asked(withTimeouts(runner), source.transaction(), provocation.lockTimeout()))
                .isEqualTo(7000);
        String statementTimeout = provocation.statementTimeout();
        if (supports(ScopeFeature.STATEMENT_TIMEOUT) && statementTimeout != null) {
            assertThat(asked(withTimeouts(runner), source.transaction(), statementTimeout))
                    .isEqualTo(8000);
        }
    }

    @Test
    void setsTheTimeoutsOfAutocommitAttemptsOnTheServer() throws Exception {
        needs(ScopeFeature.LOCK_TIMEOUT);
        S autocommit = supported(source(1).autocommit(), "autocommit scope");

        assertThat(asked(withTimeouts(runner), autocommit, provocation.lockTimeout()))
                .isEqualTo(7000);
    }

    @Test
    void shortensTheTimeoutsToTheTimeThatIsLeft() throws Exception {
        needs(ScopeFeature.LOCK_TIMEOUT);
        RetryPolicy hurried = RetryPolicy.builder().attemptTimeout(LONG).build();
        DbopRunner generous = runner.policy(hurried).lockTimeout(Duration.ofHours(1));

        assertThat(asked(generous, source(1).transaction(), provocation.lockTimeout()))
                .isBetween(1L, LONG.toMillis());
    }

    @Test
    void failsWithALockTimeoutWhenALockIsNotGranted() throws Exception {
        needs(ScopeFeature.LOCK_TIMEOUT);
        ScopeSource<S> source = source(1);
        TestSession holder = provocation.holderOf(3);
        DbopRunner impatient = runner.policy(policy(0)).lockTimeout(provocation.shortestLockTimeout());
        long start = System.nanoTime();

        assertThat(failureOf(impatient, source.transaction(), r -> {
                    raise(r, 3);
                    return true;
                }))
                .isNotNull();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        assertThat(failures).singleElement().satisfies(failed -> {
            assertThat(failed.verdict()).isLessThanOrEqualTo(Verdict.RETRY_TRANSACTION);
            assertThat(failed.phase()).isIn(Phase.OPEN, Phase.OPERATION);
        });
        holder.run("rollback");
        assertThat(counter(3)).isZero();
    }

    @Test
    void stopsAStatementThatRunsLongerThanItsTimeout() throws Exception {
        needs(ScopeFeature.STATEMENT_TIMEOUT);
        ScopeSource<S> source = source(1);
        DbopRunner impatient = runner.policy(policy(0)).statementTimeout(Duration.ofMillis(200));
        long start = System.nanoTime();

        assertThat(failureOf(impatient, source.transaction(), r -> ask(r, provocation.slow())))
                .isNotNull();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        assertThat(failures)
                .extracting(RunEvent.AttemptFailed::verdict)
                .as("a statement timeout of our own is worth another attempt")
                .singleElement()
                .isIn(Verdict.RETRY_SAVEPOINT, Verdict.RETRY_TRANSACTION);
    }

    @Test
    void stopsAWriteThatWaitsLongerThanItsStatementTimeout() throws Exception {
        needs(ScopeFeature.STATEMENT_TIMEOUT);
        needsRowLocks();
        ScopeSource<S> source = source(1);
        TestSession holder = provocation.holderOf(3);
        DbopRunner impatient = runner.policy(policy(0)).statementTimeout(Duration.ofMillis(200));
        long start = System.nanoTime();

        assertThat(failureOf(impatient, source.transaction(), r -> {
                    raise(r, 3);
                    return true;
                }))
                .isNotNull();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        holder.run("rollback");
        assertThat(counter(3)).isZero();
    }

    @Test
    void refusesWhatItDoesNotSupport() throws Exception {
        Assumptions.assumeFalse(
                supports(ScopeFeature.READ_ONLY) && supports(ScopeFeature.ISOLATION), "everything is supported");
        ScopeSource<S> source = source(1);
        if (!supports(ScopeFeature.READ_ONLY)) {
            assertThat(failureOf(runner.readOnly(), source.transaction(), r -> true))
                    .isInstanceOf(IllegalStateException.class);
        }
        if (!supports(ScopeFeature.ISOLATION)) {
            assertThat(failureOf(runner.isolation(Isolation.SERIALIZABLE), source.transaction(), r -> true))
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}
