package dev.dbop.jdbc.faults;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;

/** The tables on PostgreSQL; new for every test. */
@RealDatabase(Database.POSTGRESQL)
abstract class PostgreSqlFaultsTest extends FaultsTest {
    PostgreSqlFaultsTest(TestDatabase db) throws SQLException {
        super(db);
        // One string is one transaction.
        db.execute("""
                DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET deadlock_timeout = 50'; END $$;
                DROP TABLE IF EXISTS acct, outer_t, uq, chi, par;
                CREATE TABLE acct (id int PRIMARY KEY, bal int NOT NULL);
                INSERT INTO acct VALUES (1, 0), (2, 0), (3, 0);
                CREATE TABLE outer_t (id int);
                CREATE TABLE uq (id int PRIMARY KEY, v text);
                CREATE TABLE par (id int PRIMARY KEY);
                CREATE TABLE chi (id int, p int REFERENCES par DEFERRABLE)""");
    }
}
