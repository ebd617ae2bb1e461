package dev.dbop.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.SQLDialect;
import org.jooq.TransactionContext;
import org.jooq.TransactionListener;
import org.jooq.TransactionProvider;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DefaultConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Listeners and providers that throw what nobody has declared: errors, and checked exceptions by stealth. */
@RealDatabase(Database.POSTGRESQL)
class BrokenListenersTest {
    private final TestDatabase db;
    private final HikariDataSource pool = new HikariDataSource();
    private final DbopRunner runner = DbopRunner.create()
            .policy(RetryPolicy.builder()
                    .maxRetries(2)
                    .initialDelay(Duration.ZERO)
                    .build())
            .listeners();

    BrokenListenersTest(TestDatabase db) {
        this.db = db;
        pool.setJdbcUrl(db.url());
        pool.setMaximumPoolSize(1);
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS note", "CREATE TABLE note (body VARCHAR(40) PRIMARY KEY)");
    }

    /** Whatever was thrown, the pool's only connection is back, and in no transaction. */
    @AfterEach
    void close() throws SQLException {
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        try (Connection next = pool.getConnection()) {
            assertThat(next.getAutoCommit()).isTrue();
        }
        pool.close();
    }

    static Stream<Throwable> undeclared() {
        return Stream.of(new AssertionError("broken"), new IOException("broken"));
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void sneak(Throwable thrown) throws X {
        throw (X) thrown;
    }

    /** Throws at one moment of a transaction. */
    private record Broken(String moment, Throwable thrown) implements TransactionListener {
        private void at(String now) {
            if (now.equals(moment)) {
                BrokenListenersTest.<RuntimeException>sneak(thrown);
            }
        }

        @Override
        public void beginEnd(TransactionContext context) {
            at("beginEnd");
        }

        @Override
        public void commitStart(TransactionContext context) {
            at("commitStart");
        }

        @Override
        public void commitEnd(TransactionContext context) {
            at("commitEnd");
        }

        @Override
        public void rollbackStart(TransactionContext context) {
            at("rollbackStart");
        }

        @Override
        public void rollbackEnd(TransactionContext context) {
            at("rollbackEnd");
        }
    }

    private DSLContext broken(String moment, Throwable thrown) {
        Configuration configuration = Jooq.using(db, pool).configuration();
        return configuration
                .deriveAppending((TransactionListener) new Broken(moment, thrown))
                .dsl();
    }

    private static void note(DSLContext on, String body) {
        on.execute("INSERT INTO note VALUES (?)", body);
    }

    private List<String> notes() throws SQLException {
        return db.query("SELECT body FROM note ORDER BY body");
    }

    @ParameterizedTest
    @MethodSource("undeclared")
    void whatAnExecuteListenerThrowsUndoesTheAttempt(Throwable thrown) throws SQLException {
        ExecuteListener listener = new ExecuteListener() {
            private static final long serialVersionUID = 1;

            @Override
            public void executeEnd(ExecuteContext context) {
                BrokenListenersTest.<RuntimeException>sneak(thrown);
            }
        };
        DSLContext dsl =
                Jooq.using(db, pool).configuration().deriveAppending(listener).dsl();

        Throwable caught = catchThrowable(() -> runner.run(JooqScope.transaction(dsl), tx -> note(tx, "never")));

        assertThat(Stream.iterate(caught, Objects::nonNull, Throwable::getCause))
                .contains(thrown);
        assertThat(notes()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("undeclared")
    void whatATransactionListenerThrowsBeforeTheCommitUndoesTheAttempt(Throwable thrown) throws SQLException {
        for (String moment : List.of("beginEnd", "commitStart")) {
            assertThat(catchThrowable(
                            () -> runner.run(JooqScope.transaction(broken(moment, thrown)), tx -> note(tx, "never"))))
                    .isSameAs(thrown);
            assertThat(notes()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("undeclared")
    void soItDoesInAStepAndTheTransactionGoesOn(Throwable thrown) throws SQLException {
        runner.run(JooqScope.transaction(Jooq.using(db, pool)), tx -> {
            note(tx, "kept");
            DSLContext step = tx.configuration()
                    .deriveAppending((TransactionListener) new Broken("commitStart", thrown))
                    .dsl();
            assertThat(catchThrowable(() -> runner.run(JooqScope.savepoint(step), on -> note(on, "never"))))
                    .isSameAs(thrown);
        });
        assertThat(notes()).containsExactly("kept");
    }

    @ParameterizedTest
    @MethodSource("undeclared")
    void whatItThrowsAfterTheCommitIsNoFailure(Throwable thrown) throws SQLException {
        runner.run(JooqScope.transaction(broken("commitEnd", thrown)), tx -> note(tx, "durable"));
        assertThat(notes()).containsExactly("durable");
    }

    @ParameterizedTest
    @MethodSource("undeclared")
    void whatItThrowsWhileTheAttemptIsUndoneDoesNotHideTheCause(Throwable thrown) throws SQLException {
        for (String moment : List.of("rollbackStart", "rollbackEnd")) {
            assertThatThrownBy(() -> runner.run(JooqScope.transaction(broken(moment, thrown)), tx -> {
                        note(tx, "never");
                        throw new IllegalStateException("cause");
                    }))
                    .hasMessage("cause")
                    .hasSuppressedException(thrown);
            assertThat(notes()).isEmpty();
        }
    }

    /** Binds one connection, as a framework does, and may throw something on the way. */
    private final class Halfway implements TransactionProvider, ConnectionProvider {
        private final List<String> calls = new ArrayList<>();
        private final @Nullable Throwable atRollback;
        private @Nullable Throwable atBegin;
        private @Nullable Connection bound;

        Halfway(@Nullable Throwable atBegin, @Nullable Throwable atRollback) {
            this.atBegin = atBegin;
            this.atRollback = atRollback;
        }

        private static void sneakIfAny(@Nullable Throwable thrown) {
            if (thrown != null) {
                BrokenListenersTest.<RuntimeException>sneak(thrown);
            }
        }

        @Override
        public void begin(TransactionContext context) {
            calls.add("begin");
            bound = sql(() -> {
                Connection connection = pool.getConnection();
                connection.setAutoCommit(false);
                return connection;
            });
            Throwable once = atBegin;
            atBegin = null;
            sneakIfAny(once);
        }

        @Override
        public void commit(TransactionContext context) {
            calls.add("commit");
            end(true);
        }

        @Override
        public void rollback(TransactionContext context) {
            calls.add("rollback");
            end(false);
            sneakIfAny(atRollback);
        }

        private void end(boolean commit) {
            Connection connection = Objects.requireNonNull(bound);
            bound = null;
            sql(() -> {
                if (commit) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
                connection.close();
                return connection;
            });
        }

        @Override
        public @Nullable Connection acquire() {
            return bound;
        }

        @Override
        public void release(Connection connection) {
            // it is the transaction's
        }

        private DSLContext dsl() {
            Configuration configuration = new DefaultConfiguration();
            configuration
                    .set(SQLDialect.POSTGRES)
                    .set((ConnectionProvider) this)
                    .set((TransactionProvider) this);
            return configuration.set(Jooq.settings()).dsl();
        }
    }

    /** What JDBC does, or fails to do. */
    private interface Work {
        Connection run() throws SQLException;
    }

    private static Connection sql(Work work) {
        try {
            return work.run();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @ParameterizedTest
    @MethodSource("undeclared")
    void aTransactionThatIsBegunHalfwayIsEndedByItsProvider(Throwable thrown) throws SQLException {
        Halfway halfway = new Halfway(thrown, null);
        Throwable caught =
                catchThrowable(() -> runner.run(JooqScope.transaction(halfway.dsl()), tx -> note(tx, "never")));

        assertThat(Stream.iterate(caught, Objects::nonNull, Throwable::getCause))
                .contains(thrown);
        assertThat(halfway.calls).containsExactly("begin", "rollback");
        assertThat(notes()).isEmpty();
    }

    @Test
    void aTransactionThatIsBegunHalfwayIsBegunAgainWhereThatHelps() throws SQLException {
        SQLException gone = new SQLException("the server is starting", "57P03");
        Halfway halfway = new Halfway(new DataAccessException("cannot begin", gone), null);
        runner.run(JooqScope.transaction(halfway.dsl()), tx -> note(tx, "once"));

        assertThat(halfway.calls).containsExactly("begin", "rollback", "begin", "commit");
        assertThat(notes()).containsExactly("once");
    }

    @ParameterizedTest
    @MethodSource("undeclared")
    void aProviderThatFailsToRollBackDoesNotHideTheCause(Throwable thrown) throws SQLException {
        Halfway halfway = new Halfway(null, thrown);
        assertThatThrownBy(() -> runner.run(JooqScope.transaction(halfway.dsl()), tx -> {
                    note(tx, "never");
                    throw new IllegalStateException("cause");
                }))
                .hasMessage("cause")
                .hasSuppressedException(thrown);

        assertThat(halfway.calls).startsWith("begin", "rollback");
        assertThat(notes()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("undeclared")
    void norDoesOneThatFailsToEndWhatItHasBegunHalfway(Throwable thrown) {
        IllegalStateException cause = new IllegalStateException("cause");
        Halfway halfway = new Halfway(cause, thrown);
        assertThatThrownBy(() -> runner.run(JooqScope.transaction(halfway.dsl()), tx -> note(tx, "never")))
                .isSameAs(cause)
                .hasSuppressedException(thrown);
    }
}
