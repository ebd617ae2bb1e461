package dev.dbop.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DefaultTransactionProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** jOOQ's own transaction(...) inside an attempt, and attempts inside jOOQ's own transaction(...). */
abstract class NestedTransactionsTest {
    final TestDatabase db;
    final DSLContext dsl;
    final DbopRunner runner = DbopRunner.create().listeners();
    final DbopRunner once = runner.policy(RetryPolicy.noRetries());

    NestedTransactionsTest(TestDatabase db) {
        this.db = db;
        this.dsl = Jooq.using(db, db.dataSource());
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS note",
                "CREATE TABLE note (body VARCHAR(40) PRIMARY KEY)",
                "DROP TABLE IF EXISTS acc",
                "CREATE TABLE acc (id INT PRIMARY KEY, v INT NOT NULL)",
                "INSERT INTO acc VALUES (1, 0), (2, 0)");
    }

    static void note(DSLContext on, String body) {
        on.execute("INSERT INTO note VALUES (?)", body);
    }

    static void note(Configuration on, String body) {
        note(on.dsl(), body);
    }

    final List<String> notes() throws SQLException {
        return db.query("SELECT body FROM note ORDER BY body");
    }

    /** A failure of the operation's own. */
    private static final class Undone extends Exception {
        private static final long serialVersionUID = 1;
    }

    @Test
    void isASavepointOfTheAttempt() throws Exception {
        runner.run(JooqScope.transaction(dsl), tx -> {
            note(tx, "a");
            tx.transaction(nested -> {
                note(nested, "b");
                nested.dsl().transaction(inner -> note(inner, "c"));
            });
            assertThatThrownBy(() -> tx.transaction(nested -> {
                        note(nested, "never");
                        throw new Undone();
                    }))
                    .hasCauseInstanceOf(Undone.class);
            assertThat(notes()).as("seen by others").isEmpty();
        });
        assertThat(notes()).containsExactly("a", "b", "c");
    }

    @Test
    void aStatementThatFailedInANestedTransactionIsUndoneWithIt() throws SQLException {
        int attempts = runner.call(JooqScope.transaction(dsl), tx -> {
            note(tx, "a");
            assertThatThrownBy(() -> tx.transaction(nested -> {
                        note(nested, "b");
                        note(nested, "a");
                    }))
                    .isInstanceOf(DataAccessException.class);
            note(tx, "c");
            return 1;
        });
        assertThat(attempts).isEqualTo(1);
        assertThat(notes()).containsExactly("a", "c");
    }

    @Test
    void itsFailureUndoesTheAttemptUnlessItIsCaught() throws SQLException {
        assertThatThrownBy(() -> once.run(JooqScope.transaction(dsl), tx -> {
                    note(tx, "a");
                    tx.transaction(nested -> {
                        throw new Undone();
                    });
                }))
                .isInstanceOf(DataAccessException.class)
                .hasCauseInstanceOf(Undone.class);
        assertThat(notes()).isEmpty();
    }

    @Test
    void isPartOfTheAttemptWhereTheCallerHasSwitchedNestingOff() throws SQLException {
        Configuration flat = dsl.configuration().derive();
        flat.set(new DefaultTransactionProvider(flat.connectionProvider(), false));
        runner.run(JooqScope.transaction(flat.dsl()), tx -> {
            assertThatThrownBy(() -> tx.transaction(nested -> {
                        note(nested, "kept");
                        throw new Undone();
                    }))
                    .hasCauseInstanceOf(Undone.class);
        });
        assertThat(notes()).containsExactly("kept");
    }

    @Test
    void isRefusedInAnAutocommitAttempt() {
        assertThatThrownBy(() -> once.run(JooqScope.autocommit(dsl), on -> on.transaction(nested -> note(nested, "a"))))
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("autocommit");
    }

    @Test
    void jooqsOwnTransactionHoldsSavepointAttempts() throws SQLException {
        List<Integer> attempts = new ArrayList<>();
        dsl.transaction(outer -> {
            note(outer, "outer");
            runner.classifier((failure, phase) -> dev.dbop.Verdict.RETRY_SAVEPOINT)
                    .run(JooqScope.savepoint(outer.dsl()), step -> {
                        attempts.add(attempts.size() + 1);
                        note(step, "step");
                        if (attempts.size() == 1) {
                            throw new IllegalStateException("once");
                        }
                        step.transaction(nested -> note(nested, "nested"));
                    });
            runner.run(JooqScope.join(outer.dsl()), step -> note(step, "joined"));
            assertThatThrownBy(() -> once.run(JooqScope.transaction(outer.dsl()), tx -> {}))
                    .isInstanceOf(IllegalStateException.class);
            note(outer, "tail");
        });
        assertThat(attempts).hasSize(2);
        assertThat(notes()).containsExactly("joined", "nested", "outer", "step", "tail");
    }

    @Test
    void jooqsOwnTransactionMayUndoWhatAttemptsHaveDoneInIt() throws SQLException {
        assertThatThrownBy(() -> dsl.transaction(outer -> {
                    runner.run(JooqScope.savepoint(outer.dsl()), step -> note(step, "step"));
                    throw new Undone();
                }))
                .hasCauseInstanceOf(Undone.class);
        assertThat(notes()).isEmpty();
    }
}
