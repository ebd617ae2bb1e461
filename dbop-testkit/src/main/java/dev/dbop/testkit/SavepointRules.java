package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.DbopRunner;
import dev.dbop.Scope;
import dev.dbop.Verdict;
import dev.dbop.sql.Isolation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Steps inside a transaction: undone alone where that is enough, with the whole where it is not, never lost. */
abstract class SavepointRules<R, S extends Scope> extends SettingRules<R, S> {

    private final AtomicInteger outerRuns = new AtomicInteger();
    private final AtomicInteger stepRuns = new AtomicInteger();

    SavepointRules(TestDatabase database) {
        super(database);
    }

    private void needsSavepoints() throws Exception {
        call(runner, source(1).transaction(), r -> stepOf(r).reach());
    }

    /** Runs a step, after a note of the transaction around it; counts both. */
    private void runStep(DbopRunner outer, DbopRunner step, Body<R, ?> operation) throws Exception {
        call(outer.named("outer"), source(1).transaction(), r -> {
            outerRuns.incrementAndGet();
            note(r, "outer");
            return call(step.named("step"), stepOf(r), s -> {
                stepRuns.incrementAndGet();
                note(s, "step");
                return operation.run(s);
            });
        });
    }

    /** Runs a step that waits for a row in vain, and has it in its second run. */
    private void waitInVainOnce(DbopRunner outer, DbopRunner step) throws Exception {
        needs(ScopeFeature.LOCK_TIMEOUT);
        needsRowLocks();
        needsSavepoints();
        TestSession holder = provocation.holderOf(3);
        runStep(outer, step, s -> {
            if (stepRuns.get() == 2) {
                holder.run("commit");
            }
            raise(s, 3);
            return true;
        });

        assertThat(stepRuns).hasValue(2);
        assertThat(notes()).containsExactly("outer", "step");
        assertThat(counter(3)).isEqualTo(1);
    }

    @Test
    void runsAStepAgainAloneAfterALockTimeout() throws Exception {
        waitInVainOnce(runner, runner.lockTimeout(provocation.shortestLockTimeout()));

        assertThat(outerRuns).hasValue(1);
    }

    /** Waiting again would help nobody: what cuts it short is the transaction's limit, and that grows with its attempts. */
    @Test
    void runsTheWholeAgainAfterALockTimeoutThatTheTransactionAroundHasCutShort() throws Exception {
        needs(ScopeFeature.GROWING_LOCK_TIMEOUT);
        DbopRunner growing = runner.lockTimeout(LONG).initialLockTimeout(provocation.shortestLockTimeout());
        waitInVainOnce(growing, growing);

        assertThat(outerRuns).hasValue(2);
    }

    @Test
    void runsTheWholeAgainAfterALockTimeoutWhereTheSnapshotIsStale() throws Exception {
        needs(ScopeFeature.LOCK_TIMEOUT);
        needs(ScopeFeature.ISOLATION);
        needsRowLocks();
        Assumptions.assumeFalse(
                provocation.dropsSavepoints(),
                () -> database.database() + " writes to the newest row, snapshot or not");
        needsSavepoints();
        TestSession holder = provocation.holderOf(3);
        DbopRunner impatient = runner.lockTimeout(provocation.shortestLockTimeout());
        call(runner.isolation(Isolation.REPEATABLE_READ), source(1).transaction(), r -> {
            if (outerRuns.incrementAndGet() == 2) {
                holder.run("commit");
            }
            note(r, "outer");
            return call(impatient, stepOf(r), s -> {
                stepRuns.incrementAndGet();
                raise(s, 3);
                return true;
            });
        });

        assertThat(outerRuns).hasValue(2);
        assertThat(stepRuns).hasValue(2);
        assertThat(notes()).containsExactly("outer");
        assertThat(counter(3)).isEqualTo(1);
    }

