package dev.dbop.connect;

import dev.dbop.sql.Database;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a {@link Dsn} in one syntax, or refuses what cannot be said in it. */
final class DsnWriter {
    private static final String MASK = "***";

    private final Dsn dsn;
    private final DsnSyntax syntax;

    private DsnWriter(Dsn dsn, DsnSyntax syntax) {
        this.dsn = dsn;
        this.syntax = syntax;
    }

    static String uri(Dsn dsn) {
        DsnWriter writer = new DsnWriter(dsn, DsnSyntax.uriOf(dsn.database()));
        return writer.text(writer.carried(true), dsn.password());
    }

    static String jdbcUrl(Dsn dsn, JdbcDriver driver) {
        DsnWriter writer = new DsnWriter(dsn, jdbcSyntax(dsn, driver));
        writer.refuseForJdbc();
        Map<String, String> carried = writer.carried(false);
        if (writer.syntax == DsnSyntax.CONNECTOR_J && dsn.isMultiHost()) {
            carried.put("failOverReadOnly", "false"); // else its connections to all but the first host refuse to write
        }
        return writer.text(carried, null);
    }

    static Properties jdbcProperties(Dsn dsn, JdbcDriver driver) {
        DsnWriter writer = new DsnWriter(dsn, jdbcSyntax(dsn, driver));
        Properties properties = new Properties();
        putIfGiven(properties, "user", dsn.user());
        putIfGiven(properties, "password", dsn.password());
        dsn.said().forEach((name, value) -> {
            if (DsnWords.isSecret(dsn.database(), name)) {
                properties.setProperty(writer.spelling(name), value);
            }
        });
        return properties;
    }

    private static void putIfGiven(Properties properties, String name, @Nullable String value) {
        if (value != null) {
            properties.setProperty(name, value);
        }
    }

    /** For people: never refuses, and never shows a secret. */
    static String masked(Dsn dsn) {
        Map<String, String> all = new LinkedHashMap<>();
        dsn.said()
                .forEach((name, value) ->
                        all.put(name, DsnWords.isSecret(dsn.database(), name) ? MASK : DsnText.escaped(value)));
        return new DsnWriter(dsn, DsnSyntax.uriOf(dsn.database())).text(all, dsn.password() == null ? null : MASK);
    }

    private static DsnSyntax jdbcSyntax(Dsn dsn, JdbcDriver driver) {
        DsnSyntax syntax = DsnSyntax.of(driver);
        if (syntax.family() != dsn.database().family()) {
            throw new IllegalArgumentException("driver " + driver + " cannot talk to " + dsn.database());
        }
        return syntax;
    }

    private void refuseForJdbc() {
        for (HostAddress host : dsn.hosts()) {
            if (host.isSocket()) {
                throw new IllegalArgumentException("host '" + host.host()
                        + "' is a Unix socket, which the JDBC drivers cannot reach: give a host name");
            }
        }
        if (dsn.database() == Database.POSTGRESQL) {
            refuseUnlikeVerification(dsn.said());
        }
    }

    /** Where pgjdbc reads the same words in another way, and would trust whom libpq does not. */
    private static void refuseUnlikeVerification(Map<String, String> said) {
        String root = said.get("sslrootcert");
        if ("system".equals(root)) {
            throw new IllegalArgumentException(
                    "parameter 'sslrootcert' is 'system', which libpq alone knows: give a file");
        }
        if (root != null && "require".equals(said.get("sslmode"))) {
            throw new IllegalArgumentException("parameter 'sslmode' is 'require' with an 'sslrootcert', by which libpq"
                    + " verifies the server and pgjdbc does not: write verify-ca");
        }
    }

    private Map<String, String> carried(boolean secretsToo) {
        Map<String, String> carried = new LinkedHashMap<>();
        dsn.said().forEach((name, value) -> {
            String spelling = spelling(name);
            if (secretsToo || !DsnWords.isSecret(dsn.database(), name)) {
                carried.put(spelling, value(name, value));
            }
        });
        return carried;
    }

    private String spelling(String name) {
        DsnWord word = DsnWords.named(dsn.database(), name);
        String spelling = word == null ? null : word.spelling(syntax);
        if (spelling == null) {
            throw DsnRefusals.notCarried(name, syntax);
        }
        return spelling;
    }

    private String value(String name, String value) {
        DsnWord word = DsnWords.named(dsn.database(), name);
        String carried = word == null ? null : DsnWords.valueFor(syntax, word, value);
        if (carried == null) {
            throw DsnRefusals.notCarried(name, syntax);
        }
        return escaped(name, carried, "&");
    }

    /**
     * MariaDB's driver reads everything as it stands, so what would end the value cannot be in it; MySQL's cuts spaces.
     */
    private String escaped(String name, String value, String forbidden) {
        if (syntax == DsnSyntax.CONNECTOR_J && !value.equals(value.trim())) {
            throw new IllegalArgumentException(
                    name + " begins or ends with a space, which " + syntax + " would cut: leave the space out");
        }
        if (syntax.hasEscapes()) {
            return DsnText.escaped(value);
        }
        if (value.chars().anyMatch(c -> forbidden.indexOf(c) >= 0)) {
            throw new IllegalArgumentException(name + " has one of the characters " + forbidden
                    + " which cannot be written in a URL of " + syntax + ", that knows no escapes");
        }
        return value;
    }

    private String text(Map<String, String> carried, @Nullable String password) {
        StringBuilder text = new StringBuilder(syntax.prefix);
        if (syntax.isUri()) {
            text.append(userInfo(dsn.user(), password));
        }
        text.append(dsn.hosts().stream().map(DsnWriter::host).collect(Collectors.joining(",")))
                .append('/');
        String databaseName = dsn.databaseName();
        if (databaseName != null) {
            text.append(escaped("database name", databaseName, "?/@&="));
        }
        if (!carried.isEmpty()) {
            text.append(carried.entrySet().stream()
                    .map(one -> one.getKey() + "=" + one.getValue())
                    .collect(Collectors.joining("&", "?", "")));
        }
        return text.toString();
    }

    private static String userInfo(@Nullable String user, @Nullable String password) {
        if (user == null && password == null) {
            return "";
        }
        String secret = password == null ? "" : ":" + (password.equals(MASK) ? MASK : DsnText.escaped(password));
        return (user == null ? "" : DsnText.escaped(user)) + secret + "@";
    }

    private static String host(HostAddress address) {
        return address.isSocket() ? DsnText.escaped(address.host()) + ":" + address.port() : address.toString();
    }
}
