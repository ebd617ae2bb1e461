package dev.dbop.connect;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Why a connection string is not taken, and what to write instead. */
final class DsnRefusals {
    /** What can be repeated: no value is like this, unless a separator before it is missing. */
    private static final Pattern NAME = Pattern.compile("(?!(?i)pass|pw)[A-Za-z][A-Za-z0-9_-]{0,40}");

    private static final String OWN_WAY =
            " is the driver's own way from host to host, within a session: write plain hosts for ConnectionFactory";
    private static final String CLASS = "names a class to be loaded: set it on the driver's own data source";
    private static final String REPLAY = "hides that a transaction was lost: leave it out, dbop repeats the work";
    private static final String SSL_MODE = "is outdated: write sslMode";
    private static final String USE_SSL = "is outdated: write sslMode, DISABLED for false";
    private static final String ELSEWHERE = "takes the host from elsewhere: write hosts and ports here";

    private static final Map<String, String> REMEDIES = Map.ofEntries(
            Map.entry("hostaddr", ELSEWHERE),
            Map.entry("service", ELSEWHERE),
            Map.entry("servicefile", ELSEWHERE),
            Map.entry("dnsSrv", ELSEWHERE),
            Map.entry("localSocket", "names a Unix socket: write host and port"),
            Map.entry("socket", "names a Unix socket: write host and port"),
            Map.entry("requiressl", "is outdated: write sslmode=require"),
            Map.entry("socketFactory", CLASS),
            Map.entry("socketFactoryArg", CLASS),
            Map.entry("sslfactory", CLASS),
            Map.entry("sslhostnameverifier", CLASS),
            Map.entry("sslpasswordcallback", CLASS),
            Map.entry("authenticationPluginClassName", CLASS),
            Map.entry("queryInterceptors", CLASS),
            Map.entry("useSSL", USE_SSL),
            Map.entry("useSsl", USE_SSL),
            Map.entry("requireSSL", SSL_MODE),
            Map.entry("verifyServerCertificate", SSL_MODE),
            Map.entry("autoReconnect", REPLAY),
            Map.entry("autoReconnectForPools", REPLAY),
            Map.entry("transactionReplay", REPLAY));

    /** Beginnings that are known and not taken. */
    private static final List<Map.Entry<String, String>> BEGINNINGS = List.of(
            Map.entry("jdbc:mysql:replication:", "jdbc:mysql:replication" + OWN_WAY),
            Map.entry("jdbc:mysql:loadbalance:", "jdbc:mysql:loadbalance" + OWN_WAY),
            Map.entry("jdbc:mysql+srv:", "jdbc:mysql+srv " + ELSEWHERE),
            Map.entry("jdbc:mariadb:replication:", "jdbc:mariadb:replication" + OWN_WAY),
            Map.entry("jdbc:mariadb:sequential:", "jdbc:mariadb:sequential" + OWN_WAY),
            Map.entry("jdbc:mariadb:load", "jdbc:mariadb:loadbalance" + OWN_WAY),
            Map.entry("mysqlx:", "mysqlx is another protocol: write mysql:// and the port of the classic one"),
            Map.entry("jdbc:sqlite:", "SQLite has no hosts: give the URL to its driver as it is"),
            Map.entry("sqlite:", "SQLite has no hosts: give the path to its driver"),
            Map.entry("postgresql+", "leave out the '+' and the client's name behind it"),
            Map.entry("postgres+", "leave out the '+' and the client's name behind it"),
            Map.entry("mysql+", "leave out the '+' and the client's name behind it"),
            Map.entry("mariadb+", "leave out the '+' and the client's name behind it"));

    private DsnRefusals() {}

    static String ofBeginning(String text) {
        return BEGINNINGS.stream()
                .filter(known -> text.startsWith(known.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseGet(() -> "must begin with "
                        + Arrays.stream(DsnSyntax.values())
                                .flatMap(syntax -> syntax.prefixes().stream())
                                .collect(Collectors.joining(", ")));
    }

    static String ofName(DsnSyntax syntax, String name, boolean afterSecret) {
        if (afterSecret) {
            return "an unknown parameter after a secret one: an '&' in a secret must be written %26";
        }
        if (!NAME.matcher(name).matches()) {
            return "an unknown parameter: its name must be a word of letters, and its value follow after an '='";
        }
        return "parameter '" + name + "' " + remedy(syntax, name);
    }

    private static String remedy(DsnSyntax syntax, String name) {
        String remedy = REMEDIES.get(name);
        if (remedy != null) {
            return remedy;
        }
        return DsnWords.of(syntax.database).stream()
                .filter(word -> isAnySpellingOf(word, name))
                .flatMap(word -> Stream.ofNullable(word.spelling(syntax)))
                .findFirst()
                .map(own -> "is spelled '" + own + "' by " + syntax)
                .orElse("is not known to " + syntax + ", or not to dbop: remove or correct it");
    }

    private static boolean isAnySpellingOf(DsnWord word, String name) {
        return word.spellings().values().stream()
                .anyMatch(spellings -> spellings.stream().anyMatch(name::equalsIgnoreCase));
    }

    /** For a value that is there and cannot be said in the syntax. */
    static IllegalArgumentException notCarried(String name, DsnSyntax syntax) {
        return new IllegalArgumentException("parameter '" + name + "' cannot be carried over to " + syntax + ": "
                + (name.equals(DsnWords.TARGET)
                        ? "ConnectionFactory checks it itself; for one host write dsn.only(host)"
                        : "take it out with " + remover(name)));
    }

    private static String remover(String name) {
        return "withoutParameter(\"" + name + "\")";
    }
}
