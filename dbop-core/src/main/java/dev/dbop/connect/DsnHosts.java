package dev.dbop.connect;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the hosts and ports of a connection string, wherever they are written. */
final class DsnHosts {
    private static final String LOCAL = "localhost";

    private final DsnSyntax syntax;
    private final List<Place> places = new ArrayList<>();
    private final List<DsnText> ports = new ArrayList<>();
    private boolean inAuthority;

    DsnHosts(DsnSyntax syntax) {
        this.syntax = syntax;
    }

    private record Place(String host, @Nullable Integer port, DsnText text) {}

    /** Takes what is between the user's {@code @} and the slash. */
    void authority(DsnText list) {
        if (list.isEmpty()) {
            return;
        }
        inAuthority = true;
        for (DsnText one : list.split(',')) {
            places.add(place(one, one.text().startsWith("[") || one.indexOf(':') < 0 ? -1 : one.indexOf(':')));
        }
    }

    /** Takes the value of a parameter, which may be repeated. */
    void hosts(DsnText list) {
        if (inAuthority) {
            throw list.refused("hosts are given before the slash and by a parameter: say it once");
        }
        for (DsnText one : decoded(list).split(',')) {
            if (one.isEmpty()) {
                throw list.refused("a host is empty");
            }
            places.add(place(one, portInName(one.text()) ? one.indexOf(':') : -1));
        }
    }

    /** SQLAlchemy's spelling; to libpq all of it would be a name, which can have no colon. */
    private static boolean portInName(String text) {
        return !text.startsWith("/")
                && !text.startsWith("[")
                && !text.endsWith(":")
                && text.chars().filter(c -> c == ':').count() == 1;
    }

    /** Takes the value of a parameter, which may be repeated. */
    void ports(DsnText list) {
        ports.addAll(decoded(list).split(','));
    }

    /** Everything in it stands where the parameter does. */
    private DsnText decoded(DsnText value) {
        return new DsnText(value.decoded(syntax), value.start());
    }

    private Place place(DsnText one, int colon) {
        if (one.text().startsWith("[")) {
            return bracketed(one);
        }
        DsnText host = colon < 0 ? one : one.to(colon);
        Integer port = colon < 0 ? null : port(one.from(colon + 1));
        return new Place(checked(host, inAuthority ? host.decoded(escapes()) : host.text()), port, one);
    }

    /** pgjdbc takes an escape in a host for part of its name. */
    private DsnSyntax escapes() {
        return syntax == DsnSyntax.PGJDBC ? DsnSyntax.CONNECTOR_MARIADB : syntax;
    }

    private Place bracketed(DsnText one) {
        int end = one.indexOf(']');
        if (end < 0) {
            throw one.refused("a '[' needs its ']'");
        }
        DsnText host = one.to(end).from(1);
        DsnText tail = one.from(end + 1);
        if (!host.has(':') || (!tail.isEmpty() && !tail.text().startsWith(":"))) {
            throw one.refused("brackets are for an IPv6 address, and only a colon and a port may follow them");
        }
        return new Place(checked(host, host.text()), tail.isEmpty() ? null : port(tail.from(1)), one);
    }

    private String checked(DsnText text, String host) {
        String wrong = host.isEmpty() ? null : HostAddress.fault(host);
        if (wrong != null) {
            throw text.refused("a host " + wrong);
        }
        if (host.startsWith("/") && !syntax.isPostgreSql()) {
            throw text.refused("a Unix socket cannot be said for MySQL and MariaDB: write host and port");
        }
        return host;
    }

    private static @Nullable Integer port(DsnText text) {
        if (text.isEmpty()) {
            return null;
        }
        boolean digits = text.text().length() <= 5 && text.text().chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || !HostAddress.isPort(Integer.parseInt(text.text()))) {
            throw text.refused("a port must be a number from 1 to 65535 (an IPv6 address is written in brackets;"
                    + " an '@', ':' or '/' in a user or password as %40, %3A or %2F)");
        }
        return Integer.valueOf(text.text());
    }

    /** In their order; the local host if none is given. */
    List<HostAddress> addresses(DsnText whole) {
        if (places.isEmpty()) {
            places.add(new Place("", null, whole));
        }
        if (ports.size() > 1 && ports.size() != places.size()) {
            throw ports.get(0)
                    .refused(ports.size() + " ports for " + places.size() + " hosts: give one, or one for each");
        }
        List<HostAddress> addresses = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            addresses.add(address(places.get(i), ports.isEmpty() ? null : ports.get(i % ports.size())));
        }
        return List.copyOf(addresses);
    }

    private HostAddress address(Place place, @Nullable DsnText given) {
        if (place.host().isEmpty() && places.size() > 1) {
            throw place.text().refused("a host of several is empty");
        }
        if (place.port() != null && given != null) {
            throw given.refused("ports are given with the hosts and by a parameter: say it once");
        }
        Integer port = given == null ? place.port() : port(given);
        return new HostAddress(
                place.host().isEmpty() ? LOCAL : place.host(), port == null ? syntax.defaultPort() : port);
    }
}
