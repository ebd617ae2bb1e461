package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.Phase;
import dev.dbop.RunEvent;
import dev.dbop.Scope;
import dev.dbop.Verdict;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** A lost connection costs an attempt, never an effect: nothing happens twice, and what may have happened is said so. */
abstract class ConnectionLossRules<R, S extends Scope> extends LostWorkRules<R, S> {

    private static final Predicate<byte[]> COMMIT = FaultProxy.commit();

    ConnectionLossRules(TestDatabase database) {
        super(database);
    }

    /** One of the proxy's ways to cut at a message. */
    private interface Cut {
        PlannedFault plan(FaultProxy proxy, Predicate<byte[]> message);
    }

    @Test
    void runsAnAttemptAgainOnANewConnectionWhenItsSessionWasKilled() throws Exception {
        needsServer();
        Set<Long> sessions = new HashSet<>();
        call(runner, source(1).transaction(), r -> {
            note(r, "done");
            if (sessions.add(sessionOf(r)) && sessions.size() == 1) {
                kill(sessionOf(r));
            }
            raise(r, 1);
            return true;
        });

        assertThat(sessions).hasSize(2);
        assertThat(notes()).containsExactly("done");
        assertThat(counter(1)).isEqualTo(1);
        assertThat(failures).extracting(RunEvent.AttemptFailed::verdict).containsExactly(Verdict.RETRY_CONNECTION);
    }

    @Test
    void runsTheWholeAgainWhenTheSessionWasKilledInAStep() throws Exception {
        needsServer();
        AtomicInteger outer = new AtomicInteger();
        AtomicInteger steps = new AtomicInteger();
        call(runner, source(1).transaction(), r -> {
            outer.incrementAndGet();
            note(r, "outer");
            return call(runner, stepOf(r), s -> {
                if (steps.incrementAndGet() == 1) {
                    kill(sessionOf(s));
                }
                note(s, "step");
                return true;
            });
        });

        assertThat(outer).hasValue(2);
        assertThat(steps).hasValue(2);
        assertThat(notes()).containsExactly("outer", "step");
    }

    @Test
    void triesAgainWhenTheConnectionIsLostWhileTheAttemptBegins() throws Exception {
        needs(ScopeFeature.LOCK_TIMEOUT);
        FaultProxy proxy = proxy();
        ScopeSource<S> source = source(proxy);
        List<String> before = state(source);
        PlannedFault cut = proxy.cutBeforeForwarding(FaultProxy.containing("lock_"));

        call(runner.lockTimeout(LONG), source.transaction(), r -> {
            note(r, "done");
            return true;
        });

        assertThat(cut.hasHappened()).isTrue();
        assertThat(notes()).containsExactly("done");
        assertThat(state(source)).isEqualTo(before);
        assertThat(failures).singleElement().satisfies(failed -> {
            assertThat(failed.verdict()).isEqualTo(Verdict.RETRY_CONNECTION);
            assertThat(failed.phase())
                    .as("what rides with the operation may fail there")
                    .isNotEqualTo(Phase.COMMIT);
        });
    }

    @Test
    void triesAgainWhenNoConnectionCouldBeMade() throws Exception {
        FaultProxy proxy = proxy();
        ScopeSource<S> source = source(proxy);
        proxy.refuseNewConnections();

        call(duringBackOff(runner, proxy::heal), source.transaction(), r -> {
            note(r, "done");
            return true;
        });

        assertThat(notes()).containsExactly("done");
        assertThat(failures).singleElement().satisfies(failed -> {
            assertThat(failed.verdict()).isEqualTo(Verdict.RETRY_CONNECTION);
            assertThat(failed.phase()).isEqualTo(Phase.OPEN);
        });
    }

    @Test
    void doesNotRepeatACommitThatTheServerNeverSaw() throws Exception {
        assertUnknown(FaultProxy::cutBeforeForwarding);

        assertThat(notes()).isEmpty();
    }

