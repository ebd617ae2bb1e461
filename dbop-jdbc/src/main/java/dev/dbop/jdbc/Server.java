package dev.dbop.jdbc;

import dev.dbop.jdbc.DriverMethods.TransactionState;
import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The database behind a connection and the driver in front of it. Immutable; found once per data source, and once more for
 * each further server it leads to, or once per connection of the caller's.
 */
final class Server {
    /**
     * A data source leads to one server, unless it routes. Only map operations run under this lock, never I/O: two threads
     * may both ask, and agree.
     */
    private static final Map<Object, List<Server>> KNOWN = Collections.synchronizedMap(new WeakHashMap<>());

    final Database database;
    final DriverMethods.Bound driver;
    /** Whether several statements may be sent as one text. */
    final boolean joinsStatements;

    private final String product;
    private final String version;

    /** Asks the connection, which asks nobody. */
    private Server(Connection connection, DatabaseMetaData metaData) throws SQLException {
        product = metaData.getDatabaseProductName();
        version = versionOf(metaData);
        database = Database.of(product, version);
        driver = DriverMethods.of(connection);
        joinsStatements = driver.joinsStatements(connection);
    }

    private static String versionOf(DatabaseMetaData metaData) throws SQLException {
        return Objects.requireNonNullElse(metaData.getDatabaseProductVersion(), "");
    }

    /** The database a source leads to, or null while none is known or if there are several. */
    static @Nullable Database known(Object source) {
        Database first = null;
        for (Server server : KNOWN.getOrDefault(source, List.of())) {
            if (first != null && server.database != first) {
                return null;
            }
            first = server.database;
        }
        return first;
    }

    static Server of(Object source, Connection connection) throws SQLException {
        for (Server known : KNOWN.getOrDefault(source, List.of())) {
            if (known.isBehind(connection)) {
                return known;
            }
        }
        Server found = ask(connection);
        KNOWN.merge(source, List.of(found), Server::joined);
        return found;
    }

    /** Whether a connection says of its server, without asking it, that it is this one. */
    private boolean isBehind(Connection connection) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        return driver.isBehind(connection)
                && product.equals(metaData.getDatabaseProductName())
                && version.equals(versionOf(metaData));
    }

    private static List<Server> joined(List<Server> known, List<Server> found) {
        Server other = found.get(0);
        if (known.stream().anyMatch(other::isLike)) {
            return known;
        }
        List<Server> all = new ArrayList<>(known);
        all.add(other);
        return List.copyOf(all);
    }

    private boolean isLike(Server other) {
        return driver.driver == other.driver.driver && product.equals(other.product) && version.equals(other.version);
    }

    /** The server of a connection from nobody knows where: remembered with the driver's own one, whatever wraps it. */
    static Server of(Connection connection) throws SQLException {
        Object physical = DriverMethods.of(connection).physical(connection);
        return of(physical == null ? connection : physical, connection);
    }

    private static Server ask(Connection connection) throws SQLException {
        Server found = new Server(connection, connection.getMetaData());
        if (found.driver.replaysTransactions(connection)) {
            throw new IllegalStateException(
                    "transactionReplay is true in the JDBC URL: the driver would run transactions"
                            + " again beside dbop, even one whose COMMIT was executed; leave it out, dbop runs them again");
        }
        return found;
    }

    /**
     * Whether a transaction is open on a connection in autocommit mode, begun in SQL. Costs a round trip only where
     * the driver says so without knowing: after an error MariaDB's assumes one (measured with 3.5.11).
     */
    boolean hasTransactionOpen(Connection connection, Work work) throws SQLException {
        TransactionState state = driver.transactionState(connection);
        if (state == TransactionState.OPEN && driver.driver == DriverMethods.MARIADB) {
            work.control.query("SELECT 1");
            state = driver.transactionState(connection);
        }
        boolean inSqlite = database == Database.SQLITE && work.transactionSurvived(new SQLException());
        return state == TransactionState.OPEN || inSqlite;
    }

    /**
     * Whether InnoDB undoes the whole transaction when a lock wait times out ({@code innodb_rollback_on_timeout}, a
     * start-up option). Only asked after such a timeout, and each time: a driver with several hosts may have moved the
     * connection to another server, and beside a wait of seconds a round trip is nothing.
     */
    static boolean rollsBackOnTimeout(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT @@innodb_rollback_on_timeout")) {
            return rows.next() && rows.getInt(1) != 0;
        }
    }
}
