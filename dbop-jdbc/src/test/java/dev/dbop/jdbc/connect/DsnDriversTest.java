package dev.dbop.jdbc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.conf.ConnectionUrl;
import com.mysql.cj.conf.HostInfo;
import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.connect.JdbcDriver;
import dev.dbop.sql.Database;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.Configuration;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** What the drivers themselves read in the URLs that a {@link Dsn} writes for them. */
class DsnDriversTest {
    private static final List<HostAddress> HOSTS =
            List.of(new HostAddress("alpha", 1), new HostAddress("::1", 65_535), new HostAddress("10.0.0.1", 3));

    @Property
    void pgjdbcReadsTheSame(@ForAll("texts") String name, @ForAll("texts") String value) {
        Dsn dsn = dsn(Database.POSTGRESQL, name).withParameter("application_name", value);

        Properties read = Objects.requireNonNull(Driver.parseURL(dsn.jdbcUrl(), new Properties()));

        assertThat(new TreeMap<>(read))
                .isEqualTo(new TreeMap<Object, Object>(Map.of(
                        "PGHOST",
                        "alpha,[::1],10.0.0.1",
                        "PGPORT",
                        "1,65535,3",
                        "PGDBNAME",
                        name,
                        "ApplicationName",
                        value)));
    }

    @Property
    void connectorJReadsTheSame(@ForAll("texts") String name, @ForAll("texts") String value) {
        Assume.that(name.equals(name.strip()) && value.equals(value.strip()));
        Dsn dsn = dsn(Database.MYSQL, name).withParameter("sessionVariables", value);

        List<HostInfo> read = ConnectionUrl.getConnectionUrlInstance(dsn.jdbcUrl(), new Properties())
                .getHostsList();

        assertThat(read.stream().map(host -> host.getHost() + ":" + host.getPort()))
                .containsExactly("alpha:1", "[::1]:65535", "10.0.0.1:3");
        assertThat(read).allSatisfy(host -> {
            assertThat(host.getDatabase()).isEqualTo(name);
            assertThat(host.getHostProperties()).containsEntry("sessionVariables", value);
        });
    }

    @Property
    void mariaDbsConnectorReadsTheSame(@ForAll("plain") String name, @ForAll("plain") String value)
            throws SQLException {
        Dsn dsn = dsn(Database.MYSQL, name).withParameter("sessionVariables", value);

        Configuration read = Configuration.parse(dsn.jdbcUrl(JdbcDriver.MARIADB));

        assertThat(read.addresses().stream().map(address -> address.host + ":" + address.port))
                .containsExactly("alpha:1", "::1:65535", "10.0.0.1:3");
        assertThat(read.database()).isEqualTo(name);
        assertThat(read.sessionVariables()).isEqualTo(value);
    }

    /** Whatever slip there is in a URL: if dbop and the driver both take it, they take it for the same hosts. */
    @Property(tries = 10_000, seed = "4711")
    void slipsLeadNowhereElse(@ForAll("changed") String url) {
        List<String> read = hosts(url);
        List<String> driverRead = driverHosts(url);
        boolean bothTakeIt = !read.isEmpty() && !driverRead.isEmpty();

        if (bothTakeIt) {
            assertThat(read).as(url).isEqualTo(driverRead);
        }
        Statistics.label("both take it")
                .collect(bothTakeIt)
                .coverage(share -> share.check(true).percentage(percent -> percent > 5));
    }

    private static List<String> hosts(String url) {
        try {
            return Dsn.parse(url).hosts().stream().map(HostAddress::toString).toList();
        } catch (IllegalArgumentException refused) {
            return List.of();
        }
    }

    private static List<String> driverHosts(String url) {
        try {
            if (url.startsWith("jdbc:postgresql:")) {
                return pgjdbcHosts(Driver.parseURL(url, new Properties()));
            }
            if (url.startsWith("jdbc:mysql:")) {
                return ConnectionUrl.getConnectionUrlInstance(url, new Properties()).getHostsList().stream()
                        .map(HostInfo::getHostPortPair)
                        .toList();
            }
            Configuration read = Configuration.parse(url);
            return read == null
                    ? List.of()
                    : read.addresses().stream()
                            .map(address -> new HostAddress(address.host, address.port).toString())
                            .toList();
        } catch (SQLException | RuntimeException refused) {
            return List.of();
        }
    }

