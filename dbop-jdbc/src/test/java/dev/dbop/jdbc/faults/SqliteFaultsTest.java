package dev.dbop.jdbc.faults;

import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;

/** The tables on SQLite; new for every test. */
abstract class SqliteFaultsTest extends FaultsTest {
    static final String ADD_ONE = "UPDATE acct SET bal = bal + 1 WHERE id = 1";
    static final String ADD_TEN = "UPDATE acct SET bal = bal + 10 WHERE id = 1";
    static final Duration SHORT = Duration.ofMillis(30);

    SqliteFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        db.execute(
                "DROP TABLE IF EXISTS acct",
                "CREATE TABLE acct (id INTEGER PRIMARY KEY, bal INT NOT NULL CHECK (bal >= 0))",
                "INSERT INTO acct VALUES (1, 0), (2, 0)",
                "DROP TABLE IF EXISTS outer_t",
                "CREATE TABLE outer_t (id INT)",
                "DROP TABLE IF EXISTS chi",
                "DROP TABLE IF EXISTS uq",
                "CREATE TABLE uq (id INTEGER PRIMARY KEY, v TEXT UNIQUE)",
                "INSERT INTO uq VALUES (1, 'a')",
                "CREATE TABLE chi (id INT, p INT REFERENCES uq DEFERRABLE INITIALLY DEFERRED)");
    }
}
