package dev.dbop.jdbc;

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
    private final DriverMethods.Bound driver;
    private final @Nullable Canceller canceller;
    private @Nullable Boolean takesNoUpdates;

    Control(Connection raw, DriverMethods.Bound driver, @Nullable Canceller canceller) {
        this.raw = raw;
        this.driver = driver;
        this.canceller = canceller;
    }

    /** Whether several statements go out as one text that stops at the first failure. */
    boolean joins() {
        return driver.joinsStatements;
    }

    /** One statement, without a result. */
    void run(String sql) throws SQLException {
        // executeUpdate, because Connector/J may ask the server for the read-only flag before an execute.
        boolean update = !takesNoUpdates();
        with(statement -> {
            if (update) {
                statement.executeUpdate(sql);
            } else {
                statement.execute(sql);
            }
        });
    }

    private boolean takesNoUpdates() throws SQLException {
        Boolean known = takesNoUpdates;
        if (known == null) {
            known = driver.takesNoUpdates(raw);
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
        if (present.size() > 1 && driver.driver == DriverMethods.MARIADB) {
            runBatch(present);
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

    /**
     * A statement that decides, and one that tidies up after it, in one round trip where the driver can.
     *
     * @return why the second failed, or null; a failure of the first is thrown
     */
    @Nullable
    SQLException runPair(String deciding, String tidying) throws SQLException {
        if (driver.driver == DriverMethods.MARIADB) {
            return runPairAsBatch(deciding, tidying);
        }
        run(deciding);
        try {
            run(tidying);
            return null;
        } catch (SQLException failed) {
            return failed;
        }
    }

    private @Nullable SQLException runPairAsBatch(String deciding, String tidying) throws SQLException {
        SQLException[] second = {null};
        with(statement -> {
            statement.addBatch(deciding);
            statement.addBatch(tidying);
            try {
                statement.executeBatch();
            } catch (BatchUpdateException failed) {
                SQLException cause = failed.getCause() instanceof SQLException known ? known : failed;
                int[] counts = failed.getUpdateCounts();
                boolean decided = counts != null && counts.length > 0 && counts[0] != Statement.EXECUTE_FAILED;
                if (!decided) {
                    throw cause;
                }
                second[0] = cause;
            }
        });
        return second[0];
    }

    private void runBatch(List<String> statements) throws SQLException {
        with(statement -> {
            for (String sql : statements) {
                statement.addBatch(sql);
            }
            try {
                statement.executeBatch();
            } catch (BatchUpdateException failed) {
                throw failed.getCause() instanceof SQLException cause ? cause : failed;
            }
        });
    }

    /** Several statements in one string, one round trip; stops at the first failure. Returns what queries among them gave. */
    List<String> runJoined(List<String> statements) throws SQLException {
        List<String> values = new ArrayList<>(2);
        with(statement -> {
            boolean rows = statement.execute(String.join("; ", statements));
            while (rows || statement.getUpdateCount() != -1) {
                if (rows) {
                    addValue(statement, values);
                }
                rows = statement.getMoreResults();
            }
        });
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
        List<String> values = new ArrayList<>(1);
        with(statement -> {
            try (ResultSet result = statement.executeQuery(sql)) {
                if (result.next()) {
                    values.add(result.getString(1));
                }
            }
        });
        return values.isEmpty() ? null : values.get(0);
    }

    private void with(Use use) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            if (canceller == null) {
                use.on(statement);
                return;
            }
            watched(use, statement, canceller);
        }
    }

    /** COMMIT too has a limit on databases that set none: that it was cancelled for that is not somebody's cancel. */
    private static void watched(Use use, Statement statement, Canceller canceller) throws SQLException {
        SQLException failure = null;
        Duration passed = null;
        canceller.enter(statement, false);
        try {
            use.on(statement);
        } catch (SQLException failed) {
            failure = failed;
        } finally {
            passed = canceller.exit();
        }
        if (failure != null) {
            throw passed == null ? failure : new StatementTimeout(passed, failure);
        }
    }

    @FunctionalInterface
    private interface Use {
        void on(Statement statement) throws SQLException;
    }
}
