package dev.dbop.jdbc.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.DbopRunner;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The custom scope, used. */
@RealDatabase(Database.POSTGRESQL)
final class CustomScopeTest {
    private static int rename(Connection connection, int id, String name) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE project SET name = ? WHERE id = ?")) {
            update.setString(1, name);
            update.setInt(2, id);
            return update.executeUpdate();
        }
    }

    @Test
    void servesWhereverAScopeDoes(TestDatabase database) throws SQLException {
        database.execute("CREATE TABLE project (id INT PRIMARY KEY, name TEXT)", "INSERT INTO project VALUES (1, '')");
        var dataSource = database.dataSource();

        // snippet: use
        DbopRunner runner = DbopRunner.create().lockTimeout(Duration.ofSeconds(3));
        CustomScope scope = new CustomScope(dataSource);

        int renamed = runner.named("rename-project").call(scope, connection -> rename(connection, 1, "Demo"));
        // end snippet

        assertThat(renamed).isEqualTo(1);
        assertThat(database.query("SELECT name FROM project")).containsExactly("Demo");
    }
}
