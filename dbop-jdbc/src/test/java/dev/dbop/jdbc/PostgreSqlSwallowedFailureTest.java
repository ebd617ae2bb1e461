package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

@RealDatabase(Database.POSTGRESQL)
class PostgreSqlSwallowedFailureTest extends SwallowedFailureTest {
    PostgreSqlSwallowedFailureTest(TestDatabase db) {
        super(db);
    }

    @Override
    void fail(Connection connection) throws SQLException {
        PlainSql.execute(connection, "INSERT INTO acc VALUES (1, 1)");
    }

    /** Only COMMIT, or RELEASE, notices what was run behind the attempt's back. */
    @Test
    void carriesANoteToWhereOnlyTheServerNoticesIt() {
        Throwable[] first = new Throwable[1];

        Throwable thrown = catchThrowable(() -> runner.run(JdbcScope.transaction(db.dataSource()), c -> {
            first[0] = swallowed((Connection) c.unwrap(PGConnection.class));
        }));
        assertThat(thrown).isSameAs(first[0]);
        assertThat(notesIn(thrown)).hasSize(1);

        Throwable step = catchThrowable(() -> runner.run(JdbcScope.transaction(db.dataSource()), tx -> {
            runner.run(JdbcScope.savepoint(tx), c -> {
                first[0] = swallowed((Connection) c.unwrap(PGConnection.class));
            });
        }));
        assertThat(step).isSameAs(first[0]);
        assertThat(notesIn(step)).hasSize(1);
    }

    /** What makes COMMIT fail in a failed transaction is sent with it only there. */
    @Test
    void costsASoundTransactionNoStatementMore() throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(db)) {
            PlannedFault sent = proxy.watch(FaultProxy.containing("dbop_end"));

            runner.run(JdbcScope.transaction(db.dataSource(proxy)), c -> {
                PlainSql.execute(c, "INSERT INTO acc VALUES (9, 0)");
            });
            assertThat(sent.hasHappened()).isFalse();

            assertThat(catchThrowable(() -> runner.run(JdbcScope.transaction(db.dataSource(proxy)), c -> {
                        swallowed((Connection) c.unwrap(PGConnection.class));
                    })))
                    .isInstanceOf(SQLException.class);
            assertThat(sent.hasHappened()).isTrue();
        }
        assertThat(db.number("SELECT count(*) FROM acc")).isEqualTo(9);
    }

    /** What the driver says of the transaction, while a statement runs, may be wrong by the time of the COMMIT. */
    @Test
    void doesNotCommitWhatAThreadTheOperationHasLeftBehindLetsFail() throws Exception {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        AtomicReference<@Nullable Throwable> behind = new AtomicReference<>();
        try (FaultProxy proxy = FaultProxy.to(db);
                Connection connection = db.dataSource(proxy).getConnection()) {
            PlannedFault late = proxy.holdBack(FaultProxy.containing("(1, 4711)"));
            Thread caller = new Thread(() ->
                    thrown.set(catchThrowable(() -> runner.run(JdbcScope.transaction(connection), c -> {
                        PlainSql.execute(c, "INSERT INTO acc VALUES (201, 0)");
                        new Thread(() -> behind.set(
                                        catchThrowable(() -> PlainSql.execute(c, "INSERT INTO acc VALUES (1, 4711)"))))
                                .start();
                        late.await();
                    }))));
            caller.start();
            late.await();
            await().atMost(Duration.ofSeconds(10)).until(() -> caller.getState() == Thread.State.WAITING);
            late.release();
            caller.join();
        }
        assertThat(thrown.get()).isNotNull();
        assertThat(db.number("SELECT count(*) FROM acc WHERE id = 201")).isZero();
    }

    /** pgjdbc keeps its COMMIT prepared, and with autosave would send it again: to a transaction that has failed by then. */
    @Test
    void commitsOrSaysSoWhereTheServerHasForgottenWhatTheDriverPrepared() throws SQLException {
        for (String options : List.of("autosave=never", "autosave=conservative", "autosave=always")) {
            db.execute("DELETE FROM acc WHERE id > 100");
            try (Connection connection = DriverManager.getConnection(db.url() + "&" + options)) {
                runner.run(JdbcScope.transaction(connection), c -> {
                    PlainSql.execute(c, "INSERT INTO acc VALUES (101, 0)");
                });
                Throwable thrown = catchThrowable(() -> runner.run(JdbcScope.transaction(connection), c -> {
                    PlainSql.execute(c, "INSERT INTO acc VALUES (102, 0)");
                    PlainSql.execute(c, "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");
                }));
                assertThat(db.number("SELECT count(*) FROM acc WHERE id = 102"))
                        .as("%s, %s", options, thrown)
                        .isEqualTo(thrown == null ? 1 : 0);
            }
        }
    }
}
