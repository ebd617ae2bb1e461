package dev.dbop.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.AsyncAttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.TableField;
import org.jooq.UniqueKey;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.DataChangedException;
import org.jooq.impl.CustomTable;
import org.jooq.impl.DSL;
import org.jooq.impl.Internal;
import org.jooq.impl.SQLDataType;
import org.jooq.impl.UpdatableRecordImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What jOOQ keeps beyond a call: records attached to a configuration, open cursors, batches, stages. */
@RealDatabase(Database.POSTGRESQL)
class AfterTheAttemptTest {
    private static final Accounts ACCOUNTS = new Accounts();

    private final TestDatabase db;
    private final HikariDataSource pool = new HikariDataSource();
    private final DbopRunner runner = DbopRunner.create()
            .policy(RetryPolicy.builder()
                    .maxRetries(2)
                    .initialDelay(Duration.ZERO)
                    .build())
            .listeners();
    private final DSLContext dsl;

    AfterTheAttemptTest(TestDatabase db) {
        this.db = db;
        pool.setJdbcUrl(db.url());
        pool.setMaximumPoolSize(1);
        this.dsl = Jooq.using(db, pool);
    }

    /** A table as jOOQ's generator would write it. */
    private static final class Accounts extends CustomTable<AccountRecord> {
        private static final long serialVersionUID = 1;

        final TableField<AccountRecord, Integer> id = createField(DSL.name("id"), SQLDataType.INTEGER);
        final TableField<AccountRecord, Integer> v = createField(DSL.name("v"), SQLDataType.INTEGER);

        Accounts() {
            super(DSL.name("acc"));
        }

        @Override
        public Class<AccountRecord> getRecordType() {
            return AccountRecord.class;
        }

        @Override
        public UniqueKey<AccountRecord> getPrimaryKey() {
            return Internal.createUniqueKey(this, DSL.name("acc_pkey"), id);
        }
    }

    /** A row of it. */
    public static final class AccountRecord extends UpdatableRecordImpl<AccountRecord> {
        private static final long serialVersionUID = 1;

        public AccountRecord() {
            super(ACCOUNTS);
        }
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS acc", "CREATE TABLE acc (id INT PRIMARY KEY, v INT NOT NULL)");
        db.execute("INSERT INTO acc SELECT i, 0 FROM generate_series(1, 500) i");
    }

    @AfterEach
    void close() {
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        pool.close();
    }

    private AccountRecord first(DSLContext on) {
        return on.fetchSingle(ACCOUNTS, ACCOUNTS.id.eq(1));
    }

    private long value() throws SQLException {
        return db.number("SELECT v FROM acc WHERE id = 1");
    }

    @Test
    void aRecordStaysAttachedToTheAttemptThatHasEnded() throws SQLException {
        AccountRecord record = runner.call(JooqScope.transaction(dsl), this::first);
        record.set(ACCOUNTS.v, 7);
        assertThatThrownBy(record::store)
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("the attempt this connection was handed to has ended");

        runner.run(JooqScope.transaction(dsl), tx -> {
            record.attach(tx.configuration());
            record.store();
        });
        assertThat(value()).isEqualTo(7);
    }

    @Test
    void aRecordIsNotAttachedWhereTheSettingsSaySo() {
        Settings detached = Jooq.settings().withAttachRecords(false);
        DSLContext on = dsl.configuration().derive(detached).dsl();
        AccountRecord record = runner.call(JooqScope.transaction(on), this::first);
        assertThat(record.configuration()).isNull();
    }

    @Test
    void aCursorLeftOpenIsClosedWithTheAttempt() throws SQLException {
        DSLContext on =
                dsl.configuration().derive(Jooq.settings().withFetchSize(10)).dsl();
        Cursor<Record> left = runner.call(JooqScope.transaction(on), tx -> {
            Cursor<Record> cursor = tx.fetchLazy("SELECT id FROM acc");
            assertThat(cursor.fetchNext(3)).hasSize(3);
            return cursor;
        });
        assertThatThrownBy(() -> left.fetchNext(100)).isInstanceOf(DataAccessException.class);
        left.close();
        runner.run(JooqScope.transaction(dsl), tx -> tx.execute("UPDATE acc SET v = 1 WHERE id = 1"));
        assertThat(value()).isEqualTo(1);
    }

