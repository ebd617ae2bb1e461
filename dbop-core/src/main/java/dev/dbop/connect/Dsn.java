package dev.dbop.connect;

import dev.dbop.sql.Database;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Says where a database is and how to connect to it: hosts, names and parameters, read from any of the usual connection
 * strings and written as any other.
 *
 * <p>Nothing is lost on the way, and nothing guessed: a parameter that nobody knows is refused when it is read, one
 * that a driver cannot be told is refused when it is written for that driver, and both are refused by name. What is not
 * said is left to each driver's default; {@code sslmode} is worth saying, for these differ. Neither the environment
 * ({@code PGHOST} and the like) nor any file is looked at.
 *
 * <p>{@link #toString} masks the password and other secrets, and no message of an exception repeats a value that was
 * read.
 *
 * <p>Immutable and thread-safe; equal to another of the same database, hosts in the same order, names, secrets and
 * parameters. No method blocks: host names are not looked up.
 */
public final class Dsn {
    private static final long MAX_TIMEOUT_MILLIS = Integer.MAX_VALUE;

    private final Database database;
    private final List<HostAddress> hosts;
    private final @Nullable String databaseName;
    private final @Nullable String user;
    private final @Nullable String password;
    /** By dbop's names: parameters, target and the time to connect. */
    private final SortedMap<String, String> said;

    Dsn(
            Database database,
            List<HostAddress> hosts,
            @Nullable String databaseName,
            @Nullable String user,
            @Nullable String password,
            SortedMap<String, String> said) {
        this.database = database;
        this.hosts = List.copyOf(hosts);
        this.databaseName = databaseName;
        this.user = user;
        this.password = password;
        SortedMap<String, String> copy = new TreeMap<>(said);
        copy.remove(DsnWords.TARGET, TargetSession.ANY.text());
        this.said = Collections.unmodifiableSortedMap(copy);
        refuseSocketsOfMySql();
    }

    private void refuseSocketsOfMySql() {
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("hosts must not be empty: give one at least");
        }
        for (HostAddress host : hosts) {
            if (host.isSocket() && database != Database.POSTGRESQL) {
                throw new IllegalArgumentException(
                        "host '" + host.host() + "' is a Unix socket, which is for PostgreSQL only: give a host name");
            }
        }
    }

    /**
     * Reads a connection string: {@code postgresql://} and {@code postgres://} (PostgreSQL manual, "Connection URIs"),
     * {@code mysql://} and {@code mariadb://} (MySQL manual, "Connecting to the Server Using URI-Like Strings"; names
     * of Connector/J's parameters will do too), {@code jdbc:postgresql:}, {@code jdbc:mysql:} and {@code jdbc:mariadb:}
     * (the drivers' documentation).
     *
     * <p>Hosts are written with their ports before the slash, {@code h1:1,h2:2}, or, for PostgreSQL, as parameters:
     * {@code ?host=h1,h2&port=1,2}; one port serves all hosts. A repeated {@code ?host=a&host=b} means both, as in
     * SQLAlchemy's URLs, and may have {@code a:5432}; libpq by itself would take the last. A host that starts with a
     * slash ({@code %2Frun%2Fpostgresql} before the slash) is the folder of PostgreSQL's Unix socket. No host at all is
     * {@code localhost}, where libpq would look at PGHOST and local sockets first. The ports that are not given are
     * 5432 and 3306.
     *
     * <p>Stricter than the drivers, where a slip would end at another server: hosts in two places, an empty one among
     * several, any parameter twice, raw {@code @}, {@code /}, {@code ?}, {@code &} or {@code #} where they are not
     * separators, escapes that are not UTF-8. Jdbc URLs are taken with one list of plain hosts, not with a driver's own
     * way from host to host ({@code replication}, {@code loadbalance}, {@code sequential}).
     *
     * @param text the connection string
     * @return what it says
     * @throws IllegalArgumentException if it is none of these, or says something that nobody or only the driver
     *     understands; the message names the place and the rule, and repeats no value
     */
    public static Dsn parse(String text) {
        return DsnReader.read(text);
    }

    /**
     * Returns a connection to some hosts of which nothing else is said.
     *
     * @param database {@link Database#POSTGRESQL}, {@link Database#MYSQL} or {@link Database#MARIADB}
     * @param hosts where it is, at least one
     * @return the value
     * @throws IllegalArgumentException if it is another database, there is no host, or a host is a Unix socket and the
     *     database is not PostgreSQL
     */
    public static Dsn of(Database database, HostAddress... hosts) {
        DsnSyntax.uriOf(database);
        return new Dsn(database, List.of(hosts), null, null, null, new TreeMap<>());
    }

    /**
     * Returns the kind of database.
     *
     * @return {@link Database#POSTGRESQL}, {@link Database#MYSQL} or {@link Database#MARIADB}
     */
    public Database database() {
        return database;
    }

    /**
     * Returns where it is.
     *
     * @return the hosts as they were listed, at least one; unmodifiable
     */
    public List<HostAddress> hosts() {
        return hosts;
    }

    /**
     * Says whether there are several hosts.
     *
     * @return whether more than one
     */
    public boolean isMultiHost() {
        return hosts.size() > 1;
    }

    /**
     * Returns the database's name on its server.
     *
     * @return the name, or null if none is said: the user's name on PostgreSQL, no database on the others
     */
    public @Nullable String databaseName() {
        return databaseName;
    }

    /**
     * Returns who connects.
     *
     * @return the user, or null if none is said: the operating system's user
     */
    public @Nullable String user() {
        return user;
    }

    /**
     * Returns the password: a secret.
     *
     * @return the password, or null if none or an empty one is said
     */
    public @Nullable String password() {
        return password;
    }

    /**
     * Returns which of the hosts will do.
     *
     * @return the target, {@link TargetSession#ANY} if none is said
     */
    public TargetSession target() {
        return TargetSession.parse(said.getOrDefault(DsnWords.TARGET, TargetSession.ANY.text()));
    }

    /**
     * Returns how long connecting to one host may take.
     *
     * @return the time; zero: no limit; null if none is said, and each driver has its own
     */
    public @Nullable Duration connectTimeout() {
        String units = said.get(DsnWords.connectTimeout(database));
        return units == null
                ? null
                : Duration.ofMillis(Long.parseLong(units) * DsnWords.connectTimeoutUnitMillis(database));
    }

    /**
     * Returns what else is said, secrets such as {@code sslpassword} included.
     *
     * @return values by the names that libpq has for PostgreSQL's parameters (pgjdbc's, where libpq has none) and
     *     Connector/J for MySQL's and MariaDB's; sorted by name, unmodifiable
     */
    public SortedMap<String, String> parameters() {
        SortedMap<String, String> others = new TreeMap<>(said);
        others.remove(DsnWords.TARGET);
        others.remove(DsnWords.connectTimeout(database));
        return Collections.unmodifiableSortedMap(others);
    }

    /**
     * Returns a copy with other hosts, all else as it is.
     *
     * @param others the hosts, at least one
     * @return the copy
     * @throws IllegalArgumentException as {@link #of} does
     */
    public Dsn withHosts(List<HostAddress> others) {
        return new Dsn(database, others, databaseName, user, password, said);
    }

    /**
     * Returns a copy with one host, without what chooses among hosts: the target, and {@code load_balance_hosts}.
     *
     * @param host the host, one of these or another
     * @return the copy
     * @throws IllegalArgumentException as {@link #of} does
     */
    public Dsn only(HostAddress host) {
        return changed(copy -> copy.keySet().removeAll(List.of(DsnWords.TARGET, "load_balance_hosts")))
                .withHosts(List.of(host));
    }

    /**
     * Returns a copy that names another database on the same server.
     *
     * @param name its name, unescaped; not empty
     * @return the copy
     * @throws IllegalArgumentException if the name is empty or has control characters
     */
    public Dsn withDatabase(String name) {
        return new Dsn(database, hosts, checked("database name", name), user, password, said);
    }

    /**
     * Returns a copy for another user; the password stays.
     *
     * @param name the user, unescaped; not empty
     * @return the copy
     * @throws IllegalArgumentException if the name is empty or has control characters
     */
    public Dsn withUser(String name) {
        return new Dsn(database, hosts, databaseName, checked("user", name), password, said);
    }

    /**
     * Returns a copy with another password.
     *
     * @param secret the password, unescaped; null or empty for none
     * @return the copy
     * @throws IllegalArgumentException if it has control characters; the message does not repeat it
     */
    public Dsn withPassword(@Nullable String secret) {
        String some = secret == null || secret.isEmpty() ? null : checked("password", secret);
        return new Dsn(database, hosts, databaseName, user, some, said);
    }

    /**
     * Returns a copy that wants another of the hosts.
     *
     * @param target which will do
     * @return the copy
     */
    public Dsn withTarget(TargetSession target) {
        return changed(copy -> copy.put(DsnWords.TARGET, target.text()));
    }

    /**
     * Returns a copy with another limit for connecting to one host.
     *
     * @param limit the time, rounded up to whole seconds for PostgreSQL (libpq and pgjdbc count in these) and to whole
     *     milliseconds for the others; zero: no limit; null: not said
     * @return the copy
     * @throws IllegalArgumentException if it is negative, or longer than 24 days
     */
    public Dsn withConnectTimeout(@Nullable Duration limit) {
        String name = DsnWords.connectTimeout(database);
        if (limit == null) {
            return changed(copy -> copy.remove(name));
        }
        if (limit.isNegative() || limit.compareTo(Duration.ofDays(24)) > 0) {
            throw new IllegalArgumentException("connect timeout " + limit + " must be from 0 to 24 days");
        }
        long unit =
                Duration.ofMillis(DsnWords.connectTimeoutUnitMillis(database)).toNanos();
        long units = (limit.toNanos() + unit - 1) / unit;
        return changed(copy -> copy.put(name, Long.toString(units)));
    }

    /**
     * Returns a copy with a parameter set.
     *
     * @param name as in {@link #parameters}
     * @param value the value, unescaped; not empty
     * @return the copy
     * @throws IllegalArgumentException if dbop knows no such parameter, or the parameter no such value, or the value is
     *     empty or has control characters; the message does not repeat the value
     */
    public Dsn withParameter(String name, String value) {
        DsnWord word = DsnWords.named(database, name);
        if (word == null || name.equals(DsnWords.TARGET) || name.equals(DsnWords.connectTimeout(database))) {
            throw new IllegalArgumentException("parameter '" + name + "' is not known: hosts, user, password, database,"
                    + " target and connect timeout have methods of their own, others a name as in parameters()");
        }
        if (!DsnWords.isValue(word, value)) {
            throw new IllegalArgumentException("parameter '" + name + "' must be one of " + DsnWords.valueNames(word));
        }
        return changed(copy -> copy.put(name, checked("parameter '" + name + "'", value)));
    }

    /**
     * Returns a copy without a parameter, for a driver that cannot be told it.
     *
     * @param name as in {@link #parameters}; nothing happens if it is not there
     * @return the copy
     */
    public Dsn withoutParameter(String name) {
        return parameters().containsKey(name) ? changed(copy -> copy.remove(name)) : this;
    }

    private Dsn changed(Consumer<SortedMap<String, String>> change) {
        SortedMap<String, String> copy = new TreeMap<>(said);
        change.accept(copy);
        return new Dsn(database, hosts, databaseName, user, password, copy);
    }

    private static String checked(String what, String value) {
        String wrong = value.isEmpty() ? "must not be empty" : DsnText.fault(value);
        if (wrong != null) {
            throw new IllegalArgumentException(what + " " + wrong);
        }
        return value;
    }

    /** The one way to write a value; what it refuses it does not repeat. */
    static String normalized(Database database, String name, String value) {
        if (name.equals(DsnWords.TARGET)) {
            return TargetSession.parse(value).text();
        }
        if (!name.equals(DsnWords.connectTimeout(database))) {
            return value;
        }
        long max = MAX_TIMEOUT_MILLIS / DsnWords.connectTimeoutUnitMillis(database);
        if (!value.matches("[0-9]{1,10}") || Long.parseLong(value) > max) {
            throw new IllegalArgumentException("parameter '" + name + "' must be a whole number from 0 to " + max);
        }
        return Long.toString(Long.parseLong(value));
    }

    SortedMap<String, String> said() {
        return said;
    }

    /**
     * Writes the value as a URI, <strong>password and other secrets included</strong>: not for logs. For PostgreSQL it
     * is libpq's, good for {@code psql}; {@link #parse} reads it back as an equal value. Ports are always written.
     *
     * @return the URI
     * @throws IllegalArgumentException if there is a parameter that only pgjdbc knows
     */
    public String toUri() {
        return DsnWriter.uri(this);
    }

    /**
     * Writes the URL for the database's own driver; see {@link #jdbcUrl(JdbcDriver)}.
     *
     * @return the URL, without user, password and other secrets
     * @throws IllegalArgumentException as {@link #jdbcUrl(JdbcDriver)} does
     */
    public String jdbcUrl() {
        return jdbcUrl(ownDriver());
    }

    /**
     * Writes the URL for a JDBC driver. It goes with {@link #jdbcProperties(JdbcDriver)}, which has what is not for
     * logs.
     *
     * <p>Of targets, pgjdbc can be told {@code read-write} ({@code targetServerType=primary}: it asks the server for
     * {@code transaction_read_only}, as libpq does), {@code read-only} ({@code secondary}) and {@code prefer-standby}
     * ({@code preferSecondary}, which holds a primary that is read-only by default for a standby); not {@code primary}
     * and {@code standby}. The drivers of MySQL and MariaDB can be told none. {@code ConnectionFactory} in dbop-jdbc
     * takes them all, for it asks the servers itself.
     *
     * <p>Of several hosts, each driver tries one after the other. Connector/J goes on doing so after a connection is
     * lost, within the session; it is told that all hosts may write ({@code failOverReadOnly=false}).
     *
     * @param driver the driver; MariaDB's talks to MySQL too, and the other way round
     * @return the URL, without user, password and other secrets
     * @throws IllegalArgumentException if the driver is for another database, or cannot be told a parameter, the target
     *     or a host: Unix sockets, and for MariaDB Connector/J, which knows no escapes, {@code &} in a parameter and
     *     any of {@code ?/@&=} in the database's name; for MySQL Connector/J, which cuts them, spaces around either
     */
    public String jdbcUrl(JdbcDriver driver) {
        return DsnWriter.jdbcUrl(this, driver);
    }

    /**
     * Returns what {@link #jdbcUrl()} leaves out.
     *
     * @return {@code user}, {@code password} and other secrets, as far as they are said; a new object
     * @throws IllegalArgumentException as {@link #jdbcProperties(JdbcDriver)} does
     */
    public Properties jdbcProperties() {
        return jdbcProperties(ownDriver());
    }

    /**
     * Returns what {@link #jdbcUrl(JdbcDriver)} leaves out.
     *
     * @param driver the driver
     * @return {@code user}, {@code password} and other secrets, as far as they are said; a new object
     * @throws IllegalArgumentException if the driver is for another database, or cannot be told one of the secrets
     */
    public Properties jdbcProperties(JdbcDriver driver) {
        return DsnWriter.jdbcProperties(this, driver);
    }

    private JdbcDriver ownDriver() {
        return switch (database) {
            case MYSQL -> JdbcDriver.MYSQL;
            case MARIADB -> JdbcDriver.MARIADB;
            default -> JdbcDriver.POSTGRESQL;
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Dsn dsn
                && database == dsn.database
                && hosts.equals(dsn.hosts)
                && Objects.equals(databaseName, dsn.databaseName)
                && Objects.equals(user, dsn.user)
                && Objects.equals(password, dsn.password)
                && said.equals(dsn.said);
    }

    @Override
    public int hashCode() {
        return Objects.hash(database, hosts, databaseName, user, password, said);
    }

    /**
     * Returns the value for people to read.
     *
     * @return a URI, with {@code ***} for the password and other secrets, and parameters by the names of {@link
     *     #parameters}
     */
    @Override
    public String toString() {
        return DsnWriter.masked(this);
    }
}
