package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.DbopRunner;
import dev.dbop.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What an attempt leaves behind: all of its work, or nothing. */
abstract class OutcomeRules<R, S extends Scope> extends ScopeFixture<R, S> {

    OutcomeRules(TestDatabase database) {
        super(database);
    }

    /** No exception a client would catch by mistake. */
    private static final class Fatal extends Error {
        private static final long serialVersionUID = 1;
    }

    @Test
    void commitsWhatSucceeded() throws Exception {
        String result = call(runner, source(1).transaction(), r -> {
            note(r, "done");
            return "result";
        });

        assertThat(result).isEqualTo("result");
        assertThat(notes()).containsExactly("done");
        assertThat(failures).isEmpty();
    }

    @Test
    void rollsBackWhatTheDatabaseRefused() throws Exception {
        Throwable failure = failureOf(runner, source(1).transaction(), r -> {
            note(r, "undone");
            run(r, "insert into counter values (1, 0)");
            return true;
        });

        assertThat(failure).isNotNull();
        assertThat(notes()).isEmpty();
        assertThat(failures).hasSize(1);
    }

    @Test
    void rollsBackWhatTheOperationThrewAndThrowsItAsItIs() throws Exception {
        Refused thrown = new Refused();
        Throwable failure = failureOf(runner, source(1).transaction(), r -> {
            note(r, "undone");
            throw thrown;
        });

        assertThat(failure).isSameAs(thrown);
        assertThat(notes()).isEmpty();
        assertThat(failures).hasSize(1);
    }

    @Test
    void rollsBackAfterAnErrorAndThrowsItAsItIs() throws Exception {
        Fatal thrown = new Fatal();
        Throwable failure = failureOf(runner, source(1).transaction(), r -> {
            note(r, "undone");
            throw thrown;
        });

        assertThat(failure).isSameAs(thrown);
        assertThat(notes()).isEmpty();
    }

    @Test
    void rollsBackWhatTheHookDidWhenTheHookFails() throws Exception {
        AtomicInteger operations = new AtomicInteger();
        Refused thrown = new Refused();
        Throwable failure = catchThrowable(() -> call(
                runner,
                source(1).transaction(),
                r -> {
                    note(r, "undone");
                    throw thrown;
                },
                r -> operations.incrementAndGet()));

        assertThat(failure).isSameAs(thrown);
        assertThat(operations).hasValue(0);
        assertThat(notes()).isEmpty();
    }

    @Test
    void keepsNothingOfAnAttemptThatIsRunAgain() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        call(
                runner.classifier(RETRY_AGAIN),
                source(1).transaction(),
                r -> {
                    note(r, "hook");
                    return true;
                },
                r -> {
                    note(r, "operation");
                    raise(r, 1);
                    if (attempts.incrementAndGet() < 3) {
                        throw new Again();
                    }
                    return true;
                });

        assertThat(attempts).hasValue(3);
        assertThat(notes()).containsExactly("hook", "operation");
        assertThat(counter(1)).isEqualTo(1);
    }

    @Test
    void holdsNoConnectionWhileItWaitsForTheNextAttempt() throws Exception {
        ScopeSource<S> source = source(1);
        AtomicInteger attempts = new AtomicInteger();
        List<String> seen = new ArrayList<>();
        DbopRunner resting = duringBackOff(
                runner.classifier(RETRY_AGAIN),
                () -> seen.addAll(call(runner, source.transaction(), r -> ask(r, "select count(*) from note"))));

        call(resting, source.transaction(), r -> {
            note(r, "done");
            if (attempts.incrementAndGet() < 3) {
                throw new Again();
            }
            return true;
        });

        assertThat(seen).containsExactly("0", "0");
        assertThat(notes()).containsExactly("done");
    }

    @Test
    void handsOutAResourceThatIsDeadWhenTheAttemptHasEnded() throws Exception {
        ScopeSource<S> source = source(1);
        List<R> kept = new ArrayList<>();
        call(runner, source.transaction(), kept::add);
        failureOf(runner, source.transaction(), r -> {
            kept.add(r);
            throw new Refused();
        });

        assertThat(kept)
                .hasSize(2)
                .allSatisfy(dead ->
                        assertThat(catchThrowable(() -> note(dead, "late"))).isNotNull());
        assertThat(notes()).isEmpty();
    }

    @Test
    void commitsEachStatementOfAnAutocommitAttempt() throws Exception {
        S autocommit = supported(source(1).autocommit(), "autocommit scope");
        Refused thrown = new Refused();
        Throwable failure = failureOf(runner, autocommit, r -> {
            note(r, "kept");
            assertThat(notes()).containsExactly("kept");
            throw thrown;
        });

        assertThat(failure).isSameAs(thrown);
        assertThat(notes()).containsExactly("kept");
    }

    @Test
    void runsTransactionsOnACallersResourceAndLeavesItOpen() throws Exception {
        R own = ownResource();
        S scope = supported(transactionOn(own), "transaction scope on a caller's resource");
        AtomicInteger attempts = new AtomicInteger();

        call(runner.classifier(RETRY_AGAIN), scope, r -> {
            note(r, "done");
            if (attempts.incrementAndGet() < 2) {
                throw new Again();
            }
            return true;
        });
        failureOf(runner, scope, r -> {
            note(r, "undone");
            throw new Refused();
        });

        assertThat(ask(own, "select body from note")).containsExactly("done");
        assertThat(notes()).containsExactly("done");
    }

    @Test
    void runsAutocommitAttemptsOnACallersResourceAndLeavesItOpen() throws Exception {
        R own = ownResource();
        S scope = supported(autocommitOn(own), "autocommit scope on a caller's resource");

        call(runner, scope, r -> {
            note(r, "done");
            return true;
        });

        assertThat(ask(own, "select body from note")).containsExactly("done");
        assertThat(notes()).containsExactly("done");
    }
}