    @Test
    void runsTheWholeAgainAfterAFailureOfTheApplicationsWhereTheSnapshotIsStale() throws Exception {
        runAStepThatMissesAChange(Isolation.REPEATABLE_READ);

        assertThat(outerRuns).hasValue(2);
        assertThat(stepRuns).hasValue(2);
        assertThat(notes()).containsExactly("outer");
    }

    @Test
    void runsAStepAgainAloneAfterAFailureOfTheApplicationsWhereItReadsWhatIsNew() throws Exception {
        runAStepThatMissesAChange(Isolation.READ_COMMITTED);

        assertThat(outerRuns).hasValue(1);
        assertThat(stepRuns).hasValue(2);
        assertThat(notes()).containsExactly("outer");
    }

    /** The policy retries what the operation makes of a counter that somebody else has changed after it was read. */
    private void runAStepThatMissesAChange(Isolation isolation) throws Exception {
        needs(ScopeFeature.ISOLATION);
        needsRowLocks();
        needsSavepoints();
        DbopRunner lenient =
                runner.policy(policy(3).toBuilder().retryOn(Refused.class).build());
        call(lenient.isolation(isolation), source(1).transaction(), r -> {
            outerRuns.incrementAndGet();
            note(r, "outer");
            ask(r, "select v from counter");
            return call(lenient, stepOf(r), s -> {
                long read = millis(s, "select v from counter where id = 3");
                if (stepRuns.incrementAndGet() == 1) {
                    database.execute("update counter set v = v + 1 where id = 3");
                }
                if (read != counter(3)) {
                    throw new Refused();
                }
                return true;
            });
        });
    }

    @Test
    void undoesAfterADeadlockAsMuchAsTheServerDid() throws Exception {
        needsRowLocks();
        needsSavepoints();
        runStep(runner, runner, s -> {
            if (stepRuns.get() == 1) {
                provocation.deadlock(sql(s));
            }
            raise(s, 1);
            raise(s, 2);
            return true;
        });

        assertThat(outerRuns).hasValue(provocation.dropsSavepoints() ? 2 : 1);
        assertThat(stepRuns).hasValue(2);
        assertThat(notes()).containsExactly("outer", "step");
        assertThat(List.of(counter(1), counter(2))).containsExactly(1L, 1L);
    }

    @Test
    void runsTheWholeAgainWhenADeadlockComesBack() throws Exception {
        needsRowLocks();
        needsSavepoints();
        call(runner, source(1).transaction(), r -> {
            if (outerRuns.incrementAndGet() == 2) {
                provocation.awaitBeside();
            }
            note(r, "outer");
            raise(r, 1);
            return call(runner, stepOf(r), s -> {
                if (stepRuns.incrementAndGet() == 1) {
                    provocation.standoff(sql(s));
                }
                raise(s, 2);
                return true;
            });
        });

        assertThat(outerRuns).hasValue(2);
        assertThat(notes()).containsExactly("outer");
        assertThat(List.of(counter(1), counter(2))).containsExactly(1L, 1L);
    }

    @Test
    void runsTheWholeAgainWhenTheServerDroppedTheSavepoint() throws Exception {
        needsSavepoints();
        DbopRunner stubborn = runner.classifier((failure, phase) -> Verdict.RETRY_SAVEPOINT);
        runStep(stubborn, stubborn, s -> {
            if (stepRuns.get() == 1) {
                provocation.doom(sql(s));
            }
            return true;
        });

        assertThat(outerRuns).hasValue(provocation.dropsSavepoints() ? 2 : 1);
        assertThat(stepRuns).hasValue(2);
        assertThat(notes()).containsExactly("outer", "step");
    }

    @Test
    void undoesAStepAloneWhenTheOuterOperationGoesOnWithoutIt() throws Exception {
        needsSavepoints();
        call(runner, source(1).transaction(), r -> {
            note(r, "outer");
            assertThat(failureOf(runner, stepOf(r), s -> {
                        note(s, "step");
                        throw new Refused();
                    }))
                    .isInstanceOf(Refused.class);
            note(r, "outer again");
            return true;
        });

        assertThat(notes()).containsExactly("outer", "outer again");
    }

