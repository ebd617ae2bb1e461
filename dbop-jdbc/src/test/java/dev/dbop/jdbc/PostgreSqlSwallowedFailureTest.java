package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
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
}
