package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Says whether an {@link AttemptScope} is right, on a real database: what it keeps and what it undoes, the state it
 * leaves a session in, its settings and limits, savepoints, lost connections, stopped attempts, wrong states and many
 * threads. Meant to be extended: a subclass carries {@link RealDatabase}, names the scopes and says how SQL
 * is run; everything else is here.
 *
 * <p>What a scope does not offer (a factory method that returns null, a {@link ScopeFeature}) is skipped with the reason.
 * What it offers has to be right; no test can be overridden.
 *
 * <p>Each test has fresh tables, named {@code counter}, {@code note} and the like, in the class's own database, and at
 * most a minute; all of them take some ten seconds.
 *
 * @param <R> the resource the scopes hand to operations
 * @param <X> the checked exception of the client
 */
public abstract class AttemptScopeContract<R, X extends Exception> extends ConcurrencyRules<R, AttemptScope<R, X>> {

    /**
     * Prepares one test.
     *
     * @param database where everything happens; what {@link RealDatabase} gives
     */
    protected AttemptScopeContract(TestDatabase database) {
        super(database);
    }

    /**
     * Returns the scope whose attempts are transactions on connections of their own.
     *
     * @param source gives the connections
     * @return the scope, the same or another one each time
     */
    protected abstract AttemptScope<R, X> transaction(DataSource source);

    /**
     * Returns the scope whose attempts run statements that commit on their own, on connections of their own.
     *
     * @param source gives the connections
     * @return the scope, or null, the default, where there is none
     */
    protected @Nullable AttemptScope<R, X> autocommit(DataSource source) {
        return null;
    }

    /**
     * Runs a statement without a result, and only that statement, through the client.
     *
     * @param resource what an attempt was handed, or {@link #openResource}
     * @param sql the statement
     * @throws X if the database, or the client, refuses
     */
    protected abstract void execute(R resource, String sql) throws X;

    /**
     * Runs a query, and only that query, through the client.
     *
     * @param resource what an attempt was handed, or {@link #openResource}
     * @param sql the query
     * @return the first column of every row as text
     * @throws X if the database, or the client, refuses
     */
    protected abstract List<String> query(R resource, String sql) throws X;

    @Override
    final ScopeSource<AttemptScope<R, X>> openSource(@Nullable FaultProxy proxy, int size) {
        TestPool pool = pool(proxy, size);
        return new ScopeSource<>() {
            @Override
            public AttemptScope<R, X> transaction() {
                return AttemptScopeContract.this.transaction(pool);
            }

            @Override
            public @Nullable AttemptScope<R, X> autocommit() {
                return AttemptScopeContract.this.autocommit(pool);
            }

            @Override
            public void close() throws SQLException {
                pool.close();
            }
        };
    }

    @Override
    final <T extends @Nullable Object> T call(
            DbopRunner runner, AttemptScope<R, X> scope, Body<R, ?> hook, Body<R, T> operation) throws Exception {
        return runner.<R, T, Exception>call(scope, (resource, context) -> hook.run(resource), operation::run);
    }

    @Override
    final void run(R resource, String sql) throws X {
        execute(resource, sql);
    }

    @Override
    final List<String> ask(R resource, String sql) throws X {
        return query(resource, sql);
    }

    @Override
    final DbopRunner duringBackOff(DbopRunner runner, Step step) {
        return runner.sleeper(delay -> {
            try {
                step.run();
            } catch (Exception broken) {
                throw new IllegalStateException(broken);
            }
        });
    }

    @Test
    void takesOneConnectionForEachAttempt() throws Exception {
        TestPool pool = closing(pool(null, 1));
        AtomicInteger attempts = new AtomicInteger();
        call(runner.classifier(RETRY_AGAIN), transaction(pool), r -> {
            if (attempts.incrementAndGet() < 3) {
                throw new Again();
            }
            return true;
        });

        assertThat(attempts).hasValue(3);
        assertThat(pool.taken()).isEqualTo(3);
    }
}
