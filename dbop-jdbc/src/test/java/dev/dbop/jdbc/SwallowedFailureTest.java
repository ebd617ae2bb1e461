package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.DbopRunner;
import dev.dbop.Phase;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the operation swallowed and the caller gets all the same says why, once. */
abstract class SwallowedFailureTest {
    private static final String NOTE =
            "the operation swallowed this failure and returned, but the transaction did not survive it";

    final TestDatabase db;
    final DbopRunner runner =
            DbopRunner.create().policy(RetryPolicy.noRetries()).listeners();

    SwallowedFailureTest(TestDatabase db) {
        this.db = db;
    }

    /** Runs a statement that fails so that the transaction, or the savepoint, does not survive. */
    abstract void fail(Connection connection) throws SQLException;

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS acc",
                "CREATE TABLE acc (id INT PRIMARY KEY, v INT)",
                "INSERT INTO acc VALUES (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0)");
    }

    final Throwable swallowed(Connection connection) {
        Throwable failure = catchThrowable(() -> fail(connection));
        assertThat(failure).isInstanceOf(SQLException.class);
        return failure;
    }

    static List<String> notesIn(Throwable failure) {
        return Arrays.stream(failure.getSuppressed())
                .map(suppressed -> String.valueOf(suppressed.getMessage()))
                .filter(message -> message.startsWith(NOTE))
                .toList();
    }

    @Test
    void isThrownItselfWithANote() {
        Throwable[] first = new Throwable[1];

        Throwable thrown = catchThrowable(() -> runner.run(JdbcScope.transaction(db.dataSource()), c -> {
            first[0] = swallowed(c);
        }));

        assertThat(thrown).isSameAs(first[0]);
        assertThat(notesIn(thrown)).singleElement().asString().contains("let it leave", "savepoint scope");
    }

    @Test
    void carriesOneNoteHoweverManyOperationsSwallowIt() {
        Throwable[] first = new Throwable[2];

        Throwable thrown = catchThrowable(() -> runner.run(JdbcScope.transaction(db.dataSource()), tx -> {
            first[1] = catchThrowable(() -> runner.run(JdbcScope.savepoint(tx), step -> {
                first[0] = swallowed(step);
            }));
        }));

        assertThat(first[1]).isSameAs(first[0]);
        assertThat(notesIn(first[1])).hasSize(1);
        assertThat(thrown).isIn(null, first[0]);
    }

    @Test
    void carriesNoNoteWhereItLeavesTheOperation() {
        Throwable thrown = catchThrowable(() -> runner.run(JdbcScope.transaction(db.dataSource()), this::fail));

        assertThat(thrown).isInstanceOf(SQLException.class);
        assertThat(notesIn(thrown)).isEmpty();
    }

    @Test
    void countsThoughTheFailureOfTheNextStatementIsWhatLeavesTheOperation() {
        List<RunEvent.AttemptFailed> failed = new ArrayList<>();
        DbopRunner listening = runner.listeners(event -> {
            if (event instanceof RunEvent.AttemptFailed failure) {
                failed.add(failure);
            }
        });
        Throwable[] first = new Throwable[1];

        Throwable thrown = catchThrowable(() -> listening.run(JdbcScope.transaction(db.dataSource()), c -> {
            first[0] = swallowed(c);
            PlainSql.execute(c, "UPDATE acc SET v = v + 1 WHERE id = 3");
        }));

        assertThat(thrown).isInstanceOf(SQLException.class).hasCause(first[0]);
        assertThat(failed)
                .singleElement()
                .satisfies(event -> assertThat(event.verdict())
                        .isEqualTo(JdbcClassifier.of(db.database()).classify(first[0], Phase.OPERATION)));
    }

    /** Closes a ring of lock waits with a session that has changed more, so that InnoDB ends this transaction. */
    final void deadlock(Connection connection) throws SQLException {
        try (TestSession heavy = TestSession.open(db)) {
            heavy.run("BEGIN", "UPDATE acc SET v = v + 1 WHERE id > 1");
            PlainSql.execute(connection, "UPDATE acc SET v = v + 1 WHERE id = 1");
            CompletableFuture<Boolean> crossing = heavy.start("UPDATE acc SET v = v + 1 WHERE id = 1");
            heavy.awaitBlocked();
            try {
                PlainSql.execute(connection, "UPDATE acc SET v = v + 1 WHERE id = 8");
            } finally {
                crossing.join();
                heavy.run("ROLLBACK");
            }
        }
    }
}
