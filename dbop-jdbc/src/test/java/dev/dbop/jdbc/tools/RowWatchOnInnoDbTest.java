package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.TableName;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.watch.WatchedRow;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What both of InnoDB's servers, and their drivers, have in common. */
abstract class RowWatchOnInnoDbTest extends RowWatchOnServerTest {
    RowWatchOnInnoDbTest(TestDatabase db) {
        super(db);
    }

    @Override
    List<String> isolations() {
        return List.of("REPEATABLE_READ", "SERIALIZABLE", "READ_UNCOMMITTED");
    }

    @Override
    String bytes() {
        return "VARBINARY(20)";
    }

    @Test
    void numbersReadAsBooleansAndMicrosecondsCount() throws Exception {
        db.execute("ALTER TABLE job ADD level TINYINT(1) DEFAULT 1, ADD at TIME(6) DEFAULT '10:00:00.0001'");
        RowWatch watch = RowWatch.on(db.dataSource(), TableName.of("job")).where("id", 1);
        WatchedRow seen = watch.snapshot();
        assertThat(watch.snapshot()).isEqualTo(seen);
        db.execute("UPDATE job SET level = 2, at = '10:00:00.0002' WHERE id = 1");

        assertThat(watch.snapshot().differingFrom(seen)).containsExactlyInAnyOrder("level", "at");
    }
}
