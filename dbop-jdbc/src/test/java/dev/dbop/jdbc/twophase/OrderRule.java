package dev.dbop.jdbc.twophase;

import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The simplest rule without a log, on PostgreSQL: prepare in order, commit in order; recovery looks twice and takes what is
 * in both looks. Right only while nothing can still arrive, which is why it is here and not in the library.
 */
final class OrderRule {
    private final String group;
    private final List<TestDatabase> databases;

    OrderRule(String group, List<TestDatabase> databases) {
        this.group = group;
        this.databases = databases;
    }

    private String name(int branch) {
        return group + ":" + databases.size() + ":" + branch;
    }

    /** The coordinator's first half; the second is COMMIT PREPARED in the same order. Returns the number of branches. */
    int prepare(List<Connection> connections, String work) throws SQLException {
        for (Connection connection : connections) {
            run(connection, "BEGIN");
            run(connection, work);
        }
        for (int i = 0; i < connections.size(); i++) {
            run(connections.get(i), "PREPARE TRANSACTION '" + name(i) + "'");
        }
        return connections.size();
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** One run: a prefix is rolled back, a suffix committed. Whoever runs it lets the grace period pass between the looks. */
    void recover(Runnable grace) throws SQLException {
        List<Integer> prepared = new ArrayList<>(look());
        grace.run();
        prepared.retainAll(look());
        if (prepared.isEmpty()) {
            return;
        }
        int last = prepared.get(prepared.size() - 1);
        if (last == databases.size() - 1) {
            for (int branch : prepared) {
                databases.get(branch).execute("COMMIT PREPARED '" + name(branch) + "'");
            }
        } else {
            for (int i = prepared.size() - 1; i >= 0; i--) {
                int branch = prepared.get(i);
                databases.get(branch).execute("ROLLBACK PREPARED '" + name(branch) + "'");
            }
        }
    }

    private List<Integer> look() throws SQLException {
        List<Integer> prepared = new ArrayList<>();
        for (int i : IntStream.range(0, databases.size()).toArray()) {
            if (databases.get(i).preparedTransactions().contains(name(i))) {
                prepared.add(i);
            }
        }
        return prepared;
    }
}
