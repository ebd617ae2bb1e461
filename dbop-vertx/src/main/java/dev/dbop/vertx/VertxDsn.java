package dev.dbop.vertx;

import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.TargetSession;
import dev.dbop.sql.Database;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.pgclient.PgConnectOptions;
import java.util.List;

/**
 * Turns a {@link Dsn} into the options of the Vert.x clients, one object for each host.
 *
 * <p>What the clients cannot be told is refused by name. The time to connect is, for it belongs to the network client:
 * {@code builder.with(new NetClientOptions().setConnectTimeout(millis))}. So is a target, for the clients ask no server
 * what it is. What the value does not say is the client's default, no TLS for one; its made-up user, password and
 * database are not.
 *
 * <p>A pool on several options ({@code connectingTo(List)}) takes them in turns for new connections; a dead host fails
 * its turn.
 *
 * <p>Each method needs its client on the class path; the other's may be missing. None blocks: certificates are read by
 * the client when it connects.
 */
public final class VertxDsn {
    private VertxDsn() {}

    /**
     * Returns PostgreSQL's options for each host.
     *
     * <p>Carried over are user, password, database (the user's name where none is said), Unix sockets, {@code
     * application_name}, {@code options}, {@code sslmode}, and {@code sslrootcert}, {@code sslcert} and {@code sslkey}
     * as PEM files. {@code require} and what is less trusts any certificate, as in libpq.
     *
     * @param dsn what to connect to
     * @return new options, in the order of the hosts
     * @throws IllegalArgumentException if it is not PostgreSQL, names no user, wants a target, or says what the client
     *     cannot be told
     */
    public static List<PgConnectOptions> pgOptions(Dsn dsn) {
        refuse(dsn, Database.Family.POSTGRESQL);
        return dsn.hosts().stream().map(host -> VertxDsnPg.options(dsn, host)).toList();
    }

    /**
     * Returns PostgreSQL's options for one host, whatever the target; otherwise as {@link #pgOptions(Dsn)}.
     *
     * @param dsn what to connect to
     * @param host where
     * @return new options
     * @throws IllegalArgumentException as there
     */
    public static PgConnectOptions pgOptions(Dsn dsn, HostAddress host) {
        return pgOptions(dsn.only(host)).get(0);
    }

    /**
     * Returns MySQL's and MariaDB's options for each host.
     *
     * <p>Carried over are user, password, database, {@code sslMode}, {@code serverSslCert} (the authority's
     * certificate, a PEM file), {@code useAffectedRows}, {@code connectionCollation} and {@code
     * serverRSAPublicKeyFile}; {@code allowPublicKeyRetrieval=true} is what the client does anyway. {@code REQUIRED}
     * and what is less trusts any certificate, as in the other clients.
     *
     * @param dsn what to connect to
     * @return new options, in the order of the hosts
     * @throws IllegalArgumentException if it is neither MySQL nor MariaDB, names no user, wants a target, or says what
     *     the client cannot be told
     */
    public static List<MySQLConnectOptions> mySqlOptions(Dsn dsn) {
        refuse(dsn, Database.Family.MYSQL);
        return dsn.hosts().stream()
                .map(host -> VertxDsnMySql.options(dsn, host))
                .toList();
    }

    /**
     * Returns MySQL's and MariaDB's options for one host, whatever the target; otherwise as {@link #mySqlOptions(Dsn)}.
     *
     * @param dsn what to connect to
     * @param host where
     * @return new options
     * @throws IllegalArgumentException as there
     */
    public static MySQLConnectOptions mySqlOptions(Dsn dsn, HostAddress host) {
        return mySqlOptions(dsn.only(host)).get(0);
    }

    private static void refuse(Dsn dsn, Database.Family family) {
        if (dsn.database().family() != family) {
            throw new IllegalArgumentException("database " + dsn.database() + " needs the Vert.x client for "
                    + dsn.database().family());
        }
        if (dsn.target() != TargetSession.ANY) {
            throw new IllegalArgumentException(
                    "parameter 'target_session_attrs' cannot be carried over to Vert.x, which asks"
                            + " no server what it is: give options for one host, and ask");
        }
        if (dsn.connectTimeout() != null) {
            throw new IllegalArgumentException(
                    "the connect timeout cannot be carried over to the options of Vert.x: set it on"
                            + " NetClientOptions, and take it out with withConnectTimeout(null)");
        }
    }

    /** Nobody's name would be the client's example. */
    static String user(Dsn dsn) {
        String user = dsn.user();
        if (user == null) {
            throw new IllegalArgumentException("user must be given: the Vert.x clients know no user of the system");
        }
        return user;
    }

    static IllegalArgumentException notCarried(String parameter) {
        return new IllegalArgumentException("parameter '" + parameter
                + "' cannot be carried over to Vert.x: take it out with withoutParameter(\"" + parameter + "\")");
    }
}
