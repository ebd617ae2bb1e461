package dev.dbop.jooq.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.MARIADB)
class MariaDbFaultsTest extends InnoDbFaultsTest {
    MariaDbFaultsTest(TestDatabase db) {
        super(db, "-1");
    }

    @Test
    void aStaleSnapshotSendsTheStepToTheTransaction() throws SQLException {
        assertKept(inSavepoint(step, s -> {
            s.execute("SET innodb_snapshot_isolation = ON");
            s.fetch("SELECT v FROM acc");
            if (runs.incrementAndGet() == 1) {
                db.execute("UPDATE acc SET v = v + 100 WHERE id = 1");
            }
            s.execute(ADD);
            s.execute("SET innodb_snapshot_isolation = DEFAULT");
        }));
        assertHistory("step OPERATION 1020 RETRY_TRANSACTION", "whole OPERATION 1020 RETRY_TRANSACTION");
        assertThat(value(1)).isEqualTo(101);
    }
}
