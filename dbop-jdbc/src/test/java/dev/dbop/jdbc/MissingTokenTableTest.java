package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbop.DbopRunner;
import dev.dbop.sql.Database;
import dev.dbop.sql.TokenTable;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Without its token table no transaction begins, and the server's own message gets the remedy. */
class MissingTokenTableTest {
    private static final TokenTable TOKENS = TokenTable.named("dbop_token");

    private static void assertRemedyIsNoted(TestDatabase db) throws SQLException {
        db.execute("DROP TABLE IF EXISTS dbop_token", "DROP TABLE IF EXISTS seen", "CREATE TABLE seen (id INT)");
        DbopRunner runner = DbopRunner.create().listeners();
        for (DbopRunner with : new DbopRunner[] {runner, runner.lockTimeout(Duration.ofSeconds(1))}) {
            Throwable failure = catchThrowable(() -> with.run(
                    JdbcScope.transaction(db.dataSource(), JdbcCommitProbe.tokenRow(TOKENS)),
                    c -> PlainSql.execute(c, "INSERT INTO seen VALUES (1)")));

            assertThat(failure).isInstanceOf(SQLException.class).hasMessageContaining("dbop_token");
            assertThat(Arrays.stream(failure.getSuppressed()).map(Throwable::getMessage))
                    .filteredOn(note -> note.contains("token table"))
                    .singleElement()
                    .asString()
                    .endsWith("with: " + TOKENS.create(db.database()));
        }
        assertThat(db.number("SELECT count(*) FROM seen")).isZero();

        db.execute(TOKENS.create(db.database()));
        runner.run(
                JdbcScope.transaction(db.dataSource(), JdbcCommitProbe.tokenRow(TOKENS)),
                c -> PlainSql.execute(c, "INSERT INTO seen VALUES (1)"));
        assertThat(db.number("SELECT count(*) FROM seen")).isEqualTo(1);
        db.execute("DROP TABLE dbop_token");
    }

    @Test
    void onPostgreSql(@RealDatabase(Database.POSTGRESQL) TestDatabase db) throws SQLException {
        assertRemedyIsNoted(db);
    }

    @Test
    void onMariaDb(@RealDatabase(Database.MARIADB) TestDatabase db) throws SQLException {
        assertRemedyIsNoted(db);
    }

    @Test
    void onMySql(@RealDatabase(Database.MYSQL) TestDatabase db) throws SQLException {
        assertRemedyIsNoted(db);
    }

    @Test
    void onSqlite(@RealDatabase(Database.SQLITE) TestDatabase db) throws SQLException {
        assertRemedyIsNoted(db);
    }
}
