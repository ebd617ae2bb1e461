package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** MySQL and MariaDB. */
abstract class InnoDbDatabasesTest extends DatabasesTest {
    InnoDbDatabasesTest(TestDatabase db) throws SQLException {
        super(db, "INT AUTO_INCREMENT PRIMARY KEY");
    }

    @Override
    String schema() {
        return db.name();
    }

    @Override
    String[] dropRing() {
        return new String[] {"ALTER TABLE ring_a DROP FOREIGN KEY ring_ab", "DROP TABLE ring_b", "DROP TABLE ring_a"};
    }

    @Test
    void refusesToCommitATransaction() throws SQLException {
        own.setAutoCommit(false);
        PlainSql.execute(own, "INSERT INTO lone (body) VALUES ('c')");
        assertThatIllegalStateException()
                .isThrownBy(() -> Databases.truncate(own, TableName.of("parent"), TableName.of("child")))
                .withMessageContaining("whose TRUNCATE commits the transaction");
        own.rollback();
        own.setAutoCommit(true);
        PlainSql.execute(own, "START TRANSACTION");
        PlainSql.execute(own, "INSERT INTO lone (body) VALUES ('c')");
        assertThatIllegalStateException()
                .isThrownBy(() -> Databases.truncateWithDependants(own, TableName.of("parent")))
                .withMessageContaining("a transaction is open");
        PlainSql.execute(own, "ROLLBACK");
        assertThatIllegalStateException()
                .isThrownBy(() -> DbopRunner.create()
                        .listeners()
                        .run(JdbcScope.transaction(own), c -> Databases.truncate(c, TableName.of("lone"))));

        assertThat(rows("lone", "parent")).containsExactly("lone 2", "parent 2");
    }

    @Test
    void leavesChecksOffThatWereOff() throws SQLException {
        PlainSql.execute(own, "SET foreign_key_checks = 0");
        Databases.truncateWithDependants(own, TableName.of("parent"));

        assertThat(PlainSql.query(own, "SELECT @@foreign_key_checks")).containsExactly("0");
    }

    @Test
    void findsWhatRefersToItFromAnotherSchema() throws SQLException {
        String elsewhere = db.name() + "_elsewhere";
        db.execute(
                "CREATE DATABASE " + elsewhere,
                "CREATE TABLE " + elsewhere + ".far (id INT PRIMARY KEY, lone INT, FOREIGN KEY (lone) REFERENCES "
                        + db.name() + ".lone (id))",
                "INSERT INTO " + elsewhere + ".far VALUES (1, 1)");
        Databases.truncateWithDependants(own, TableName.of("lone"));

        assertThat(rows("lone", elsewhere + ".far")).containsExactly("lone 0", elsewhere + ".far 0");
        db.execute("DROP DATABASE " + elsewhere);
    }
}
