package dev.dbop.jdbc;

import dev.dbop.sql.MySqlSql;
import dev.dbop.sql.StatementText;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sends an attempt's own statements in as few round trips as the driver allows. */
final class Control {
    private final Connection raw;
    private final Server server;
    private final @Nullable Canceller canceller;
    private @Nullable Boolean takesNoUpdates;

    Control(Connection raw, Server server, @Nullable Canceller canceller) {
        this.raw = raw;
        this.server = server;
        this.canceller = canceller;
    }

    /** Whether the driver says that a transaction is open. */
    boolean isTransactionOpen() throws SQLException {
        return server.driver.transactionState(raw) == DriverMethods.TransactionState.OPEN;
    }

    /** Whether the driver says that a transaction is open and has not failed; false also where it does not tell. */
    boolean isTransactionSound() throws SQLException {
        return server.driver.hasSoundTransaction(raw);
    }

    /**
     * COMMIT as pgjdbc sends it, which keeps it prepared; as a statement of ours where somebody may want to stop it, or the
     * driver to send it twice.
     */
    void commit() throws SQLException {
        if (canceller == null && !server.driver.repeatsStatements(raw)) {
            raw.commit();
        } else {
            run("COMMIT");
        }
    }

    /** Whether several statements go out as one text that stops at the first failure. */
    boolean joins() {
        return server.joinsStatements;
    }

    /** Whether the driver sends all statements of a batch before it reads an answer. */
    private boolean pipelines() {
        return server.driver.driver == DriverMethods.MARIADB;
    }

    /** One statement, without a result. */
    void run(String sql) throws SQLException {
        // executeUpdate, because Connector/J may ask the server for the read-only flag before an execute.
        with(sql, takesNoUpdates() ? Statement::execute : Statement::executeUpdate);
    }

    private boolean takesNoUpdates() throws SQLException {
        Boolean known = takesNoUpdates;
        if (known == null) {
            known = server.driver.takesNoUpdates(raw);
            takesNoUpdates = known;
        }
        return known;
    }

    /**
     * Several statements, the first failure thrown. MariaDB's driver pipelines a batch: later statements then run even
     * after an earlier one failed, so nothing may follow whose effect depends on it.
     */
    void runAll(List<@Nullable String> statements) throws SQLException {
        List<String> present = new ArrayList<>(statements.size());
        for (String sql : statements) {
            if (sql != null) {
                present.add(sql);
            }
        }
        if (present.size() > 1 && pipelines()) {
            with(present, Control::batch);
            return;
        }
        if (present.size() > 1 && joins()) {
            run(String.join(";", present));
            return;
        }
        for (String sql : present) {
            run(sql);
        }
    }

    private static @Nullable SQLException batch(Statement statement, List<String> statements) throws SQLException {
        BatchUpdateException failed = failureOfBatch(statement, statements);
        if (failed != null) {
            throw causeOf(failed);
        }
        return null;
    }

    private static @Nullable BatchUpdateException failureOfBatch(Statement statement, List<String> statements)
            throws SQLException {
        for (String sql : statements) {
            statement.addBatch(sql);
        }
        try {
            statement.executeBatch();
            return null;
        } catch (BatchUpdateException failed) {
            return failed;
        }
    }

    private static SQLException causeOf(BatchUpdateException failed) {
        return failed.getCause() instanceof SQLException cause ? cause : failed;
    }

    /**
     * A statement that decides, and one that tidies up after it, in one round trip where the driver can.
     *
     * @return why the second failed, or null; a failure of the first is thrown
     */
    @Nullable
    SQLException runPair(String deciding, String tidying) throws SQLException {
        if (pipelines()) {
            return with(List.of(deciding, tidying), Control::pair);
        }
        run(deciding);
        try {
            run(tidying);
            return null;
        } catch (SQLException failed) {
            return failed;
        }
    }

    private static @Nullable SQLException pair(Statement statement, List<String> decidingAndTidying)
            throws SQLException {
        BatchUpdateException failed = failureOfBatch(statement, decidingAndTidying);
        if (failed == null) {
            return null;
        }
        int[] counts = failed.getUpdateCounts();
        boolean decided = counts != null && counts.length > 0 && counts[0] != Statement.EXECUTE_FAILED;
        if (!decided) {
            throw causeOf(failed);
        }
        return causeOf(failed);
    }

    /** As {@link #runJoined(String)}, of statements that are not joined yet. */
    List<String> runJoined(List<String> statements) throws SQLException {
        return runJoined(String.join("; ", statements));
    }

    /** Several statements in one string, one round trip; stops at the first failure. Returns what queries among them gave. */
    List<String> runJoined(String statements) throws SQLException {
        return Objects.requireNonNull(with(statements, Control::values));
    }

    private static List<String> values(Statement statement, String joined) throws SQLException {
        List<String> values = List.of();
        boolean rows = statement.execute(joined);
        while (rows || statement.getUpdateCount() != -1) {
            if (rows) {
                values = values.isEmpty() ? new ArrayList<>(2) : values;
                addValue(statement, values);
            }
            rows = statement.getMoreResults();
        }
        return values;
    }

    private static void addValue(Statement statement, List<String> values) throws SQLException {
        try (ResultSet result = statement.getResultSet()) {
            if (result.next()) {
                values.add(Objects.requireNonNullElse(result.getString(1), ""));
            }
        }
    }

    /** The first column of the first row, or null if there is none. */
    @Nullable
    String query(String sql) throws SQLException {
        return with(sql, Control::firstValue);
    }

    private static @Nullable String firstValue(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getString(1) : null;
        }
    }

    private <T, V> @Nullable V with(T text, Use<T, V> use) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            return canceller == null
                    ? use.on(statement, text)
                    : watched(text, use, statement, canceller, unstopped(text));
        }
    }

    private Duration unstopped(Object text) {
        boolean several = joins() && StatementText.mayBeSeveral(server.database, text.toString());
        return several ? MySqlSql.UNSTOPPED : Duration.ZERO;
    }

    /** COMMIT too has a limit on databases that set none: that it was cancelled for that is not somebody's cancel. */
    private static <T, V> @Nullable V watched(
            T text, Use<T, V> use, Statement statement, Canceller canceller, Duration unstopped) throws SQLException {
        canceller.enter(statement, false, unstopped);
        @Nullable V value;
        try {
            value = use.on(statement, text);
        } catch (SQLException failure) {
            Duration passed = canceller.exit();
            throw passed == null ? failure : new StatementTimeout(passed, failure);
        } catch (Throwable unchecked) {
            canceller.exit();
            throw unchecked;
        }
        canceller.exit();
        return value;
    }

    /** What is done with a statement; it captures nothing, so that none is made for each time. */
    @FunctionalInterface
    private interface Use<T, V> {
        @Nullable
        V on(Statement statement, T text) throws SQLException;
    }
}
