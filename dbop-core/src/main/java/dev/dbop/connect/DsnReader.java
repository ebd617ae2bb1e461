package dev.dbop.connect;

import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a connection string. No message repeats a value: where a quote is missing, it may be a piece of the password.
 */
final class DsnReader {
    private static final int MAX_LENGTH = 65_536;

    private final DsnSyntax syntax;
    private final DsnHosts hosts;
    private final SortedMap<String, String> said = new TreeMap<>();
    private @Nullable String databaseName;
    private @Nullable String user;
    private @Nullable String password;

    private DsnReader(DsnSyntax syntax) {
        this.syntax = syntax;
        this.hosts = new DsnHosts(syntax);
    }

    static Dsn read(String text) {
        DsnText whole = new DsnText(text, 0);
        if (text.length() > MAX_LENGTH) {
            throw whole.refused("must not be longer than " + MAX_LENGTH + " characters");
        }
        for (DsnSyntax syntax : DsnSyntax.values()) {
            for (String prefix : syntax.prefixes()) {
                if (text.startsWith(prefix)) {
                    return new DsnReader(syntax).read(whole, prefix);
                }
            }
        }
        throw whole.refused(DsnRefusals.ofBeginning(text));
    }

    private Dsn read(DsnText whole, String prefix) {
        refuseWhatNobodyEscapes(whole);
        DsnText rest = whole.from(prefix.length());
        DsnText body = rest.before('?');
        DsnText authority = prefix.endsWith("//") ? body.before('/') : body.to(0);
        DsnText path = prefix.endsWith("//") ? body.after('/') : body;
        refuseMisplaced(authority, path, rest.after('?'));
        hosts.authority(userInfo(authority));
        if (!path.isEmpty()) {
            databaseName = path.decoded(syntax);
        }
        parameters(rest.after('?'));
        return new Dsn(syntax.database, hosts.addresses(whole), databaseName, user, password, said);
    }

