package dev.dbop.jdbc;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.util.PGobject;

/** Everything an operation may begin with, and what it sees of that. */
final class RidingCases {
    /** What an operation begins with. */
    @FunctionalInterface
    interface Action {
        void on(Connection c, List<String> seen) throws Exception;
    }

    /**
     * One way to begin.
     *
     * @param rides whether the prologue is to travel with it
     */
    record Case(String name, boolean rides, Action action) {}

    private RidingCases() {}

    static List<Case> all() {
        return java.util.stream.Stream.of(plain(), prepared(), failing(), texts(), limited(), others())
                .flatMap(List::stream)
                .toList();
    }

    private static Case rides(String name, Action action) {
        return new Case(name, true, action);
    }

    private static Case waits(String name, Action action) {
        return new Case(name, false, action);
    }

    private static Case ridesWith(String sql) {
        return rides(sql, (c, seen) -> execute(c, sql, seen));
    }

    private static Case waitsFor(String sql) {
        return waits(sql, (c, seen) -> execute(c, sql, seen));
    }

    private static void execute(Connection c, String sql, List<String> seen) throws SQLException {
        try (Statement statement = c.createStatement()) {
            results(statement, statement.execute(sql), seen);
        }
    }

    /** All a statement has given. */
    static void results(Statement statement, boolean first, List<String> seen) throws SQLException {
        boolean rows = first;
        while (rows || statement.getUpdateCount() != -1) {
            if (rows) {
                rows(statement.getResultSet(), seen);
            } else {
                seen.add("updated " + statement.getUpdateCount() + " " + statement.getLargeUpdateCount());
            }
            rows = statement.getMoreResults();
        }
        seen.add("warnings " + statement.getWarnings());
    }

    static void rows(ResultSet rows, List<String> seen) throws SQLException {
        int columns = rows.getMetaData().getColumnCount();
        for (int i = 1; i <= columns; i++) {
            seen.add("column " + rows.getMetaData().getColumnLabel(i) + " "
                    + rows.getMetaData().getColumnTypeName(i) + " "
                    + rows.getMetaData().getTableName(i));
        }
        while (rows.next()) {
            StringBuilder row = new StringBuilder("row " + rows.getRow() + rows.isFirst() + rows.isLast());
            for (int i = 1; i <= columns; i++) {
                row.append(' ').append(rows.getString(i)).append(rows.wasNull() ? " null" : "");
            }
            seen.add(row.toString());
        }
        rows.close();
    }

    private static List<Case> plain() {
        return List.of(
                ridesWith("UPDATE ride SET v = 'u' WHERE id < 3"),
                ridesWith("SELECT id, v FROM ride ORDER BY id"),
                ridesWith("SELECT 1;"),
                ridesWith("-- a comment\n  SELECT 2 AS two"),
                ridesWith("/* a comment */ SELECT 3 -- the end"),
                ridesWith("(SELECT 4) UNION (SELECT 5) ORDER BY 1"),
                ridesWith("WITH q AS (UPDATE ride SET v = 'w' RETURNING id) SELECT count(*) FROM q"),
                ridesWith("VALUES (1, 'a'), (2, 'b')"),
                ridesWith("TABLE ride"),
                ridesWith("INSERT INTO ride VALUES (9, 'nine') RETURNING id, v"),
                ridesWith("INSERT INTO ride VALUES (1, 'again') ON CONFLICT DO NOTHING"),
                ridesWith("DELETE FROM ride WHERE id = 2"),
                ridesWith("MERGE INTO ride USING (VALUES (1)) s (k) ON id = k WHEN MATCHED THEN UPDATE SET v = 'm'"),
                ridesWith("SELECT v INTO TEMP ride_copy FROM ride"),
                ridesWith("SELECT ride_notice()"),
                ridesWith("SELECT * FROM ride FOR UPDATE"),
                rides("executeUpdate", (c, seen) -> {
                    try (Statement s = c.createStatement()) {
                        seen.add("count " + s.executeUpdate("UPDATE ride SET v = 'u'"));
                        seen.add(s.getUpdateCount() + " " + s.getMoreResults() + " " + s.getUpdateCount());
                    }
                }),
                rides("executeLargeUpdate", (c, seen) -> {
                    try (Statement s = c.createStatement()) {
                        seen.add("count " + s.executeLargeUpdate("DELETE FROM ride"));
                    }
                }),
                rides("executeQuery", (c, seen) -> {
                    try (Statement s = c.createStatement();
                            ResultSet rows = s.executeQuery("SELECT * FROM ride ORDER BY id")) {
                        seen.add(String.valueOf(rows.getStatement().equals(s)));
                        rows(rows, seen);
                        seen.add(rows.isClosed() + " " + s.getMoreResults() + " " + s.getUpdateCount());
                        seen.add("keys " + s.getGeneratedKeys().next());
                    }
                }),
                rides("one statement, three times", (c, seen) -> {
                    try (Statement s = c.createStatement()) {
                        results(s, s.execute("SELECT 1"), seen);
                        results(s, s.execute("UPDATE ride SET v = 'x'"), seen);
                        rows(s.executeQuery("SELECT v FROM ride"), seen);
                    }
                }),
                rides("rows read beside another statement", (c, seen) -> {
                    try (Statement s = c.createStatement();
                            ResultSet rows = s.executeQuery("SELECT id FROM ride ORDER BY id");
                            Statement other = c.createStatement()) {
                        while (rows.next()) {
                            seen.add("changed "
                                    + other.executeUpdate("UPDATE ride SET v = 'y' WHERE id = " + rows.getInt(1)));
                        }
                    }
                }));
    }

