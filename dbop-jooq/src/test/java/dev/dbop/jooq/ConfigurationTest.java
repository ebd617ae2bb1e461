package dev.dbop.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.Reach;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.RecordMapperProvider;
import org.jooq.SQLDialect;
import org.jooq.TransactionContext;
import org.jooq.TransactionListener;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.impl.DefaultConnectionProvider;
import org.jooq.impl.DefaultRecordMapperProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What attempts take from the caller's configuration, and what they leave of it. */
@RealDatabase(Database.POSTGRESQL)
class ConfigurationTest {
    private final TestDatabase db;
    private final HikariDataSource pool = new HikariDataSource();
    private final DbopRunner runner = DbopRunner.create()
            .policy(RetryPolicy.builder()
                    .maxRetries(2)
                    .initialDelay(Duration.ZERO)
                    .build())
            .listeners();

    ConfigurationTest(TestDatabase db) {
        this.db = db;
    }

    @BeforeEach
    void createTable() throws SQLException {
        pool.setJdbcUrl(db.url());
        pool.setMaximumPoolSize(1);
        db.execute("DROP TABLE IF EXISTS note", "CREATE TABLE note (body VARCHAR(40) PRIMARY KEY)");
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private static void note(DSLContext on, String body) {
        on.execute("INSERT INTO note VALUES (?)", body);
    }

    private List<String> notes() throws SQLException {
        return db.query("SELECT body FROM note ORDER BY body");
    }

    /** Writes down what it hears, and may fail at one of the events. */
    private static final class Heard implements TransactionListener {
        final List<String> events = new CopyOnWriteArrayList<>();
        private final String failsAt;

        Heard(String failsAt) {
            this.failsAt = failsAt;
        }

        private void hear(String event) {
            events.add(event);
            if (event.equals(failsAt)) {
                throw new IllegalStateException("listener at " + event);
            }
        }

        @Override
        public void beginStart(TransactionContext context) {
            hear("beginStart");
        }

        @Override
        public void beginEnd(TransactionContext context) {
            hear("beginEnd");
        }

        @Override
        public void commitStart(TransactionContext context) {
            context.dsl().execute("INSERT INTO note VALUES ('by the listener') ON CONFLICT DO NOTHING");
            hear("commitStart");
        }

        @Override
        public void commitEnd(TransactionContext context) {
            hear("commitEnd");
        }

        @Override
        public void rollbackStart(TransactionContext context) {
            hear("rollbackStart because " + context.causeThrowable());
        }

        @Override
        public void rollbackEnd(TransactionContext context) {
            hear("rollbackEnd");
        }
    }

    private DSLContext heardBy(Heard heard) {
        Configuration configuration = Jooq.using(db, pool).configuration().derive();
        configuration.set(heard);
        return configuration.dsl();
    }

    @Test
    void isKeptButForTheConnection() {
        Configuration configuration = new DefaultConfiguration();
        List<String> executed = new ArrayList<>();
        configuration.set(SQLDialect.POSTGRES).set(pool).set(new Settings().withRenderFormatted(true));
        configuration.data("theirs", "kept");
        RecordMapperProvider mappers = new DefaultRecordMapperProvider();
        configuration.set(mappers);
        configuration.set(new ExecuteListener() {
            @Override
            public void executeStart(ExecuteContext context) {
                executed.add(String.valueOf(context.sql()));
            }
        });
        runner.run(JooqScope.transaction(configuration.dsl()), tx -> {
            assertThat(tx.dialect()).isEqualTo(SQLDialect.POSTGRES);
            assertThat(tx.settings().isRenderFormatted()).isTrue();
            assertThat(tx.configuration().data("theirs")).isEqualTo("kept");
            assertThat(tx.configuration().recordMapperProvider()).isSameAs(mappers);
            tx.fetch("SELECT 42");
        });
        assertThat(executed).containsExactly("SELECT 42");
        assertThat(configuration.connectionProvider()).isNotInstanceOf(DefaultConnectionProvider.class);
    }

    @Test
    void listenersHearOfEveryAttempt() throws SQLException {
        Heard heard = new Heard("");
        List<Integer> runs = new ArrayList<>();
        runner.classifier((failure, phase) -> Verdict.RETRY_TRANSACTION)
                .run(JooqScope.transaction(heardBy(heard)), tx -> {
                    runs.add(1);
                    note(tx, "a");
                    if (runs.size() == 1) {
                        throw new IllegalStateException("once");
                    }
                    runner.run(JooqScope.savepoint(tx), step -> note(step, "b"));
                });
        String begun = "beginStart beginEnd ";
        assertThat(String.join(" ", heard.events))
                .isEqualTo(begun + "rollbackStart because java.lang.IllegalStateException: once rollbackEnd " + begun
                        + begun + "commitStart commitEnd commitStart commitEnd");
        assertThat(notes()).containsExactly("a", "b", "by the listener");
    }

    @Test
    void aListenerMayKeepTheWorkFromBeingCommitted() throws SQLException {
        Heard heard = new Heard("commitStart");
        assertThatThrownBy(() -> runner.run(JooqScope.transaction(heardBy(heard)), tx -> note(tx, "a")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("listener at commitStart");
        assertThat(heard.events).last().isEqualTo("rollbackEnd");
        assertThat(notes()).isEmpty();
    }

    @Test
    void aListenerThatFailsAfterTheCommitNeverMakesAFailureOfIt() throws SQLException {
        int result = runner.call(JooqScope.transaction(heardBy(new Heard("commitEnd"))), tx -> {
            note(tx, "a");
            return 7;
        });
        assertThat(result).isEqualTo(7);
        assertThat(notes()).containsExactly("a", "by the listener");
    }

    @Test
    void aListenerThatFailsWhileTheWorkIsUndoneNeverHidesWhy() {
        assertThatThrownBy(() -> runner.run(JooqScope.transaction(heardBy(new Heard("rollbackEnd"))), tx -> {
                    throw new IllegalArgumentException("why");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .anyMatch(other -> "listener at rollbackEnd".equals(other.getMessage())));
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
    }

    @Test
    void aListenerThatFailsAtTheBeginningLeavesNothingOpen() throws SQLException {
        assertThatThrownBy(() -> runner.run(JooqScope.transaction(heardBy(new Heard("beginEnd"))), tx -> note(tx, "a")))
                .hasMessage("listener at beginEnd");
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        assertThat(notes()).isEmpty();
    }

    @Test
    void onlyOneConnectionIsUsedForEveryAttempt() throws SQLException {
        try (Connection connection = db.connect()) {
            DSLContext dsl = Jooq.using(db, connection);
            assertThat(JooqScope.transaction(dsl).reach()).isEqualTo(Reach.TRANSACTION);
            assertThat(JooqScope.autocommit(dsl).reach()).isEqualTo(Reach.TRANSACTION);
            runner.run(JooqScope.transaction(dsl), tx -> note(tx, "a"));
            assertThat(connection.isClosed()).isFalse();
            assertThat(connection.getAutoCommit()).isTrue();
        }
        assertThat(notes()).containsExactly("a");
    }

    @Test
    void aConnectionProviderGetsBackWhatItGave() throws SQLException {
        List<Connection> lent = new ArrayList<>();
        ConnectionProvider provider = new ConnectionProvider() {
            @Override
            public Connection acquire() {
                try {
                    Connection connection = pool.getConnection();
                    lent.add(connection);
                    return connection;
                } catch (SQLException failure) {
                    throw new DataAccessException("no connection", failure);
                }
            }

            @Override
            public void release(Connection connection) {
                lent.remove(connection);
                try {
                    connection.close();
                } catch (SQLException failure) {
                    throw new DataAccessException("not closed", failure);
                }
            }
        };
        DSLContext dsl = DSL.using(provider, SQLDialect.POSTGRES);
        runner.run(JooqScope.transaction(dsl), tx -> note(tx, "a"));
        runner.run(JooqScope.autocommit(dsl), on -> note(on, "b"));
        assertThatThrownBy(() -> runner.run(JooqScope.transaction(dsl), tx -> note(tx, "a")))
                .isInstanceOf(DataAccessException.class);
        assertThat(lent).isEmpty();
        assertThat(notes()).containsExactly("a", "b");
    }

    @Test
    void withoutConnectionsIsRefused() throws SQLException {
        DSLContext none = DSL.using(SQLDialect.POSTGRES);
        assertRefused(() -> JooqScope.transaction(none));
        assertRefused(() -> JooqScope.savepoint(none));
        assertRefused(() -> JooqScope.join(none));
        assertRefused(() -> JooqScope.autocommit(none));
        try (Connection only = db.connect()) {
            assertRefused(() -> JooqScope.transaction(Jooq.using(db, only), JdbcCommitProbe.pgXactStatus()));
        }
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable made) {
        assertThatThrownBy(made)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("[^:;]+: [^:;]+; [^:;]+");
    }

    /** Also while nothing has been done in it: jOOQ could not undo what an attempt has committed. */
    @Test
    void aTransactionInOneOfJooqsOwnIsRefused() throws SQLException {
        Jooq.using(db, pool).transaction(outer -> {
            assertThatThrownBy(() -> JooqScope.transaction(outer.dsl()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching("[^:;]+: [^:;]+; [^:;]+")
                    .hasMessageContaining("JooqScope.savepoint");
            runner.run(JooqScope.join(outer.dsl()), step -> note(step, "joined"));
        });
        assertThat(notes()).containsExactly("joined");
    }

    @Test
    void aProviderThatGivesNothingIsRefused() {
        DSLContext dsl = DSL.using(
                new ConnectionProvider() {
                    @Override
                    public @Nullable Connection acquire() {
                        return null;
                    }

                    @Override
                    public void release(Connection connection) {}
                },
                SQLDialect.POSTGRES);
        assertThatThrownBy(() -> runner.run(JooqScope.transaction(dsl), tx -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("gave null");
    }
}