    private static List<String> pgjdbcHosts(@Nullable Properties read) {
        if (read == null || read.getProperty("PGHOST").isEmpty()) {
            return List.of();
        }
        String[] hosts = read.getProperty("PGHOST").split(",", -1);
        String[] ports = read.getProperty("PGPORT").split(",", -1);
        return IntStream.range(0, hosts.length)
                .mapToObj(i -> bracketed(hosts[i]) + ":" + ports[i])
                .toList();
    }

    /** An IPv6 address may be without brackets where nothing follows it. */
    private static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") && !host.startsWith("/") ? "[" + host + "]" : host;
    }

    @Provide
    Arbitrary<String> changed() {
        Arbitrary<String> originals = Arbitraries.of(
                "jdbc:postgresql://alpha:1,beta:2/shop?user=user&password=pw&sslmode=require",
                "jdbc:postgresql:///shop?PGHOST=alpha,beta&PGPORT=1,2",
                "jdbc:postgresql://[2001:db8::1]:5/shop?ApplicationName=x",
                "jdbc:mysql://user:pw@alpha:1,beta:2/shop?connectTimeout=10",
                "jdbc:mysql://[2001:db8::1]:5/shop?user=user&password=pw",
                "jdbc:mariadb://alpha:1,beta:2/shop?user=user&password=pw&sslMode=trust",
                "jdbc:mariadb://[2001:db8::1]:5/shop");
        Arbitrary<String> more =
                Arbitraries.strings().withChars("aZ1:,/?&=@%[]#+ 2F.-").ofMaxLength(3);
        return Combinators.combine(
                        originals,
                        Arbitraries.doubles().between(0, 1),
                        Arbitraries.integers().between(0, 4),
                        more)
                .as((text, place, less, put) -> {
                    int from = (int) (place * text.length());
                    return text.substring(0, from) + put + text.substring(Math.min(text.length(), from + less));
                });
    }

    private static Dsn dsn(Database database, String name) {
        return Dsn.of(database, HOSTS.toArray(HostAddress[]::new)).withDatabase(name);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withChars("ab0:/?#[]@!$&'()*+,;=% \"<>\\^`{|}~é漢")
                .ofMinLength(1)
                .ofMaxLength(12);
    }

    /** What can stand in a URL that knows no escapes. */
    @Provide
    Arbitrary<String> plain() {
        return Arbitraries.strings()
                .withChars("ab0:#[]!$'*+,;% \"<>\\^`{|}~é漢")
                .ofMinLength(1)
                .ofMaxLength(12);
    }

    /** Each driver ignores a parameter that it does not know without a word, so the names must be its own. */
    @Property
    void namesOfPgjdbcAreTheSameOnTheWayOut(@ForAll("pgjdbc") PGProperty property) {
        String value = property.getChoices() == null ? "true" : property.getChoices()[0];
        value = property == PGProperty.TARGET_SERVER_TYPE ? "primary" : value;
        String url = "jdbc:postgresql://h:5432/db?" + property.getName() + "=" + value;
        Assume.that(isTaken(url));

        assertThat(Dsn.parse(url).jdbcUrl()).isEqualTo(url);
    }

    @Provide
    Arbitrary<PGProperty> pgjdbc() {
        Set<PGProperty> places = EnumSet.of(
                PGProperty.PG_HOST,
                PGProperty.PG_PORT,
                PGProperty.PG_DBNAME,
                PGProperty.USER,
                PGProperty.PASSWORD,
                PGProperty.SSL,
                PGProperty.SSL_PASSWORD);
        return Arbitraries.of(EnumSet.complementOf(EnumSet.copyOf(places)));
    }

    private static boolean isTaken(String url) {
        try {
            return Dsn.parse(url).databaseName() != null;
        } catch (IllegalArgumentException notKnown) {
            return false;
        }
    }
}
