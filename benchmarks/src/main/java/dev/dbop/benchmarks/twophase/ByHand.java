package dev.dbop.benchmarks.twophase;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Two-phase commit as one would write it with a JDBC connection per database and no threads: statement after statement.
 * It finds out nothing about failed transactions and leaves recovery to others.
 */
final class ByHand implements TwoPhaseCost.Transaction {
    /** Who remembers, for recovery, that the whole is to be committed. */
    enum Decision {
        /** A row in the first branch, which is an ordinary transaction: what dbop does. */
        IN_FIRST_BRANCH,
        /** A row of its own, committed once every branch is prepared: the textbook's log. */
        IN_LOG,
        /** Nobody: what a crash leaves prepared can be neither committed nor rolled back with certainty. */
        NOWHERE
    }

    static final String UPDATE = "UPDATE acct SET v = v + 1 WHERE id = 1";

    private final List<Database> databases;
    private final List<? extends DataSource> pools;
    private final Decision decision;
    private final boolean decides;

    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private int groups;

    ByHand(List<Database> databases, List<? extends DataSource> pools, Decision decision) {
        this.databases = databases;
        this.pools = pools;
        this.decision = decision;
        this.decides = decision == Decision.IN_FIRST_BRANCH;
    }

    static int run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    @Override
    public void run() throws SQLException {
        String group = run + ":" + ++groups;
        List<Connection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < pools.size(); i++) {
                Connection connection = pools.get(i).getConnection();
                connections.add(connection);
                begin(i, connection, group);
                run(connection, UPDATE);
            }
            for (int i = decides ? 1 : 0; i < pools.size(); i++) {
                prepare(i, connections.get(i), group);
            }
            if (decides) {
                connections.get(0).commit();
                connections.get(0).setAutoCommit(true);
            } else if (decision == Decision.IN_LOG) {
                connections.get(0).setAutoCommit(true);
                remember(connections.get(0), group);
            }
            for (int i = decides ? 1 : 0; i < pools.size(); i++) {
                finish(i, connections.get(i), group);
            }
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    /** PostgreSQL's BEGIN goes out with the first statement. */
    private void begin(int index, Connection connection, String group) throws SQLException {
        if (postgres(index) || (decides && index == 0)) {
            connection.setAutoCommit(false);
        } else {
            run(connection, "XA START " + xid(group, index));
        }
        if (decides && index == 0) {
            remember(connection, group);
        }
    }

    private static void remember(Connection connection, String group) throws SQLException {
        run(connection, "INSERT INTO dbop_decision (base, participants) VALUES ('" + group + "', 'by hand')");
    }

    private void prepare(int index, Connection connection, String group) throws SQLException {
        if (postgres(index)) {
            run(connection, "PREPARE TRANSACTION " + xid(group, index));
        } else {
            run(connection, "XA END " + xid(group, index));
            run(connection, "XA PREPARE " + xid(group, index));
        }
    }

    private void finish(int index, Connection connection, String group) throws SQLException {
        if (postgres(index)) {
            connection.setAutoCommit(true);
            run(connection, "COMMIT PREPARED " + xid(group, index));
        } else {
            run(connection, "XA COMMIT " + xid(group, index));
        }
    }

    private boolean postgres(int index) {
        return databases.get(index).family() == Database.Family.POSTGRESQL;
    }

    private static String xid(String group, int index) {
        return "'" + group + ":" + index + "'";
    }
}