    @Test
    void batchesAndBatchedConnectionsBelongToTheAttempt() throws SQLException {
        AtomicInteger runs = new AtomicInteger();
        runner.run(JooqScope.transaction(dsl), tx -> {
            tx.batch("UPDATE acc SET v = v + 1 WHERE id = 1", "UPDATE acc SET v = v + 10 WHERE id = 1")
                    .execute();
            tx.batched(batched -> {
                for (int i = 0; i < 3; i++) {
                    batched.dsl().execute("UPDATE acc SET v = v + ? WHERE id = 1", 100);
                }
            });
            if (runs.incrementAndGet() == 1) {
                throw new DataAccessException("as if", new SQLException("could not serialize", "40001"));
            }
        });
        assertThat(value()).isEqualTo(311);
    }

    @Test
    void staleDataIsRetriedWhereThatIsWanted() throws SQLException {
        Settings optimistic = Jooq.settings().withExecuteWithOptimisticLocking(true);
        DSLContext on = dsl.configuration().derive(optimistic).dsl();
        DbopRunner retrying =
                runner.classifier(JooqClassifier.of(Database.POSTGRESQL).retryingStaleData());

        assertThatThrownBy(() -> incrementMeanwhileChanged(runner, on)).isInstanceOf(DataChangedException.class);
        assertThat(value()).isEqualTo(100);
        incrementMeanwhileChanged(retrying, on);
        assertThat(value()).isEqualTo(201);
    }

    private void incrementMeanwhileChanged(DbopRunner with, DSLContext on) {
        AtomicInteger runs = new AtomicInteger();
        with.run(JooqScope.transaction(on), tx -> {
            AccountRecord record = first(tx);
            record.set(ACCOUNTS.v, record.get(ACCOUNTS.v) + 1);
            if (runs.incrementAndGet() == 1) {
                Jooq.using(db, db.dataSource()).execute("UPDATE acc SET v = v + 100 WHERE id = 1");
            }
            record.store();
        });
    }

    @Test
    void asynchronousCallsReturnAStage() throws SQLException {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        AtomicInteger runs = new AtomicInteger();
        try {
            CompletableFuture<Integer> result = runner.callAsync(
                    AsyncAttemptScope.blocking(JooqScope.transaction(dsl), threads),
                    tx -> CompletableFuture.supplyAsync(
                            () -> {
                                int rows = tx.execute("UPDATE acc SET v = v + 1 WHERE id = 1");
                                if (runs.incrementAndGet() == 1) {
                                    throw new DataAccessException(
                                            "as if", new SQLException("could not serialize", "40001"));
                                }
                                return rows;
                            },
                            threads));
            assertThat(result).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(1);
        } finally {
            threads.shutdown();
        }
        assertThat(runs).hasValue(2);
        assertThat(value()).isEqualTo(1);
    }

    @Test
    void theHookForScopesOfOnesOwnSetsTimeoutsUntilTheTransactionEnds() {
        runner.call(JooqScope.transaction(dsl), tx -> {
            DbopRunner limited = runner.lockTimeout(Duration.ofSeconds(9));
            limited.run(
                    JooqScope.savepoint(tx),
                    JooqTimeouts.hook(),
                    step -> assertThat(Jooq.firstColumn(step, "SHOW lock_timeout"))
                            .containsExactly("9s"));
            return 1;
        });
        assertThatThrownBy(() -> runner.lockTimeout(Duration.ofSeconds(9))
                        .run(JooqScope.autocommit(dsl), JooqTimeouts.hook(), on -> {}))
                .isInstanceOf(IllegalStateException.class);
    }
}
