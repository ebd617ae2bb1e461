package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.Database;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.watch.RowWatchTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

@RealDatabase(value = Database.SQLITE, pooled = true)
class RowWatchOnSqliteTest extends RowWatchTest {
    RowWatchOnSqliteTest(TestDatabase db) {
        super(db);
    }

    @Override
    List<String> isolations() {
        return List.of("SERIALIZABLE", "READ_UNCOMMITTED");
    }

    @Override
    String bytes() {
        return "BLOB";
    }

    /** Shared cache: the only place where SQLite shows what is not committed, to who asks for it. */
    private static SQLiteDataSource shared(String name) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadUncommitted(true);
        config.setSharedCache(true);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:file:" + name + "?mode=memory&cache=shared");
        return source;
    }

    @Test
    void onlyWhatIsCommittedIsSeenThroughASharedCache() throws Exception {
        SQLiteDataSource source = shared("row-watch-dirty");
        try (Connection writer = source.getConnection();
                Connection reader = source.getConnection()) {
            PlainSql.execute(writer, "CREATE TABLE job (id INT PRIMARY KEY, state TEXT)");
            PlainSql.execute(writer, "INSERT INTO job VALUES (1, 'new')");
            RowWatch watch = RowWatch.on(source, TableName.of("job"))
                    .where("id", 1)
                    .every(Duration.ofSeconds(1))
                    .within(Duration.ofSeconds(20))
                    .ticker(time)
                    .sleeper(time);
            time.then(() -> {
                PlainSql.execute(writer, "BEGIN IMMEDIATE");
                PlainSql.execute(writer, "UPDATE job SET state = 'dirty'");
                assertThat(PlainSql.query(reader, "SELECT state FROM job")).containsExactly("dirty");
            });

            Assertions.assertThatThrownBy(watch::awaitChange)
                    .isInstanceOf(RowWatchTimeoutException.class)
                    .hasCauseInstanceOf(SQLException.class);
            time.then(() -> PlainSql.execute(writer, "COMMIT"));
            watch.await(row -> "dirty".equals(row.get("state")));
        }
    }
}
