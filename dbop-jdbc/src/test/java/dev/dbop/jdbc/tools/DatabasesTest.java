package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.SessionState;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link Databases#truncate} and {@link Databases#truncateWithDependants}; a subclass names the database. */
abstract class DatabasesTest {
    private static final TableName PARENT = TableName.of("parent");
    private static final TableName CHILD = TableName.of("child");
    private static final TableName GRANDCHILD = TableName.of("grandchild");
    private static final TableName LONE = TableName.of("lone");

    final TestDatabase db;
    final Connection own;
    private final String number;

    /**
     * Makes the tests.
     *
     * @param number the definition of a numbered primary key
     */
    DatabasesTest(TestDatabase db, String number) throws SQLException {
        this.db = db;
        this.own = db.connect();
        this.number = number;
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "CREATE TABLE lone (id " + number + ", body VARCHAR(20))",
                "CREATE TABLE parent (id " + number + ", body VARCHAR(20))",
                "CREATE TABLE child (id " + number + ", parent INT, FOREIGN KEY (parent) REFERENCES parent (id))",
                "CREATE TABLE grandchild (id " + number + ", child INT, FOREIGN KEY (child) REFERENCES child (id))",
                "INSERT INTO lone (body) VALUES ('a'), ('b')",
                "INSERT INTO parent (body) VALUES ('a'), ('b')",
                "INSERT INTO child (parent) VALUES (1), (2)",
                "INSERT INTO grandchild (child) VALUES (1), (2)");
    }

    @AfterEach
    void dropTables() throws SQLException {
        own.close();
        db.execute("DROP TABLE lone", "DROP TABLE grandchild", "DROP TABLE child", "DROP TABLE parent");
    }

    final List<String> rows(String... tables) throws SQLException {
        List<String> rows = new ArrayList<>();
        for (String table : tables) {
            rows.add(table + " " + db.number("SELECT count(*) FROM " + table));
        }
        return rows;
    }

    private String nextNumber(String table, String column, String value) throws SQLException {
        db.execute("INSERT INTO " + table + " (" + column + ") VALUES (" + value + ")");
        return String.valueOf(db.number("SELECT max(id) FROM " + table));
    }

    @Test
    void emptiesATableAndBeginsItsNumberingAnew() throws SQLException {
        Databases.truncate(own, LONE);

        assertThat(rows("lone", "parent")).containsExactly("lone 0", "parent 2");
        assertThat(nextNumber("lone", "body", "'c'")).isEqualTo("1");
    }

    @Test
    void refusesToLeaveRowsWithoutWhatTheyReferTo() throws SQLException {
        for (TableName[] named : new TableName[][] {{PARENT}, {PARENT, CHILD}, {LONE, CHILD}}) {
            SQLException refused = catchThrowableOfType(SQLException.class, () -> Databases.truncate(own, named));

            assertThat(refused.getSQLState()).isEqualTo("0A000");
        }
        assertThat(rows("lone", "parent", "child", "grandchild"))
                .containsExactly("lone 2", "parent 2", "child 2", "grandchild 2");
    }

    @Test
    void emptiesTablesThatReferToEachOtherIfAllAreNamed() throws SQLException {
        Databases.truncate(own, PARENT, GRANDCHILD, LONE, CHILD, PARENT);

        assertThat(rows("lone", "parent", "child", "grandchild"))
                .containsExactly("lone 0", "parent 0", "child 0", "grandchild 0");
        assertThat(nextNumber("parent", "body", "'c'")).isEqualTo("1");
        assertThat(nextNumber("child", "parent", "1")).isEqualTo("1");
    }

    @Test
    void emptiesWhatRefersToATableIfToldSo() throws SQLException {
        SessionState before = db.stateOf(own);
        Databases.truncateWithDependants(own, PARENT);

        assertThat(rows("lone", "parent", "child", "grandchild"))
                .containsExactly("lone 2", "parent 0", "child 0", "grandchild 0");
        assertThat(nextNumber("parent", "body", "'c'")).isEqualTo("1");
        assertThat(nextNumber("child", "parent", "1")).isEqualTo("1");
        assertThat(db.stateOf(own)).isEqualTo(before);
        assertThatThrownBy(() -> PlainSql.execute(own, "INSERT INTO child (parent) VALUES (99)"))
                .as("foreign keys are looked after again")
                .isInstanceOf(SQLException.class);
    }

    @Test
    void emptiesTablesThatReferToEachOtherInARing() throws SQLException {
        db.execute(ring());
        PlainSql.execute(own, "INSERT INTO ring_a (id) VALUES (1)");
        PlainSql.execute(own, "INSERT INTO ring_b (id, a, b) VALUES (1, 1, 1)");
        PlainSql.execute(own, "UPDATE ring_a SET b = 1");
        Databases.truncate(own, TableName.of("ring_b"), TableName.of("ring_a"));

        assertThat(rows("ring_a", "ring_b")).containsExactly("ring_a 0", "ring_b 0");
        db.execute(dropRing());
    }

    /** Two tables that refer to each other, and one to itself. */
    String[] ring() {
        return new String[] {
            "CREATE TABLE ring_a (id INT PRIMARY KEY, b INT)",
            "CREATE TABLE ring_b (id INT PRIMARY KEY, a INT, b INT, FOREIGN KEY (a) REFERENCES ring_a (id),"
                    + " FOREIGN KEY (b) REFERENCES ring_b (id))",
            "ALTER TABLE ring_a ADD CONSTRAINT ring_ab FOREIGN KEY (b) REFERENCES ring_b (id)"
        };
    }

    String[] dropRing() {
        return new String[] {"DROP TABLE ring_b CASCADE", "DROP TABLE ring_a"};
    }

    @Test
    void emptiesTablesOfAnyNameAndNoOther() throws SQLException {
        String odd = "o'd\"d`na.me; DROP TABLE lone --é";
        TableName name = TableName.of(odd);
        String quoted = name.quoted(db.database());
        db.execute("CREATE TABLE " + quoted + " (id " + number + ")", "INSERT INTO " + quoted + " (id) VALUES (5)");
        Databases.truncate(own, name);
        assertThat(rows(quoted, "lone")).containsExactly(quoted + " 0", "lone 2");

        db.execute("INSERT INTO " + quoted + " (id) VALUES (5)");
        Databases.truncateWithDependants(own, TableName.of(schema(), odd));
        assertThat(rows(quoted, "lone")).containsExactly(quoted + " 0", "lone 2");
        db.execute("DROP TABLE " + quoted);
    }

    /** The schema the tables are in. */
    abstract String schema();

    @Test
    void refusesToEmptyNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Databases.truncate(own))
                .withMessageContaining("tables is []");
        assertThatIllegalArgumentException().isThrownBy(() -> Databases.truncateWithDependants(own));
    }

    @Test
    void aTableThatIsNotThereIsAFailure() throws SQLException {
        assertThatThrownBy(() -> Databases.truncateWithDependants(own, TableName.of("nobody")))
                .isInstanceOf(SQLException.class);
        assertThat(own.getAutoCommit()).isTrue();
    }
}
