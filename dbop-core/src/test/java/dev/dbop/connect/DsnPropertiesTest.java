package dev.dbop.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.Database;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds of any connection string, and of any text that is none. */
class DsnPropertiesTest {
    private static final String SECRET = "Zq7.Wx4!Vk9";
    private static final int PIECE = 4;
    /** As the originals have them. */
    private static final List<String> HOSTS = List.of("alpha", "beta", "2001:db8::1", "%2Frun%2Fpg");

    @Property
    void uriIsReadAsWhatItWasWrittenFrom(@ForAll("dsns") Dsn dsn) {
        assertThat(Dsn.parse(dsn.toUri())).isEqualTo(dsn);
    }

    @Property
    void jdbcUrlAndPropertiesAreReadAsWhatTheyWereWrittenFrom(@ForAll("jdbc") Dsn dsn) {
        assertThat(read(dsn.jdbcUrl(), dsn.jdbcProperties())).isEqualTo(dsn);
    }

    private static Dsn read(String url, Properties properties) {
        Dsn dsn = Dsn.parse(url).withPassword(properties.getProperty("password"));
        String user = properties.getProperty("user");
        return user == null ? dsn : dsn.withUser(user);
    }

    @Property
    void textForPeopleHasNoPassword(@ForAll("dsns") Dsn dsn) {
        assertThat(dsn.withPassword(SECRET).toString()).doesNotContain(SECRET);
    }

