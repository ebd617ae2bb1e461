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
import java.util.WeakHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The database behind a connection and the driver in front of it. Immutable; found once per data source, and once more for
 * each further server it leads to.
 */
final class Server {
    /**
     * A data source leads to one server, unless it routes. Only map operations run under this lock, never I/O: two threads
     * may both ask, and agree.
     */
    private static final Map<DataSource, List<Server>> KNOWN = Collections.synchronizedMap(new WeakHashMap<>());

    final Database database;
    final DriverMethods.Bound driver;
    private final String product;
    private volatile @Nullable Boolean rollsBackOnTimeout;

    private Server(Database database, DriverMethods.Bound driver, String product) {
        this.database = database;
        this.driver = driver;
        this.product = product;
    }

    /** The database a data source leads to, or null while none is known or if there are several. */
    static @Nullable Database known(DataSource source) {
        List<Server> known = KNOWN.getOrDefault(source, List.of());
        Database first = known.isEmpty() ? null : known.get(0).database;
        return known.stream().allMatch(server -> server.database == first) ? first : null;
    }

    static Server of(DataSource source, Connection connection) throws SQLException {
        for (Server known : KNOWN.getOrDefault(source, List.of())) {
            if (known.driver.isBehind(connection) && known.product.equals(product(connection))) {
                return known;
            }
        }
        Server found = of(connection);
        KNOWN.merge(source, List.of(found), Server::joined);
        return found;
    }

    private static List<Server> joined(List<Server> known, List<Server> found) {
        Server other = found.get(0);
        if (known.stream()
                .anyMatch(one -> one.driver.driver == other.driver.driver && one.product.equals(other.product))) {
            return known;
        }
        List<Server> all = new ArrayList<>(known);
        all.add(other);
        return List.copyOf(all);
    }

    /** What the connection says of its server, without asking it. */
    private static String product(Connection connection) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        return metaData.getDatabaseProductName() + " " + metaData.getDatabaseProductVersion();
    }

    static Server of(Connection connection) throws SQLException {
        DatabaseMetaData metaData = connection.getMetaData();
        String version = metaData.getDatabaseProductVersion();
        Database database = Database.of(metaData.getDatabaseProductName(), version == null ? "" : version);
        DriverMethods.Bound driver = DriverMethods.of(connection);
        if (driver.replaysTransactions(connection)) {
            throw new IllegalStateException(
                    "transactionReplay is true in the JDBC URL: the driver would run transactions"
                            + " again beside dbop, even one whose COMMIT was executed; leave it out, dbop runs them again");
        }
        return new Server(database, driver, product(connection));
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
     * start-up option). Asked once, and only after such a timeout.
     */
    boolean rollsBackOnTimeout(Connection connection) throws SQLException {
        Boolean known = rollsBackOnTimeout;
        if (known == null) {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT @@innodb_rollback_on_timeout")) {
                known = rows.next() && rows.getInt(1) != 0;
            }
            rollsBackOnTimeout = known;
        }
        return known;
    }
}
