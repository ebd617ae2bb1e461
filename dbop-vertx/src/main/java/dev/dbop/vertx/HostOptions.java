package dev.dbop.vertx;

import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.sql.Database;
import io.vertx.sqlclient.SqlConnectOptions;

/** The options for a host, for the client of its database; the other client need not be there. */
final class HostOptions {
    private HostOptions() {}

    /** The time to connect is the search's business, and the options do not take it. */
    static SqlConnectOptions of(Dsn dsn, HostAddress host) {
        Dsn untimed = dsn.withConnectTimeout(null);
        return dsn.database().family() == Database.Family.POSTGRESQL
                ? Postgres.options(untimed, host)
                : MySql.options(untimed, host);
    }

    /** Touched only where its client is in use. */
    private static final class Postgres {
        static SqlConnectOptions options(Dsn dsn, HostAddress host) {
            return VertxDsn.pgOptions(dsn, host);
        }
    }

    /** Touched only where its client is in use. */
    private static final class MySql {
        static SqlConnectOptions options(Dsn dsn, HostAddress host) {
            return VertxDsn.mySqlOptions(dsn, host);
        }
    }
}