    /** A text that is changed here and there is refused in words of dbop's, or every host it leads to stands in it. */
    @Property(tries = 20_000, seed = "4711")
    void changedTextIsRefusedClearlyOrLeadsNowhereElse(@ForAll("changed") String text) {
        Dsn dsn;
        try {
            dsn = Dsn.parse(text);
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage())
                    .startsWith("connection string, character ")
                    .hasLineCount(1);
            assertNoPieceOfTheSecret(String.valueOf(refused.getMessage()), text);
            return;
        }
        for (HostAddress host : dsn.hosts()) {
            assertThat(isWritten(host.host(), dsn, text))
                    .as("%s in %s", host, text)
                    .isTrue();
        }
        assertNoPieceOfTheSecret(dsn.hosts() + " " + dsn.databaseName(), whereSecretsStand(text));
    }

    /** It is localhost where what was a host has become part of another name, or is no more. */
    private static boolean isWritten(String host, Dsn dsn, String text) {
        if (!host.equals("localhost")) {
            return unescaped(text).contains(host);
        }
        String others = dsn.databaseName() + " " + dsn.user() + ":" + dsn.password();
        return HOSTS.stream().noneMatch(known -> text.contains(known) && !others.contains(unescaped(known)));
    }

    private static String unescaped(String text) {
        return Pattern.compile("%([0-7][0-9A-Fa-f])")
                .matcher(text)
                .replaceAll(escape ->
                        Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(escape.group(1), 16))));
    }

    private static String whereSecretsStand(String text) {
        int named = text.indexOf("password=");
        return text.substring(0, text.lastIndexOf('@') + 1) + (named < 0 ? "" : text.substring(named));
    }

    /** Whatever of the secret stands where secrets stand, elsewhere it is a name like any other. */
    private static void assertNoPieceOfTheSecret(String told, String secretIn) {
        for (int i = 0; i + PIECE <= SECRET.length(); i++) {
            String piece = SECRET.substring(i, i + PIECE);
            if (secretIn.contains(piece)) {
                assertThat(told).doesNotContain(piece);
            }
        }
    }

    @Property(tries = 5_000)
    void anyTextIsReadOrRefused(@ForAll("anything") String text) {
        try {
            assertThat(Dsn.parse(text).hosts()).isNotEmpty();
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage())
                    .startsWith("connection string, character ")
                    .hasLineCount(1);
        }
    }

    @Provide
    Arbitrary<String> anything() {
        Arbitrary<String> rest = Arbitraries.strings()
                .withChars("abh1:,/?&=@%[]()#+. \u0000\ud800é")
                .ofMaxLength(30);
        return Combinators.combine(prefixes(), rest).as(String::concat);
    }

    private static Arbitrary<String> prefixes() {
        return Arbitraries.of(
                "",
                "postgresql://",
                "postgres://",
                "mysql://",
                "mariadb://",
                "jdbc:postgresql:",
                "jdbc:postgresql://",
                "jdbc:mysql://",
                "jdbc:mariadb://");
    }

    @Provide
    Arbitrary<String> changed() {
        Arbitrary<String> originals = Arbitraries.of(
                "postgresql://user:" + SECRET + "@alpha:5432,beta:5433/shop?connect_timeout=10&sslmode=require",
                "postgresql://user:" + SECRET + "@/shop?host=alpha,beta&port=5432,5433&application_name=x",
                "postgresql://user:" + SECRET + "@[2001:db8::1]:5432/shop?target_session_attrs=read-write",
                "postgresql:///shop?user=user&password=" + SECRET + "&host=%2Frun%2Fpg",
                "mysql://user:" + SECRET + "@alpha,beta/shop?ssl-mode=REQUIRED",
                "jdbc:mysql://user:" + SECRET + "@alpha:3306,beta:3307/shop?connectTimeout=10",
                "jdbc:postgresql://alpha:1,beta:2/shop?user=user&password=" + SECRET + "&sslmode=require",
                "jdbc:mariadb://alpha,beta:2/shop?user=user&password=" + SECRET + "&sslMode=trust");
        return Combinators.combine(originals, changes().list().ofMinSize(1).ofMaxSize(3))
                .as((text, changes) -> {
                    String changed = text;
                    for (Change change : changes) {
                        changed = change.of(changed);
                    }
                    return changed;
                });
    }

    /** At a place, some characters less and some more. */
    private record Change(double place, int less, String more) {
        String of(String text) {
            int from = (int) (place * text.length());
            return text.substring(0, from) + more + text.substring(Math.min(text.length(), from + less));
        }
    }

    private static Arbitrary<Change> changes() {
        Arbitrary<String> more =
                Arbitraries.strings().withChars("aZ1:,/?&=@%[]#+ 2F.-").ofMaxLength(3);
        return Combinators.combine(
                        Arbitraries.doubles().between(0, 1),
                        Arbitraries.integers().between(0, 3),
                        more)
                .as(Change::new);
    }

    @Provide
    Arbitrary<Dsn> dsns() {
        return Arbitraries.of(Database.POSTGRESQL, Database.MYSQL, Database.MARIADB)
                .flatMap(database -> Combinators.combine(
                                hosts(database == Database.POSTGRESQL), names(), names(), names(), choices())
                        .as((hosts, name, user, password, choices) ->
                                choices.on(dsn(database, hosts, name, user, password))));
    }

    /** Without what some driver cannot be told. */
    @Provide
    Arbitrary<Dsn> jdbc() {
        return dsns().filter(dsn -> dsn.hosts().stream().noneMatch(HostAddress::isSocket)
                        && (dsn.database() == Database.POSTGRESQL || dsn.target() == TargetSession.ANY)
                        && dsn.target() != TargetSession.STANDBY
                        && dsn.target() != TargetSession.PRIMARY)
                .map(DsnPropertiesTest::inWordsOfItsDriver);
    }

    private static Dsn inWordsOfItsDriver(Dsn dsn) {
        String free = dsn.parameters().get("sessionVariables");
        return switch (dsn.database()) {
            case MYSQL -> {
                Dsn named = dsn.databaseName() == null ? dsn : dsn.withDatabase("'" + dsn.databaseName() + "'");
                yield free == null ? named : named.withParameter("sessionVariables", "'" + free + "'");
            }
            case MARIADB -> dsn.withDatabase("plain").withoutParameter("sessionVariables");
            default -> dsn;
        };
    }

    private static Dsn dsn(Database database, List<HostAddress> hosts, String name, String user, String password) {
        Dsn dsn = Dsn.of(database, hosts.toArray(HostAddress[]::new)).withPassword(password);
        dsn = name.isEmpty() ? dsn : dsn.withDatabase(name);
        return user.isEmpty() ? dsn : dsn.withUser(user);
    }

    private static Arbitrary<List<HostAddress>> hosts(boolean sockets) {
        Arbitrary<String> any = Arbitraries.of("h", "db-1.example.org", "10.0.0.1", "::1", "2001:db8::5:6", "my_host");
        Arbitrary<String> places = sockets ? Arbitraries.oneOf(any, Arbitraries.of("/run/pg", "/a b:c@é")) : any;
        return Combinators.combine(places, Arbitraries.integers().between(1, 65_535))
                .as(HostAddress::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    /** Empty now and then, for none; else anything that is not a control character. */
    private static Arbitrary<String> names() {
        Arbitrary<String> odd = Arbitraries.strings()
                .withChars("ab:/?#[]@!$&'()*+,;=% \"<>\\^`{|}~éß漢")
                .ofMinLength(1)
                .ofMaxLength(12);
        Arbitrary<String> pairs = Arbitraries.just("\ud83d\ude00+%41");
        return Arbitraries.oneOf(odd, pairs, Arbitraries.just(""));
    }

    /** Below zero: none; so an empty text. */
    private record Choices(TargetSession target, int millis, String free, boolean tls) {
        Dsn on(Dsn dsn) {
            boolean postgres = dsn.database() == Database.POSTGRESQL;
            Dsn chosen = dsn.withTarget(target).withConnectTimeout(millis < 0 ? null : Duration.ofMillis(millis));
            if (tls) {
                chosen = chosen.withParameter(postgres ? "sslmode" : "sslMode", postgres ? "verify-ca" : "VERIFY_CA");
            }
            return free.isEmpty() ? chosen : chosen.withParameter(postgres ? "options" : "sessionVariables", free);
        }
    }

    private static Arbitrary<Choices> choices() {
        return Combinators.combine(
                        Arbitraries.of(TargetSession.class),
                        Arbitraries.integers().between(-20_000, 100_000),
                        names(),
                        Arbitraries.of(true, false))
                .as(Choices::new);
    }
}
