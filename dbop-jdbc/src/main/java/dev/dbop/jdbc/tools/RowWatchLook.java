package dev.dbop.jdbc.tools;

import dev.dbop.sql.Database;
import dev.dbop.watch.WatchPlan;
import dev.dbop.watch.WatchedRow;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Statement;
import java.sql.Time;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One look at a row by plain JDBC. Its values outlive the connection. */
record RowWatchLook(WatchPlan plan) {
    @Nullable
    WatchedRow at(Connection connection) throws SQLException {
        DatabaseMetaData server = connection.getMetaData();
        String version = server.getDatabaseProductVersion();
        Database database = Database.of(server.getDatabaseProductName(), version == null ? "" : version);
        if (database != Database.SQLITE) {
            return read(connection, database);
        }
        boolean uncommitted = readsUncommitted(connection);
        if (uncommitted) {
            execute(connection, "PRAGMA read_uncommitted = 0");
        }
        try {
            return read(connection, database);
        } finally {
            if (uncommitted) {
                execute(connection, "PRAGMA read_uncommitted = 1");
            }
        }
    }

    /** Connections that share a cache may be set to see what others have not committed, in a transaction or not. */
    private static boolean readsUncommitted(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA read_uncommitted")) {
            return rows.next() && rows.getInt(1) != 0;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private @Nullable WatchedRow read(Connection connection, Database database) throws SQLException {
        List<Object> key = plan.keyValues();
        try (PreparedStatement statement =
                connection.prepareStatement(plan.sql(database).select())) {
            for (int i = 0; i < key.size(); i++) {
                statement.setObject(i + 1, key.get(i));
            }
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? only(rows, database) : null;
            }
        }
    }

    private WatchedRow only(ResultSet rows, Database database) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        Map<String, String> texts = new HashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            Object value = rows.getObject(i);
            values.put(columns.getColumnLabel(i), detached(value));
            String text = text(rows, i, value, database);
            if (text != null) {
                texts.put(columns.getColumnLabel(i), text);
            }
        }
        if (rows.next()) {
            throw new IllegalStateException("there are several rows like the " + plan
                    + ": the key must tell one row from all others; add its other columns with where(column, value)");
        }
        return WatchedRow.of(values, texts);
    }

    /**
     * What the driver's value leaves out: a time's microseconds, and the number where TINYINT(1) is read as a boolean. On
     * PostgreSQL not as text, which pgjdbc writes differently once it has turned to binary transfer.
     */
    private static @Nullable String text(ResultSet rows, int column, @Nullable Object value, Database database)
            throws SQLException {
        if (database.family() == Database.Family.MYSQL) {
            return value instanceof Time || value instanceof Boolean ? rows.getString(column) : null;
        }
        if (!(value instanceof Time) || database.family() != Database.Family.POSTGRESQL) {
            return null;
        }
        boolean zoned = "timetz".equals(rows.getMetaData().getColumnTypeName(column));
        Object exact = zoned ? rows.getObject(column, OffsetTime.class) : rows.getObject(column, LocalTime.class);
        return String.valueOf(exact);
    }

    /** What a driver gives only as long as its connection is open. */
    private static @Nullable Object detached(@Nullable Object value) throws SQLException {
        if (value instanceof Clob text) {
            return text.getSubString(1, (int) Math.min(Integer.MAX_VALUE, text.length()));
        }
        if (value instanceof Blob bytes) {
            return bytes.getBytes(1, (int) Math.min(Integer.MAX_VALUE, bytes.length()));
        }
        if (value instanceof Array array) {
            return array.getArray();
        }
        return value instanceof SQLXML xml ? xml.getString() : value;
    }
}
