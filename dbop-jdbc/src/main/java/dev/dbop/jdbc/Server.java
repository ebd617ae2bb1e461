package dev.dbop.jdbc;

import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The database behind a connection and the driver in front of it. Immutable; found once per data source. */
final class Server {
    /** Only map operations run under this lock, never I/O: two threads may both ask, and agree. */
    private static final Map<DataSource, Server> KNOWN = Collections.synchronizedMap(new WeakHashMap<>());

    final Database database;
    final DriverMethods.Bound driver;
    private volatile @Nullable Boolean rollsBackOnTimeout;

    private Server(Database database, DriverMethods.Bound driver) {
        this.database = database;
        this.driver = driver;
    }

    static @Nullable Server known(DataSource source) {
        return KNOWN.get(source);
    }

    static Server of(DataSource source, Connection connection) throws SQLException {
        Server known = KNOWN.get(source);
        if (known == null) {
            known = of(connection);
            KNOWN.put(source, known);
        }
        return known;
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
        return new Server(database, driver);
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
