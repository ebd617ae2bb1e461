package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.Database;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.SQLITE)
class SqliteDatabasesTest extends DatabasesTest {
    SqliteDatabasesTest(TestDatabase db) throws SQLException {
        super(db, "INTEGER PRIMARY KEY AUTOINCREMENT");
    }

    @BeforeEach
    void lookAfterForeignKeys() throws SQLException {
        PlainSql.execute(own, "PRAGMA foreign_keys = 1");
    }

    @Override
    String schema() {
        return "main";
    }

    @Override
    String[] ring() {
        return new String[] {
            "CREATE TABLE ring_a (id INT PRIMARY KEY, b INT REFERENCES ring_b (id))",
            "CREATE TABLE ring_b (id INT PRIMARY KEY, a INT REFERENCES ring_a (id), b INT REFERENCES ring_b (id))"
        };
    }

    @Override
    String[] dropRing() {
        return new String[] {"DROP TABLE ring_b", "DROP TABLE ring_a"};
    }

    @Test
    void isPartOfTheTransactionWhoseOtherKeysAreLookedAfterAsBefore() throws SQLException {
        try (Transaction transaction = Transaction.begin(own)) {
            Databases.truncateWithDependants(transaction.connection(), TableName.of("PARENT"));
            assertThat(PlainSql.query(transaction.connection(), "PRAGMA defer_foreign_keys"))
                    .containsExactly("0");
            assertThat(PlainSql.query(transaction.connection(), "SELECT count(*) FROM child"))
                    .containsExactly("0");
        }

        assertThat(rows("parent", "child")).containsExactly("parent 2", "child 2");
    }

    @Test
    void emptiesTablesOfAnAttachedSchema() throws SQLException {
        PlainSql.execute(own, "ATTACH ':memory:' AS \"a'b\"");
        PlainSql.execute(own, "CREATE TABLE \"a'b\".lone (id INTEGER PRIMARY KEY)");
        PlainSql.execute(own, "INSERT INTO \"a'b\".lone VALUES (1)");
        Databases.truncate(own, TableName.of("a'b", "lone"));

        assertThat(PlainSql.query(own, "SELECT count(*) FROM \"a'b\".lone")).containsExactly("0");
        assertThat(rows("lone")).containsExactly("lone 2");
    }

    @Test
    void aDatabaseIsAFile() {
        assertThatThrownBy(() -> Databases.create(own, "another"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("because it has no server");
    }
}
