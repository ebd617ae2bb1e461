package dev.dbop.testkit;

import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.Classifier;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.Scope;
import dev.dbop.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;

/**
 * What the rules for scopes stand on: the scopes under test, driven as if they were blocking, and tables to see what they
 * did. The rules are a chain of classes and not nested ones, so that each test is reported under the name of the
 * subclass, which says whose scope failed.
 *
 * @param <R> the resource
 * @param <S> the scopes
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
abstract class ScopeFixture<R, S extends Scope> {

    /** Long enough never to strike. */
    static final Duration LONG = Duration.ofSeconds(9);

    /** Goes on where the scope's own classifier would not. */
    static final Classifier RETRY_AGAIN = (failure, phase) -> failure instanceof Again ? Verdict.RETRY_SAVEPOINT : null;

    final TestDatabase database;
    final Provocation provocation;
    final List<RunEvent.AttemptFailed> failures = new CopyOnWriteArrayList<>();
    final DbopRunner runner;
    private final Deque<Step> opened = new ArrayDeque<>();

    ScopeFixture(TestDatabase database) {
        this.database = database;
        this.provocation = Provocation.of(database);
        this.runner = DbopRunner.create().named("contract").policy(policy(3)).listeners(event -> {
            if (event instanceof RunEvent.AttemptFailed failed) {
                failures.add(failed);
            }
        });
    }

    /** What an operation does with its resource. */
    @FunctionalInterface
    interface Body<R, T extends @Nullable Object> {
        T run(R resource) throws Exception;
    }

    /** Part of a test. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    /** A failure that {@link #RETRY_AGAIN} knows. */
    static final class Again extends RuntimeException {
        private static final long serialVersionUID = 1;

        Again() {
            super("once more");
        }
    }

    /** A failure nobody knows. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused() {
            super("refused by the operation");
        }
    }

    static RetryPolicy policy(int maxRetries) {
        return RetryPolicy.builder()
                .maxRetries(maxRetries)
                .initialDelay(Duration.ofMillis(1))
                .maxDelay(Duration.ofMillis(20))
                .build();
    }

    /**
     * Returns what the scopes under test do not do.
     *
     * @return the features whose tests are skipped; none unless overridden
     */
    protected Set<ScopeFeature> unsupported() {
        return Set.of();
    }

    /**
     * Opens a resource that belongs to a caller, outside any attempt and transaction, on a connection that no pool keeps.
     *
     * @return the resource; null, the default, where the scopes take none, and then the tests of {@link #transactionOn},
     *     {@link #autocommitOn} and, without a transaction, {@link #savepoint} and {@link #join} are skipped
     * @throws Exception if that fails
     */
    protected @Nullable R openResource() throws Exception {
        return null;
    }

    /**
     * Closes what {@link #openResource} has opened, its connection included.
     *
     * @param resource the resource
     * @throws Exception if that fails
     */
    protected void closeResource(R resource) throws Exception {}

    /**
     * Returns the scope whose attempts are transactions on a caller's resource.
     *
     * @param resource used for every attempt; may be the wrong one on purpose
     * @return the scope, or null, the default, where there is none
     */
    protected @Nullable S transactionOn(R resource) {
        return null;
    }

    /**
     * Returns the scope whose attempts are savepoints in the transaction open on a resource.
     *
     * @param resource usually what an enclosing attempt was handed; may be the wrong one on purpose
     * @return the scope, or null, the default, where there is none
     */
    protected @Nullable S savepoint(R resource) {
        return null;
    }

    /**
     * Returns the scope whose attempts are savepoints where a transaction is open on the resource, else transactions.
     *
     * @param resource used for every attempt
     * @return the scope, or null, the default, where there is none
     */
    protected @Nullable S join(R resource) {
        return null;
    }

    /**
     * Returns the scope whose attempts run statements that commit on their own, on a caller's resource.
     *
     * @param resource used for every attempt; may be the wrong one on purpose
     * @return the scope, or null, the default, where there is none
     */
    protected @Nullable S autocommitOn(R resource) {
        return null;
    }

    /** A new source, through a proxy or not, that the test closes. */
    abstract ScopeSource<S> openSource(@Nullable FaultProxy proxy, int size) throws Exception;

    abstract <T extends @Nullable Object> T call(DbopRunner runner, S scope, Body<R, ?> hook, Body<R, T> operation)
            throws Exception;

    abstract void run(R resource, String sql) throws Exception;

    abstract List<String> ask(R resource, String sql) throws Exception;

    /** A runner that does something while it waits for the next attempt. */
    abstract DbopRunner duringBackOff(DbopRunner runner, Step step);

    final <T extends @Nullable Object> T call(DbopRunner runner, S scope, Body<R, T> operation) throws Exception {
        return call(runner, scope, resource -> true, operation);
    }

    /** What a call fails with; null if it does not. */
    final Throwable failureOf(DbopRunner runner, S scope, Body<R, ?> operation) {
        Throwable failure = catchThrowable(() -> call(runner, scope, operation));
        if (failure instanceof TestAbortedException unsupported) {
            throw unsupported;
        }
        return failure;
    }

    @BeforeEach
    final void prepareTables() throws SQLException {
        provocation.prepareTables();
    }

    @AfterEach
    final void closeWhatIsOpen() throws Exception {
        provocation.close();
        Throwable first = null;
        while (!opened.isEmpty()) {
            Throwable failure = catchThrowable(opened.pop()::run);
            first = first == null ? failure : first;
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first instanceof Exception exception) {
            throw exception;
        }
    }

    final <C extends AutoCloseable> C closing(C resource) {
        opened.push(resource::close);
        return resource;
    }

    final ScopeSource<S> source(int size) throws Exception {
        return closing(openSource(null, size));
    }

    final ScopeSource<S> source(FaultProxy proxy) throws Exception {
        return closing(openSource(proxy, 1));
    }

    private ScopeSource<S> closing(ScopeSource<S> source) {
        opened.push(source::close);
        return source;
    }

    final FaultProxy proxy() {
        needsServer();
        return closing(FaultProxy.to(database));
    }

    /**
     * Returns a pool of JDBC connections for a source to stand on. It fails the test if a connection comes back alive but
     * not as it was, or never.
     *
     * @param proxy what connections go through, or null
     * @param size the most connections at a time
     * @return the pool, to be closed with the source
     */
    protected final TestPool pool(@Nullable FaultProxy proxy, int size) {
        return new TestPool(database, proxy == null ? database.dataSource() : database.dataSource(proxy), size);
    }

    final R ownResource() throws Exception {
        R resource = supported(openResource(), "scopes on a caller's resource");
        opened.push(() -> closeResource(resource));
        return resource;
    }

    final S stepOf(R resource) {
        return supported(savepoint(resource), "savepoint scope");
    }

    final <T> T supported(@Nullable T value, String what) {
        if (value == null) {
            return Assumptions.abort("the scopes under test offer no " + what);
        }
        return value;
    }

    final boolean supports(ScopeFeature feature) {
        return !unsupported().contains(feature);
    }

    final void needs(ScopeFeature feature) {
        Assumptions.assumeTrue(supports(feature), () -> "the scopes under test do not support " + feature);
    }

    final void needsServer() {
        Assumptions.assumeTrue(
                provocation.sessionId() != null,
                () -> database.database() + " has no connection to lose or to ask about");
    }

    final void needsRowLocks() {
        Assumptions.assumeTrue(
                provocation.locksRows(), () -> database.database() + " lets one transaction write at a time");
    }

    final Provocation.Sql sql(R resource) {
        return new Provocation.Sql() {
            @Override
            public void execute(String sql) throws Exception {
                run(resource, sql);
            }

            @Override
            public List<String> query(String sql) throws Exception {
                return ask(resource, sql);
            }
        };
    }

    final void note(R resource, String body) throws Exception {
        run(resource, "insert into note values ('" + body + "')");
    }

    final void raise(R resource, int id) throws Exception {
        run(resource, "update counter set v = v + 1 where id = " + id);
    }

    /** What is durable, seen by somebody else. */
    final List<String> notes() throws SQLException {
        return database.query("select body from note order by body");
    }

    final long counter(int id) throws SQLException {
        return database.number("select v from counter where id = ?", id);
    }

    final long sessionOf(R resource) throws Exception {
        needsServer();
        return Long.parseLong(
                ask(resource, String.valueOf(provocation.sessionId())).get(0));
    }

    final long millis(R resource, String query) throws Exception {
        return Long.parseLong(ask(resource, query).get(0));
    }

    /** The number that a query of an attempt gives. */
    final long asked(DbopRunner asking, S scope, String query) throws Exception {
        return call(asking, scope, r -> millis(r, query));
    }

    /** Ends a session and waits until it is gone. */
    final void kill(long session) throws SQLException {
        database.kill(session);
        Poll.until(
                Duration.ofSeconds(10),
                () -> database.sessions().stream().noneMatch(other -> other.id() == session),
                () -> "killed session " + session + " did not end");
    }
}