    @Test
    void undoesAStepWithTheWhole() throws Exception {
        needsSavepoints();
        assertThat(catchThrowable(() -> call(runner, source(1).transaction(), r -> {
                    call(runner, stepOf(r), s -> {
                        note(s, "step");
                        return true;
                    });
                    throw new Refused();
                })))
                .isInstanceOf(Refused.class);

        assertThat(notes()).isEmpty();
    }

    @Test
    void nestsStepsThreeDeepAndRunsOnlyTheInnermostAgain() throws Exception {
        needsSavepoints();
        DbopRunner again = runner.classifier(RETRY_AGAIN);
        List<String> runs = new ArrayList<>();
        call(again, source(1).transaction(), r -> {
            note(r, "0");
            return call(again, stepOf(r), one -> {
                runs.add("1");
                note(one, "1");
                return call(again, stepOf(one), two -> {
                    runs.add("2");
                    note(two, "2");
                    return call(again, stepOf(two), three -> {
                        runs.add("3");
                        note(three, "3");
                        if (runs.size() == 3) {
                            throw new Again();
                        }
                        return true;
                    });
                });
            });
        });

        assertThat(runs).containsExactly("1", "2", "3", "3");
        assertThat(notes()).containsExactly("0", "1", "2", "3");
    }

    @Test
    void undoesTheInnermostOfThreeStepsAndNoMore() throws Exception {
        needsSavepoints();
        call(runner, source(1).transaction(), r -> {
            note(r, "0");
            return call(runner, stepOf(r), one -> {
                note(one, "1");
                return call(runner, stepOf(one), two -> {
                    note(two, "2");
                    Throwable failure = failureOf(runner, stepOf(two), three -> {
                        note(three, "3");
                        throw new Refused();
                    });
                    note(two, "still 2");
                    return failure;
                });
            });
        });

        assertThat(notes()).containsExactly("0", "1", "2", "still 2");
    }

    @Test
    void handsAStepAResourceThatIsDeadWhenTheStepHasEnded() throws Exception {
        needs(ScopeFeature.OWN_RESOURCE);
        needsSavepoints();
        call(runner, source(1).transaction(), r -> {
            List<R> kept = new ArrayList<>();
            call(runner, stepOf(r), kept::add);
            assertThat(catchThrowable(() -> note(kept.get(0), "late"))).isNotNull();
            note(r, "outer");
            return true;
        });

        assertThat(notes()).containsExactly("outer");
    }

    @Test
    void joinsATransactionAsAStep() throws Exception {
        call(runner, source(1).transaction(), r -> {
            note(r, "outer");
            S joined = supported(join(r), "scope that joins");
            failureOf(runner, joined, s -> {
                note(s, "undone");
                throw new Refused();
            });
            return call(runner, joined, s -> {
                note(s, "joined");
                return true;
            });
        });

        assertThat(notes()).containsExactly("joined", "outer");
    }

    @Test
    void runsAJoinAgainThatHasToBeginTheTransaction() throws Exception {
        S scope = supported(join(ownResource()), "scope that joins");
        call(runner.classifier((failure, phase) -> Verdict.RETRY_TRANSACTION), scope, r -> {
            note(r, "done");
            if (stepRuns.incrementAndGet() == 1) {
                throw new Again();
            }
            return true;
        });

        assertThat(stepRuns).hasValue(2);
        assertThat(notes()).containsExactly("done");
    }

    @Test
    void joinsNothingAsATransaction() throws Exception {
        S scope = supported(join(ownResource()), "scope that joins");
        failureOf(runner, scope, r -> {
            note(r, "undone");
            throw new Refused();
        });
        call(runner, scope, r -> {
            note(r, "done");
            return true;
        });

        assertThat(notes()).containsExactly("done");
    }
}
