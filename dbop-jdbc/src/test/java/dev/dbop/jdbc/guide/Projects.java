package dev.dbop.jdbc.guide;

// snippet: first
import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** Renames projects, each in a transaction that is run again when the database calls for it. */
final class Projects {
    private static final DbopRunner RUNNER = DbopRunner.create().lockTimeout(Duration.ofSeconds(3));

    private final DataSource dataSource;

    Projects(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    int rename(int id, String name) throws SQLException {
        return RUNNER.named("rename-project")
                .call(JdbcScope.transaction(dataSource), connection -> rename(connection, id, name));
    }

    private static int rename(Connection connection, int id, String name) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE project SET name = ? WHERE id = ?")) {
            update.setString(1, name);
            update.setInt(2, id);
            return update.executeUpdate();
        }
    }
}
// end snippet
