package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.Scope;
import dev.dbop.sql.Isolation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A scope refuses a resource in the wrong state at once, in words that help, before anything has run. */
abstract class WrongStateRules<R, S extends Scope> extends StopRules<R, S> {

    WrongStateRules(TestDatabase database) {
        super(database);
    }

    /** Asserts that the scope refuses, without a retry and without running the operation. */
    private void assertRefuses(DbopRunner asking, S scope) {
        AtomicInteger operations = new AtomicInteger();
        failures.clear();
        Throwable refusal = failureOf(asking, scope, r -> operations.incrementAndGet());

        assertThat(refusal).isInstanceOf(IllegalStateException.class);
        assertThat(refusal.getMessage())
                .as("one line that names what was found, the rule and the remedy")
                .isNotNull()
                .doesNotContain("\n")
                .hasSizeGreaterThan(40);
        assertThat(operations).hasValue(0);
        assertThat(failures).hasSize(1);
    }

    @Test
    void refusesASavepointWithoutATransaction() throws Exception {
        R own = ownResource();

        assertRefuses(runner, stepOf(own));

        assertThat(stateOf(own)).as("the resource is usable").isNotEmpty();
    }

    @Test
    void refusesATransactionInsideATransaction() throws Exception {
        call(runner, source(1).transaction(), r -> {
            note(r, "outer");
            assertRefuses(runner, supported(transactionOn(r), "transaction scope on a caller's resource"));
            return true;
        });

        assertThat(notes()).containsExactly("outer");
    }

    @Test
    void refusesAutocommitInsideATransaction() throws Exception {
        call(runner, source(1).transaction(), r -> {
            note(r, "outer");
            assertRefuses(runner, supported(autocommitOn(r), "autocommit scope on a caller's resource"));
            return true;
        });

        assertThat(notes()).containsExactly("outer");
    }

    @Test
    void refusesAnIsolationLevelWhereThereIsNoTransactionToSetItOn() throws Exception {
        ScopeSource<S> source = source(1);
        DbopRunner isolated = runner.isolation(Isolation.SERIALIZABLE);
        assertRefuses(isolated, supported(source.autocommit(), "autocommit scope"));

        call(runner, source.transaction(), r -> {
            note(r, "outer");
            assertRefuses(isolated, stepOf(r));
            return true;
        });
        assertThat(notes()).containsExactly("outer");
    }

    @Test
    void failsOnTheResourceOfAnAttemptThatHasEnded() throws Exception {
        List<R> kept = new ArrayList<>();
        call(runner, source(1).transaction(), kept::add);
        AtomicInteger operations = new AtomicInteger();

        assertThat(failureOf(runner, stepOf(kept.get(0)), r -> operations.incrementAndGet()))
                .isNotNull();
        assertThat(operations).hasValue(0);
    }

    @Test
    void failsOnASourceThatIsClosed() throws Exception {
        ScopeSource<S> source = openSource(null, 1);
        state(source);
        S scope = source.transaction();
        source.close();
        AtomicInteger operations = new AtomicInteger();

        assertThat(failureOf(runner, scope, r -> operations.incrementAndGet())).isNotNull();
        assertThat(operations).hasValue(0);
    }
}