    private void refuseWhatNobodyEscapes(DsnText whole) {
        String text = whole.text();
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c < ' ' || c == 0x7f || (c == ' ' && syntax.isUri())) {
                throw whole.refused(at, "spaces and control characters must be written as %20 and the like");
            }
        }
        if (syntax.hasEscapes()) {
            whole.refuse('#', "a '#' must be written %23");
        }
    }

    /** The signs of a user or password with a raw slash or question mark in it, which would end up as another host. */
    private void refuseMisplaced(DsnText authority, DsnText path, DsnText query) {
        String rule =
                "an '@' after the hosts must be written %40, and '/', '?', '@' in a user or password as %2F, %3F, %40";
        path.refuse('@', rule);
        path.refuse('/', "a '/' in a database's name must be written %2F");
        path.refuse('&', "an '&' in a database's name must be written %26, and parameters begin with a '?'");
        path.refuse('=', "an '=' in a database's name must be written %3D, and parameters begin with a '?'");
        // In a JDBC URL a password may have one; where no slash ends the hosts, it is more likely to be the user's.
        boolean endless = !authority.isEmpty()
                && path.start() == authority.start() + authority.text().length();
        if (syntax.isUri() || (endless && syntax.hasEscapes())) {
            query.refuse('@', rule);
        }
        if (syntax == DsnSyntax.PGJDBC && authority.isEmpty()) {
            path.refuse(':', "hosts must follow '//' (a ':' in a database's name is written %3A)");
            path.refuse(',', "hosts must follow '//' (a ',' in a database's name is written %2C)");
        }
        if (authority.has('(')) {
            throw authority.refused(authority.indexOf('('), "hosts must be written host:port,host:port");
        }
    }

    private DsnText userInfo(DsnText authority) {
        if (!authority.has('@')) {
            return authority;
        }
        if (!syntax.hasUserInfo()) {
            throw authority.refused(syntax + " knows no user before the hosts: use the parameters user and password");
        }
        DsnText info = authority.before('@');
        DsnText list = authority.after('@');
        list.refuse('@', "an '@' in a user or password must be written %40");
        if (syntax == DsnSyntax.CONNECTOR_J) { // which knows users for each host, and lists in brackets
            for (char c : ",[]()".toCharArray()) {
                info.refuse(c, "a comma or bracket in a user or password must be written as %2C, %5B, %5D, %28 or %29");
            }
        }
        user = orNull(info.before(':').decoded(syntax));
        password = orNull(info.after(':').decoded(syntax));
        return list;
    }

    private static @Nullable String orNull(String value) {
        return value.isEmpty() ? null : value;
    }

    private void parameters(DsnText query) {
        if (query.isEmpty()) {
            return;
        }
        boolean afterSecret = false;
        for (DsnText piece : query.split('&')) {
            afterSecret = parameter(piece, afterSecret);
        }
    }

    /** Whether it was a secret, of which the next one may be the rest. */
    private boolean parameter(DsnText piece, boolean afterSecret) {
        String name = piece.before('=').decoded(syntax);
        if (!piece.has('=') && !(syntax == DsnSyntax.PGJDBC && name.equals("ssl"))) {
            throw piece.refused("a parameter must have an '=' and a value (an '&' in a value is written %26)");
        }
        DsnText value = piece.after('=');
        if (syntax.isPostgreSql()) {
            value.refuse('=', "an '=' in a value must be written %3D");
        }
        if (isOneOfItsOwn(name, value)) {
            return name.equalsIgnoreCase("password");
        }
        DsnWord word = DsnWords.meantBy(syntax, name);
        if (word == null) {
            throw piece.refused(DsnRefusals.ofName(syntax, name, afterSecret));
        }
        say(word, value, decodedValue(value));
        return word.secret();
    }

    private String decodedValue(DsnText value) {
        String decoded = value.decoded(syntax);
        if (decoded.isEmpty()) {
            throw value.refused("a parameter's value must not be empty: leave the parameter out");
        }
        return decoded;
    }

    /** Takes what is no parameter of its own in {@link Dsn}. */
    private boolean isOneOfItsOwn(String name, DsnText value) {
        switch (syntax.isPostgreSql() ? name : name.toLowerCase(Locale.ROOT)) {
            case "user" -> user = once("user", user, decodedValue(value), value);
            case "password" -> password = once("password", password, orNull(value.decoded(syntax)), value);
            case "ssl" -> {
                return syntax == DsnSyntax.PGJDBC && isVerifiedTls(value);
            }
            case "failoverreadonly" -> {
                return syntax == DsnSyntax.CONNECTOR_J && isFailOverThatWrites(value);
            }
            default -> {
                return syntax.isPostgreSql() && isPlace(name, value);
            }
        }
        return true;
    }

    private boolean isPlace(String name, DsnText value) {
        boolean pgjdbc = syntax == DsnSyntax.PGJDBC;
        if (name.equals("host") || (pgjdbc && name.equals("PGHOST"))) {
            hosts.hosts(value);
        } else if (name.equals("port") || (pgjdbc && name.equals("PGPORT"))) {
            hosts.ports(value);
        } else if (name.equals("dbname") || (pgjdbc && name.equals("PGDBNAME"))) {
            databaseName = once("dbname", databaseName, decodedValue(value), value);
        } else {
            return false;
        }
        return true;
    }

    private static @Nullable String once(String name, @Nullable String before, @Nullable String now, DsnText place) {
        if (before != null) {
            throw place.refused("'" + name + "' is given twice");
        }
        return now;
    }

    /** pgjdbc's older word; its {@code false} is sslmode=prefer, which is seldom meant. */
    private boolean isVerifiedTls(DsnText value) {
        if (!value.isEmpty() && !value.text().equals("true")) {
            throw value.refused("parameter 'ssl' must be true: write sslmode for anything else");
        }
        put("sslmode", "verify-full", value);
        return true;
    }

    /** Written by dbop, so that hosts are alike. */
    private static boolean isFailOverThatWrites(DsnText value) {
        if (!value.text().equals("false")) {
            throw value.refused("parameter 'failOverReadOnly' must be false: hosts are alike");
        }
        return true;
    }

    private void say(DsnWord word, DsnText place, String text) {
        String value = DsnWords.valueFrom(syntax, word, text);
        if (value == null) {
            throw place.refused("parameter '" + word.name() + "' must be one of " + DsnWords.valuesFor(syntax, word));
        }
        put(word.name(), normalized(word, value, place), place);
    }

    private String normalized(DsnWord word, String value, DsnText place) {
        try {
            return Dsn.normalized(syntax.database, word.name(), value);
        } catch (IllegalArgumentException badNumber) {
            throw place.refused(String.valueOf(badNumber.getMessage()));
        }
    }

    private void put(String name, String value, DsnText place) {
        if (said.putIfAbsent(name, value) != null) {
            throw place.refused("parameter '" + name + "' is given twice");
        }
    }
}