    @Test
    void doesNotRepeatACommitWhoseAnswerWasLost() throws Exception {
        assertUnknown(FaultProxy::cutAfterForwarding);

        assertThat(notes()).containsExactly("once");
    }

    @Test
    void doesNotRepeatACommitWhoseSessionWasKilled() throws Exception {
        assertUnknown((proxy, message) -> killAt(proxy.holdBack(message)));

        assertThat(notes()).isEmpty();
    }

    /** Kills every session of the database while a message is held back. */
    private PlannedFault killAt(PlannedFault held) {
        provocation.beside(() -> {
            held.await();
            try {
                for (ServerSession session : database.sessions()) {
                    kill(session.id());
                }
            } finally {
                held.release();
            }
        });
        return held;
    }

    private void assertUnknown(Cut cut) throws Exception {
        FaultProxy proxy = proxy();
        AtomicInteger attempts = new AtomicInteger();
        ScopeSource<S> source = source(proxy);
        Throwable failure = failureOf(runner, source.transaction(), r -> {
            attempts.incrementAndGet();
            note(r, "once");
            cut.plan(proxy, COMMIT);
            return true;
        });

        assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
        assertThat(attempts).hasValue(1);
        assertThat(failures)
                .singleElement()
                .satisfies(failed -> assertThat(failed.phase()).isEqualTo(Phase.COMMIT));
        assertThat(state(source)).as("the source is usable").isNotEmpty();
    }

    @Test
    void repeatsAnIdempotentCallWhoseOutcomeIsUnknown() throws Exception {
        assertThat(attemptsWithCutCommit(runner.idempotent(), "update counter set v = 5 where id = 1"))
                .isEqualTo(2);
        assertThat(counter(1)).isEqualTo(5);
    }

    @Test
    void repeatsAReadOnlyCallWhoseOutcomeIsUnknown() throws Exception {
        needs(ScopeFeature.READ_ONLY);

        assertThat(attemptsWithCutCommit(runner.readOnly(), "select v from counter"))
                .isEqualTo(2);
    }

    private int attemptsWithCutCommit(DbopRunner repeating, String statement) throws Exception {
        FaultProxy proxy = proxy();
        AtomicInteger attempts = new AtomicInteger();
        call(repeating, source(proxy).transaction(), r -> {
            run(r, statement);
            if (attempts.incrementAndGet() == 1) {
                proxy.cutAfterForwarding(COMMIT);
            }
            return true;
        });
        return attempts.get();
    }

    @Test
    void doesNotRepeatAnAutocommitWriteThatTheServerNeverSaw() throws Exception {
        assertUnknownAutocommit(FaultProxy::cutBeforeForwarding);

        assertThat(notes()).isEmpty();
    }

    @Test
    void doesNotRepeatAnAutocommitWriteWhoseAnswerWasLost() throws Exception {
        assertUnknownAutocommit(FaultProxy::cutAfterForwarding);

        assertThat(notes()).containsExactly("once");
    }

    private void assertUnknownAutocommit(Cut cut) throws Exception {
        FaultProxy proxy = proxy();
        S autocommit = supported(source(proxy).autocommit(), "autocommit scope");
        AtomicInteger attempts = new AtomicInteger();
        cut.plan(proxy, FaultProxy.containing("insert into note"));
        Throwable failure = failureOf(runner, autocommit, r -> {
            attempts.incrementAndGet();
            note(r, "once");
            return true;
        });

        assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void repeatsAnIdempotentAutocommitWriteWhoseOutcomeIsUnknown() throws Exception {
        FaultProxy proxy = proxy();
        S autocommit = supported(source(proxy).autocommit(), "autocommit scope");
        AtomicInteger attempts = new AtomicInteger();
        proxy.cutAfterForwarding(FaultProxy.containing("update counter"));
        call(runner.idempotent(), autocommit, r -> {
            attempts.incrementAndGet();
            run(r, "update counter set v = 5 where id = 1");
            return true;
        });

        assertThat(attempts).hasValue(2);
        assertThat(counter(1)).isEqualTo(5);
    }
}
