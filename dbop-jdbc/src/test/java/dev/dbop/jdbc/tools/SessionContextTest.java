package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link SessionContext}; a subclass names the database. */
abstract class SessionContextTest {
    private final TestDatabase db;
    private final DataSource source;

    SessionContextTest(TestDatabase db) {
        this.db = db;
        this.source = db.dataSource();
    }

    @BeforeEach
    void createTable() throws SQLException {
        db.execute("DROP TABLE IF EXISTS note", "CREATE TABLE note (body VARCHAR(40) PRIMARY KEY)");
    }

    private static void note(Connection connection, String body) throws SQLException {
        PlainSql.execute(connection, "INSERT INTO note VALUES ('" + body + "')");
    }

    private long notes() throws SQLException {
        return db.number("SELECT count(*) FROM note");
    }

    @Test
    void commitsWhatGoodWorkHasDone() throws SQLException {
        int result = SessionContext.call(source, connection -> {
            note(connection, "a");
            note(SessionContext.current(source), "b");
            assertThat(SessionContext.current(source)).isSameAs(connection);
            return 7;
        });

        assertThat(result).isEqualTo(7);
        assertThat(notes()).isEqualTo(2);
    }

    @Test
    void rollsBackAndThrowsWhatTheWorkThrows() throws SQLException {
        assertThatThrownBy(() -> SessionContext.run(source, connection -> {
                    note(connection, "a");
                    fail();
                }))
                .isInstanceOf(IOException.class)
                .hasNoSuppressedExceptions();

        assertThat(notes()).isZero();
    }

    private static void fail() throws IOException {
        throw new IOException("broken");
    }

    @Test
    void rollsBackWhatWasNotSaidToHaveSucceeded() throws SQLException {
        SessionContext left = SessionContext.open(source);
        try (left) {
            note(left.connection(), "a");
        }
        left.close();

        assertThat(notes()).isZero();
        assertThatIllegalStateException().isThrownBy(left::connection).withMessageContaining("closed");
    }

    @Test
    void takesNoConnectionThatNobodyAsksFor() throws SQLException {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> db.sessions().isEmpty());
        try (SessionContext context = SessionContext.open(source)) {
            assertThat(db.sessions()).isEmpty();
            context.connection();
            assertThat(db.sessions()).hasSize(1);
            context.succeeded();
        }
    }

    @Test
    void oneOfASourceOnAThread() throws SQLException {
        SessionContext.run(
                source,
                connection -> assertThatIllegalStateException()
                        .isThrownBy(() -> SessionContext.open(source))
                        .withMessageContaining("must have one at most"));
        assertThatIllegalStateException()
                .isThrownBy(() -> SessionContext.current(source))
                .withMessageContaining("is in no session context");
    }

    @Test
    void contextsOfSeveralSourcesDoNotMeet() throws SQLException {
        DataSource another = db.dataSource();
        try (SessionContext outer = SessionContext.open(source)) {
            try (SessionContext inner = SessionContext.open(another)) {
                note(SessionContext.current(another), "a");
                inner.succeeded();
            }
            assertThatIllegalStateException().isThrownBy(() -> SessionContext.current(another));
            note(SessionContext.current(source), "b");
            outer.succeeded();
        }

        assertThat(notes()).isEqualTo(2);
    }

    @Test
    void closedInAnyOrder() throws SQLException {
        DataSource another = db.dataSource();
        SessionContext outer = SessionContext.open(source);
        SessionContext inner = SessionContext.open(another);
        outer.close();
        assertThatIllegalStateException().isThrownBy(() -> SessionContext.current(source));
        assertThat(PlainSql.query(SessionContext.current(another), "SELECT 1")).containsExactly("1");
        inner.close();
        assertThatIllegalStateException().isThrownBy(() -> SessionContext.current(another));
    }

    @Test
    void everyThreadHasItsOwn() throws SQLException {
        SessionContext.run(
                source,
                connection -> CompletableFuture.runAsync(() ->
                                assertThatIllegalStateException().isThrownBy(() -> SessionContext.current(source)))
                        .join());
    }

    @Test
    void anotherThreadCannotCommit() throws SQLException {
        SessionContext context = SessionContext.open(source);
        note(context.connection(), "a");
        context.succeeded();
        Throwable refused = catchThrowable(() -> CompletableFuture.runAsync(() -> {
                    try {
                        context.close();
                    } catch (SQLException failure) {
                        throw new CompletionException(failure);
                    }
                })
                .join());

        assertThat(refused).hasCauseInstanceOf(IllegalStateException.class).hasMessageContaining("is closed by thread");
        assertThat(notes()).isZero();
        assertThatIllegalStateException().isThrownBy(() -> SessionContext.current(source));
    }

    @Test
    void aTransactionThatTheServerHasGivenUpIsNotReportedAsCommitted() throws SQLException {
        Assumptions.assumeTrue(db.database() == Database.POSTGRESQL, "elsewhere a transaction survives that");
        assertThatThrownBy(() -> SessionContext.run(source, connection -> {
                    note(connection, "a");
                    assertThat(catchThrowable(() -> note(connection, "a"))).isNotNull();
                }))
                .isInstanceOf(SQLException.class);

        assertThat(notes()).isZero();
    }

    @Test
    void aRollbackThatFailsDoesNotHideWhatTheWorkThrows() throws SQLException {
        Assumptions.assumeTrue(db.database() != Database.SQLITE, "it has no connection to lose");
        assertThatThrownBy(() -> SessionContext.run(source, connection -> {
                    note(connection, "a");
                    db.kill(db.sessionId(connection));
                    fail();
                }))
                .isInstanceOf(IOException.class);

        assertThat(notes()).isZero();
    }

    @Test
    void aStepInsideMayBeRetried() throws SQLException {
        DbopRunner runner = DbopRunner.create().listeners();
        SessionContext.run(source, connection -> {
            note(connection, "a");
            runner.run(JdbcScope.join(SessionContext.current(source)), step -> note(step, "b"));
            runner.tryCall(JdbcScope.savepoint(connection), step -> {
                note(step, "c");
                throw new SQLException("the step has failed");
            });
        });

        assertThat(db.query("SELECT body FROM note ORDER BY body")).containsExactly("a", "b");
    }
}
