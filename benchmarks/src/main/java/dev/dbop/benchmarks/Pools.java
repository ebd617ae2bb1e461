package dev.dbop.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.sql.Isolation;
import org.jspecify.annotations.Nullable;

/** Makes connection pools. */
public final class Pools {
    private Pools() {}

    /**
     * Makes a pool.
     *
     * @param url of the database, or of a proxy before it
     * @param size of the pool, which keeps all its connections
     * @param isolation of every connection; null leaves the server's
     * @return a pool to be closed by the caller
     */
    public static HikariDataSource pool(String url, int size, @Nullable Isolation isolation) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(size);
        if (isolation != null) {
            config.setTransactionIsolation("TRANSACTION_" + isolation.name());
        }
        return new HikariDataSource(config);
    }
}
