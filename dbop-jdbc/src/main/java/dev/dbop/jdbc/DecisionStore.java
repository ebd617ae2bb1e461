package dev.dbop.jdbc;

import dev.dbop.CommitStatus;
import dev.dbop.Deadline;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.twophase.DecisionRow;
import dev.dbop.twophase.GroupId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The decision table in branch 0's database. Immutable. */
record DecisionStore(DataSource source, DecisionTable table, Database database, String name) {
    /** Rows looked at in one run of recovery; the next run looks at more. */
    private static final int MOST_ROWS = 1_000;

    /**
     * Opens the store, and gives it a name if it has none.
     *
     * @param branch the name of the branch whose database it is in
     * @throws IllegalStateException if the table is missing or cannot be read
     */
    static DecisionStore open(String branch, DataSource source, DecisionTable table) throws SQLException {
        try (Connection connection = source.getConnection()) {
            Server server = Server.of(source, connection);
            Control control = new Control(connection, server, null);
            String name = OutsideTransaction.run(connection, () -> name(branch, control, table, server.database));
            return new DecisionStore(source, table, server.database, name);
        }
    }

    private static String name(String branch, Control control, DecisionTable table, Database database)
            throws SQLException {
        String known = read(branch, control, table, database);
        if (known != null) {
            return known;
        }
        try {
            control.run(table.insertStore(database, GroupId.newKey()));
        } catch (SQLException raced) {
            // Another process has just named it.
            String theirs = read(branch, control, table, database);
            if (theirs == null) {
                throw raced;
            }
            return theirs;
        }
        return String.valueOf(read(branch, control, table, database));
    }

    private static @Nullable String read(String branch, Control control, DecisionTable table, Database database)
            throws SQLException {
        try {
            return control.query(table.selectStore(database));
        } catch (SQLException missing) {
            throw new IllegalStateException(
                    "decision table " + table.name() + " cannot be read: it must exist in the database of branch \""
                            + branch + "\"; create it with: " + table.create(database),
                    missing);
        }
    }

    String insert(GroupId group, List<Participant> participants) {
        return table.insert(
                database,
                group,
                participants.stream().skip(1).map(Participant::identity).toList());
    }

    /** What finds out what was decided, by inserting the group's row again. */
    CommitMark mark(GroupId group) {
        return new InsertMark(table.insert(database, group, List.of()), null);
    }

    CommitStatus probe(GroupId group, Deadline deadline) throws SQLException {
        return Lease.ask(ConnectionSource.of(source), mark(group), deadline, null);
    }

    /** The oldest rows that are old enough to be deleted. */
    List<DecisionRow> rows(Duration age) throws SQLException {
        List<DecisionRow> rows = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(table.selectOlder(database, age, MOST_ROWS))) {
            while (result.next()) {
                List<String> participants = DecisionRow.read(result.getString(2));
                if (participants != null) {
                    rows.add(new DecisionRow(
                            name, result.getString(1), participants, Duration.ofSeconds(result.getLong(3))));
                }
            }
        }
        return rows;
    }

    int delete(List<DecisionRow> rows) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return OutsideTransaction.run(connection, () -> delete(connection, rows));
        }
    }

    private int delete(Connection connection, List<DecisionRow> rows) throws SQLException {
        int deleted = 0;
        try (Statement statement = connection.createStatement()) {
            for (DecisionRow row : rows) {
                deleted += statement.executeUpdate(table.delete(database, row.base()));
            }
        }
        return deleted;
    }
}
