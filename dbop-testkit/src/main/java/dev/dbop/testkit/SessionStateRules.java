package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.DbopRunner;
import dev.dbop.Phase;
import dev.dbop.RunEvent;
import dev.dbop.Scope;
import dev.dbop.sql.Isolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A session is as it was found once the attempt is over, however it ended. */
abstract class SessionStateRules<R, S extends Scope> extends OutcomeRules<R, S> {

    SessionStateRules(TestDatabase database) {
        super(database);
    }

    /** Changes everything the scopes under test can change. */
    final DbopRunner withEverySetting() {
        DbopRunner all = withTimeouts(runner);
        return supports(ScopeFeature.ISOLATION) ? all.isolation(Isolation.SERIALIZABLE) : all;
    }

    final DbopRunner withTimeouts(DbopRunner plain) {
        DbopRunner all = plain;
        if (supports(ScopeFeature.LOCK_TIMEOUT)) {
            all = all.lockTimeout(Duration.ofSeconds(7));
        }
        if (supports(ScopeFeature.STATEMENT_TIMEOUT)) {
            all = all.statementTimeout(Duration.ofSeconds(8));
        }
        return all;
    }

    /** What the session says of itself, asked through a scope that changes nothing. */
    final List<String> state(ScopeSource<S> source) throws Exception {
        return call(DbopRunner.create(), source.transaction(), this::stateOf);
    }

    final List<String> stateOf(R resource) throws Exception {
        List<String> state = new ArrayList<>();
        for (String query : provocation.settings()) {
            state.addAll(ask(resource, query));
        }
        return state;
    }

    private void findsUnchanged(ScopeSource<S> source, Step step) throws Exception {
        List<String> before = state(source);
        step.run();
        assertThat(state(source)).isEqualTo(before);
    }

    @Test
    void leavesTheSessionAsItWasAfterSuccess() throws Exception {
        ScopeSource<S> source = source(1);
        findsUnchanged(
                source,
                () -> call(withEverySetting(), source.transaction(), r -> {
                    note(r, "done");
                    return true;
                }));

        assertThat(notes()).containsExactly("done");
    }

    @Test
    void leavesTheSessionAsItWasAfterAReadOnlyCall() throws Exception {
        needs(ScopeFeature.READ_ONLY);
        ScopeSource<S> source = source(1);
        findsUnchanged(
                source,
                () -> call(withEverySetting().readOnly(), source.transaction(), r -> ask(r, "select v from counter")));
    }

    @Test
    void leavesTheSessionAsItWasWhenTheAttemptCouldNotBegin() throws Exception {
        needs(ScopeFeature.LOCK_TIMEOUT);
        Assumptions.assumeFalse(
                provocation.locksRows(),
                () -> "nothing but a lost connection keeps " + database.database() + " from it");
        ScopeSource<S> source = source(1);
        findsUnchanged(source, () -> {
            TestSession writer = provocation.holderOf(1);
            Throwable failure = failureOf(
                    withTimeouts(runner.policy(policy(1))).lockTimeout(Duration.ofMillis(30)),
                    source.transaction(),
                    r -> true);
            writer.run("rollback");
            assertThat(failure).isNotNull();
        });

        assertThat(failures).extracting(RunEvent.AttemptFailed::phase).containsExactly(Phase.OPEN, Phase.OPEN);
    }

    @Test
    void leavesTheSessionAsItWasWhenTheHookFails() throws Exception {
        ScopeSource<S> source = source(1);
        findsUnchanged(source, () -> {
            Throwable failure = catchThrowable(() -> call(
                    withEverySetting(),
                    source.transaction(),
                    r -> {
                        throw new Refused();
                    },
                    r -> true));
            assertThat(failure).isInstanceOf(Refused.class);
        });
    }

    @Test
    void leavesTheSessionAsItWasWhenTheOperationFails() throws Exception {
        ScopeSource<S> source = source(1);
        findsUnchanged(source, () -> {
            Throwable failure = failureOf(withEverySetting(), source.transaction(), r -> {
                note(r, "undone");
                run(r, "insert into counter values (1, 0)");
                return true;
            });
            assertThat(failure).isNotNull().isNotInstanceOf(IllegalStateException.class);
        });

        assertThat(notes()).isEmpty();
    }

    @Test
    void leavesTheSessionAsItWasWhenTheServerRefusesToCommit() throws Exception {
        ScopeSource<S> source = source(1);
        DbopRunner once = runner.policy(policy(0));
        // SQLite waits for readers as long as it is told to
        DbopRunner impatient = provocation.locksRows() ? once : once.lockTimeout(Duration.ofMillis(20));
        findsUnchanged(source, () -> {
            Throwable failure = failureOf(impatient, source.transaction(), r -> {
                note(r, "undone");
                provocation.refuseCommit(sql(r));
                return true;
            });
            provocation.close();
            assertThat(failure).isNotNull();
        });

        assertThat(notes()).isEmpty();
        assertThat(failures)
                .singleElement()
                .satisfies(failed -> assertThat(failed.phase()).isEqualTo(Phase.COMMIT));
    }

    @Test
    void leavesTheSessionAsItWasAfterAStatementTimeout() throws Exception {
        needs(ScopeFeature.STATEMENT_TIMEOUT);
        ScopeSource<S> source = source(1);
        DbopRunner impatient = withEverySetting().policy(policy(0)).statementTimeout(Duration.ofMillis(200));
        findsUnchanged(
                source,
                () -> assertThat(failureOf(impatient, source.transaction(), r -> ask(r, provocation.slow())))
                        .isNotNull());
    }

    @Test
    void leavesASessionAsItWasWhenItsPredecessorWasKilled() throws Exception {
        needsServer();
        ScopeSource<S> source = source(1);
        findsUnchanged(source, () -> {
            Throwable failure = failureOf(withEverySetting().policy(policy(0)), source.transaction(), r -> {
                kill(sessionOf(r));
                note(r, "undone");
                return true;
            });
            assertThat(failure).isNotNull();
        });

        assertThat(notes()).isEmpty();
    }

    @Test
    void leavesTheSessionAsItWasAroundAutocommitAttempts() throws Exception {
        ScopeSource<S> source = source(1);
        S autocommit = supported(source.autocommit(), "autocommit scope");
        DbopRunner limited = withTimeouts(runner);
        findsUnchanged(source, () -> {
            call(limited, autocommit, r -> ask(r, "select v from counter"));
            failureOf(limited, autocommit, r -> ask(r, "select nonsense from counter"));
            if (supports(ScopeFeature.READ_ONLY)) {
                call(limited.readOnly(), autocommit, r -> ask(r, "select v from counter"));
            }
        });
    }

    @Test
    void leavesACallersSessionAsItWas() throws Exception {
        R own = ownResource();
        S transaction = supported(transactionOn(own), "transaction scope on a caller's resource");
        List<String> before = stateOf(own);

        call(withEverySetting(), transaction, r -> ask(r, "select v from counter"));
        assertThat(stateOf(own)).isEqualTo(before);

        failureOf(withEverySetting(), transaction, r -> ask(r, "select nonsense from counter"));
        assertThat(stateOf(own)).isEqualTo(before);

        S autocommit = autocommitOn(own);
        if (autocommit != null) {
            call(withTimeouts(runner), autocommit, r -> ask(r, "select v from counter"));
            assertThat(stateOf(own)).isEqualTo(before);
        }
    }
}
