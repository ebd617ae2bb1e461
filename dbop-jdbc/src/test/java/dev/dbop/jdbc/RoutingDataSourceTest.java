package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** One data source may lead to different databases, as those that route by tenant do. */
@RealDatabase(Database.POSTGRESQL)
class RoutingDataSourceTest {
    private final TestDatabase db;
    private final DbopRunner runner = DbopRunner.create().named("routed").listeners();
    private final AtomicBoolean toSqlite = new AtomicBoolean();

    @TempDir
    Path folder = Path.of("");

    RoutingDataSourceTest(TestDatabase db) {
        this.db = db;
    }

    private DataSource routing() {
        SQLiteDataSource sqlite = new SQLiteDataSource();
        sqlite.setUrl("jdbc:sqlite:" + folder.resolve("routed.db"));
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    // Maps try identity first.
                    case "equals" -> false;
                    default -> toSqlite.get() ? sqlite.getConnection() : db.connect();
                });
    }

    @Test
    void everyConnectionIsTreatedAsWhatItIs() throws SQLException {
        DataSource source = routing();
        AttemptScope<Connection, SQLException> transaction = JdbcScope.transaction(source);
        AttemptScope<Connection, SQLException> autocommit = JdbcScope.autocommit(source);
        for (boolean there : new boolean[] {false, true, false, true}) {
            toSqlite.set(there);
            runner.run(transaction, c -> {
                PlainSql.execute(c, "DROP TABLE IF EXISTS noted");
                PlainSql.execute(c, "CREATE TABLE noted (body VARCHAR(20))");
            });
            runner.run(autocommit, c -> PlainSql.execute(c, "INSERT INTO noted VALUES ('routed')"));
            List<String> noted = runner.call(transaction, c -> PlainSql.query(c, "SELECT body FROM noted"));
            assertThat(noted).containsExactly("routed");
        }
    }

    @Test
    void theDatabaseIsKnownWhileThereIsOne() throws SQLException {
        AttemptScope<Connection, SQLException> scope = JdbcScope.transaction(routing());
        assertThat(scope.database()).isNull();

        runner.run(scope, c -> {});
        assertThat(scope.database()).isEqualTo(Database.POSTGRESQL);

        toSqlite.set(true);
        runner.run(scope, c -> {});
        assertThat(scope.database()).isNull();
    }
}