    private static List<Case> prepared() {
        return List.of(
                rides("prepared query", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement("SELECT id, v FROM ride WHERE id < ? AND v <> ?")) {
                        s.setInt(1, 3);
                        s.setString(2, "?;'");
                        try (ResultSet rows = s.executeQuery()) {
                            seen.add(String.valueOf(rows.getStatement().equals(s)));
                            rows(rows, seen);
                        }
                        seen.add(s.getMetaData().getColumnCount() + " "
                                + s.getParameterMetaData().getParameterCount());
                        s.setInt(1, 2);
                        rows(s.executeQuery(), seen);
                    }
                }),
                rides("prepared, rows left open, run again", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement(
                            "SELECT id FROM ride ORDER BY id",
                            ResultSet.TYPE_FORWARD_ONLY,
                            ResultSet.CONCUR_READ_ONLY)) {
                        ResultSet first = s.executeQuery();
                        seen.add("first " + first.next());
                        ResultSet second = s.executeQuery();
                        seen.add("closed " + first.isClosed() + second.isClosed());
                        rows(second, seen);
                    }
                }),
                rides("prepared update", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement("UPDATE ride SET v = ? WHERE id = ?")) {
                        for (int i = 1; i <= 7; i++) {
                            s.setString(1, i % 2 == 0 ? null : "v" + i);
                            s.setLong(2, i);
                            seen.add("count " + s.executeUpdate());
                        }
                        s.clearParameters();
                        s.setString(1, "last");
                        s.setInt(2, 1);
                        seen.add("count " + s.executeLargeUpdate());
                    }
                }),
                rides("prepared execute", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement("INSERT INTO ride VALUES (?, ?) RETURNING v")) {
                        s.setInt(1, 5);
                        s.setInt(1, 6);
                        s.setNull(2, Types.VARCHAR);
                        results(s, s.execute(), seen);
                    }
                }),
                rides("all plain types", RidingCases::types),
                rides("prepared, a value changed after it was set", (c, seen) -> {
                    byte[] bytes = {1, 2, 3};
                    Timestamp time = Timestamp.valueOf("2001-02-03 04:05:06");
                    try (PreparedStatement s = c.prepareStatement("SELECT encode(?, 'hex'), ?::timestamp::text")) {
                        s.setBytes(1, bytes);
                        s.setTimestamp(2, time);
                        bytes[0] = 9;
                        time.setTime(0);
                        rows(s.executeQuery(), seen);
                    }
                }),
                rides("prepared first, run second", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement("SELECT v FROM ride WHERE id = ?")) {
                        s.setInt(1, 1);
                        execute(c, "UPDATE ride SET v = 'before'", seen);
                        rows(s.executeQuery(), seen);
                    }
                }),
                waits("prepared, a parameter unset, then set", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement("SELECT v FROM ride WHERE id = ? OR id = ?")) {
                        s.setInt(1, 1);
                        caught(s::executeQuery, seen);
                        s.setInt(2, 2);
                        rows(s.executeQuery(), seen);
                    }
                }),
                waits("prepared, an index too high", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement("SELECT v FROM ride WHERE id = ?")) {
                        s.setInt(1, 1);
                        caught(() -> s.setInt(2, 2), seen);
                        s.clearParameters();
                        caught(s::executeQuery, seen);
                        execute(c, "SELECT 1", seen);
                    }
                }),
                waits("a question mark that is none", (c, seen) -> {
                    try (PreparedStatement s =
                            c.prepareStatement("SELECT jsonb_build_object('a', 1) ?? 'a', id FROM ride WHERE id = ?")) {
                        s.setInt(1, 1);
                        rows(s.executeQuery(), seen);
                    }
                }),
                waits("streams", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement("SELECT encode(?, 'escape'), ?::text")) {
                        s.setBinaryStream(1, new ByteArrayInputStream("bytes".getBytes(StandardCharsets.UTF_8)));
                        s.setCharacterStream(2, new StringReader("characters"));
                        rows(s.executeQuery(), seen);
                    }
                }),
                waits("a type of the driver's", (c, seen) -> {
                    PGobject json = new PGobject();
                    json.setType("jsonb");
                    json.setValue("{\"a\": 1}");
                    try (PreparedStatement s = c.prepareStatement("SELECT ?")) {
                        s.setObject(1, json);
                        json.setValue("{}");
                        rows(s.executeQuery(), seen);
                    }
                }),
                waits("an array", (c, seen) -> {
                    Array array = c.createArrayOf("int4", new Object[] {1, 3});
                    try (PreparedStatement s = c.prepareStatement("SELECT v FROM ride WHERE id = ANY (?)")) {
                        s.setArray(1, array);
                        rows(s.executeQuery(), seen);
                    }
                }));
    }

    private static void types(Connection c, List<String> seen) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(
                "SELECT ?::bool, ?::int2, ?::int8, ?::float4, ?::float8,"
                        + " ?::numeric, ?::date, ?::timestamptz, ?::uuid, ?::text, ?::date, ?::numeric, encode(?, 'hex'), ?::int")) {
            s.setBoolean(1, true);
            s.setShort(2, (short) 2);
            s.setLong(3, 3L);
            s.setFloat(4, 4.5f);
            s.setDouble(5, 5.25);
            s.setBigDecimal(6, new BigDecimal("6.10"));
            s.setDate(7, Date.valueOf("2007-07-07"));
            s.setObject(8, OffsetDateTime.of(2008, 8, 8, 8, 8, 8, 0, ZoneOffset.UTC));
            s.setObject(9, new UUID(9, 9));
            s.setObject(10, "ten", Types.VARCHAR);
            s.setObject(11, LocalDate.of(2011, 11, 11));
            s.setObject(12, 12, Types.NUMERIC, 2);
            s.setBytes(13, new byte[] {13});
            s.setObject(14, null);
            rows(s.executeQuery(), seen);
        }
    }

    private static List<Case> failing() {
        return List.of(
                ridesWith("SELECT nothing FROM ride"),
                ridesWith("  -- where it stands\n  SELECT nothing FROM ride"),
                ridesWith("SELECT 1 FRM ride WHERE"),
                ridesWith("SELECT 1 / (id - 1) FROM ride"),
                ridesWith("INSERT INTO ride VALUES (1, 'one')"),
                ridesWith("UPDATE nowhere SET v = 1"),
                rides("prepared, failing", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement("INSERT INTO ride VALUES (?, 'one')")) {
                        s.setInt(1, 1);
                        caught(s::executeUpdate, seen);
                        caught(s::executeUpdate, seen);
                    }
                }),
                rides("rows where none were expected", (c, seen) -> {
                    try (Statement s = c.createStatement()) {
                        caught(() -> s.executeUpdate("INSERT INTO ride VALUES (7, 'seven') RETURNING id"), seen);
                    }
                }),
                rides("no rows where some were expected", (c, seen) -> {
                    try (Statement s = c.createStatement()) {
                        caught(() -> s.executeQuery("UPDATE ride SET v = 'q'"), seen);
                    }
                }),
                rides("swallowed, then another", (c, seen) -> {
                    try (Statement s = c.createStatement()) {
                        caught(() -> s.execute("SELECT nothing"), seen);
                        caught(() -> s.execute("SELECT 1"), seen);
                    }
                }),
                waits("a closed statement", (c, seen) -> {
                    Statement s = c.createStatement();
                    s.close();
                    caught(() -> s.execute("SELECT 1"), seen);
                    execute(c, "LOCK TABLE ride IN SHARE MODE", seen);
                }));
    }

    private static List<Case> texts() {
        return List.of(
                waitsFor("SELECT 1; SELECT 2"),
                waitsFor("SELECT ';'"),
                waitsFor("SELECT {fn abs(-1)}"),
                waitsFor(""),
                waitsFor("-- nothing"),
                waitsFor("SET LOCAL work_mem = '4MB'"),
                waitsFor("SHOW lock_timeout"),
                waitsFor("SAVEPOINT mine"),
                waitsFor("LOCK TABLE ride IN SHARE MODE"),
                waitsFor("EXPLAIN SELECT 1"),
                waitsFor("CREATE TABLE ride_more (id INT)"),
                waitsFor("CREATE FUNCTION ride_one() RETURNS INT LANGUAGE sql BEGIN ATOMIC SELECT 1; END"),
                waitsFor("TRUNCATE ride"),
                waitsFor("DO $$ BEGIN UPDATE ride SET v = 'd'; END $$"),
                waitsFor("CALL ride_procedure()"),
                waitsFor("LISTEN ride"),
                waitsFor("NOTIFY ride"),
                waitsFor("DECLARE mine CURSOR FOR SELECT 1"),
                waitsFor("PREPARE TRANSACTION 'ride'"),
                waitsFor("COMMIT"),
                waitsFor("VACUUM ride"));
    }

    private static List<Case> limited() {
        return List.of(
                waits("fetch size", (c, seen) -> {
                    try (Statement s = c.createStatement()) {
                        s.setFetchSize(1);
                        results(s, s.execute("SELECT * FROM ride"), seen);
                    }
                }),
                waits("prepared with fetch size", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement("SELECT * FROM ride WHERE id > ?")) {
                        s.setFetchSize(2);
                        s.setInt(1, 0);
                        rows(s.executeQuery(), seen);
                    }
                }),
                waits("max rows", (c, seen) -> {
                    try (Statement s = c.createStatement()) {
                        s.setMaxRows(1);
                        results(s, s.execute("SELECT * FROM ride"), seen);
                    }
                }),
                waits("query timeout", (c, seen) -> {
                    try (Statement s = c.createStatement()) {
                        s.setQueryTimeout(1);
                        caught(() -> s.execute("SELECT pg_sleep(5)"), seen);
                    }
                }),
                waits("closed on completion", (c, seen) -> {
                    try (Statement s = c.createStatement()) {
                        s.closeOnCompletion();
                        rows(s.executeQuery("SELECT 1"), seen);
                        seen.add("closed " + s.isClosed());
                    }
                }),
                waits("scrollable", (c, seen) -> {
                    try (Statement s =
                            c.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
                        ResultSet rows = s.executeQuery("SELECT * FROM ride ORDER BY id");
                        seen.add(rows.last() + " " + rows.getRow() + " " + rows.previous() + " " + rows.getInt(1));
                    }
                }),
                waits("updatable", (c, seen) -> {
                    try (Statement s = c.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE)) {
                        ResultSet rows = s.executeQuery("SELECT * FROM ride ORDER BY id");
                        rows.next();
                        rows.updateString("v", "updated");
                        rows.updateRow();
                        seen.add("updated " + rows.getString("v"));
                    }
                }),
                waits("generated keys", (c, seen) -> {
                    try (Statement s = c.createStatement()) {
                        s.executeUpdate("INSERT INTO ride VALUES (8, 'eight')", Statement.RETURN_GENERATED_KEYS);
                        rows(s.getGeneratedKeys(), seen);
                    }
                }),
                waits("prepared with generated keys", (c, seen) -> {
                    try (PreparedStatement s =
                            c.prepareStatement("INSERT INTO ride VALUES (?, 'eight')", new String[] {"id"})) {
                        s.setInt(1, 8);
                        seen.add("count " + s.executeUpdate());
                        rows(s.getGeneratedKeys(), seen);
                    }
                }),
                waits("batch", (c, seen) -> {
                    try (Statement s = c.createStatement()) {
                        s.addBatch("UPDATE ride SET v = 'b' WHERE id = 1");
                        s.addBatch("DELETE FROM ride WHERE id = 2");
                        seen.add(Arrays.toString(s.executeBatch()));
                    }
                }),
                waits("prepared batch", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement("INSERT INTO ride VALUES (?, ?)")) {
                        for (int i = 10; i < 20; i++) {
                            s.setInt(1, i);
                            s.setString(2, "b" + i);
                            s.addBatch();
                        }
                        seen.add("counts " + s.executeBatch().length);
                    }
                }),
                waits("failing batch", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement("INSERT INTO ride VALUES (?, 'b')")) {
                        s.setInt(1, 20);
                        s.addBatch();
                        s.setInt(1, 1);
                        s.addBatch();
                        caught(s::executeBatch, seen);
                    }
                }));
    }

    private static List<Case> others() {
        return List.of(
                waits("a procedure", (c, seen) -> {
                    try (CallableStatement s = c.prepareCall("{? = call abs(?)}")) {
                        s.registerOutParameter(1, Types.INTEGER);
                        s.setInt(2, -4);
                        s.execute();
                        seen.add("gave " + s.getInt(1));
                    }
                }),
                waits("a cursor of a function's", (c, seen) -> {
                    try (CallableStatement s = c.prepareCall("{? = call ride_cursor()}")) {
                        s.registerOutParameter(1, Types.REF_CURSOR);
                        s.execute();
                        rows((ResultSet) s.getObject(1), seen);
                    }
                }),
                waits("metadata of a query", (c, seen) -> {
                    try (PreparedStatement s = c.prepareStatement("SELECT id, v FROM ride WHERE id = ?")) {
                        seen.add(s.getMetaData().getColumnTypeName(2)
                                + s.getParameterMetaData().getParameterTypeName(1));
                        s.setInt(1, 1);
                        rows(s.executeQuery(), seen);
                    }
                }),
                waits("metadata of the database", (c, seen) -> {
                    try (ResultSet tables = c.getMetaData().getTables(null, null, "ride", null)) {
                        seen.add("table " + tables.next());
                    }
                }),
                rides("the database's name", (c, seen) -> {
                    seen.add(c.getMetaData().getDatabaseProductName() + c.isReadOnly() + c.getAutoCommit());
                    execute(c, "SELECT 1", seen);
                }),
                waits(
                        "schema and isolation",
                        (c, seen) ->
                                seen.add(c.getSchema() + " " + c.getCatalog() + " " + c.getTransactionIsolation())),
                waits("a savepoint", (c, seen) -> {
                    var savepoint = c.setSavepoint();
                    execute(c, "UPDATE ride SET v = 's'", seen);
                    caught(() -> execute(c, "SELECT nothing", seen), seen);
                    c.rollback(savepoint);
                    execute(c, "SELECT * FROM ride ORDER BY id", seen);
                }),
                rides("a savepoint after the first statement", (c, seen) -> {
                    execute(c, "UPDATE ride SET v = 's'", seen);
                    var savepoint = c.setSavepoint("mine");
                    caught(() -> execute(c, "SELECT nothing", seen), seen);
                    c.rollback(savepoint);
                    execute(c, "SELECT * FROM ride ORDER BY id", seen);
                }),
                waits("COPY", (c, seen) -> {
                    CopyManager copy = c.unwrap(PGConnection.class).getCopyAPI();
                    seen.add("copied " + copy.copyIn("COPY ride FROM STDIN", new StringReader("30\tthirty\n")));
                    execute(c, "SELECT count(*) FROM ride", seen);
                }),
                waits("a large object", (c, seen) -> {
                    long oid = c.unwrap(PGConnection.class).getLargeObjectAPI().createLO();
                    execute(c, "SELECT count(*) FROM pg_largeobject_metadata WHERE oid = " + oid, seen);
                }),
                waits("a valid connection", (c, seen) -> seen.add("valid " + c.isValid(5))),
                waits("a lock, then the snapshot", (c, seen) -> {
                    execute(c, "LOCK TABLE ride", seen);
                    execute(c, "SELECT * FROM ride ORDER BY id", seen);
                }));
    }

    /** Something that may fail. */
    @FunctionalInterface
    interface Call {
        void run() throws Exception;
    }

    static void caught(Call call, List<String> seen) {
        try {
            call.run();
            seen.add("no failure");
        } catch (SQLException failure) {
            seen.add(failure.getSQLState() + " " + failure.getMessage());
        } catch (Exception | AssertionError other) {
            // an assertion of the driver's, which the tests' virtual machine has switched on
            seen.add(other.toString());
        }
    }
}
