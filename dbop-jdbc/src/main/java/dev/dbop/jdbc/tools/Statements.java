package dev.dbop.jdbc.tools;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements of the tools themselves, one at a time, each closed at once. */
final class Statements {
    private Statements() {}

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static void runAll(Connection connection, List<String> statements) throws SQLException {
        for (String sql : statements) {
            run(connection, sql);
        }
    }

    /** The rows of a query as text. */
    static List<List<String>> rows(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            List<List<String>> rows = new ArrayList<>();
            while (result.next()) {
                List<String> row = new ArrayList<>(columns);
                for (int column = 1; column <= columns; column++) {
                    row.add(String.valueOf(result.getString(column)));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** The first value of a query, or null if there is no row. */
    static @Nullable String value(Connection connection, String sql) throws SQLException {
        List<List<String>> rows = rows(connection, sql);
        return rows.isEmpty() ? null : rows.get(0).get(0);
    }

    /** What the driver says, without asking the server. */
    static Database database(Connection connection) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        String version = metaData.getDatabaseProductVersion();
        return Database.of(metaData.getDatabaseProductName(), version == null ? "" : version);
    }

    static void suppress(Throwable failure, Throwable cleanUp) {
        if (!cleanUp.equals(failure)) {
            failure.addSuppressed(cleanUp);
        }
    }
}
