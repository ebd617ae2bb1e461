package dev.dbop.connect;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server's host and port.
 *
 * <p>Names are not looked up, and kept as they are written: {@code DB} and {@code db} are two addresses.
 *
 * @param host a name in ASCII letters, digits, dots, hyphens and underscores, an IPv4 or (without brackets and zone) an
 *     IPv6 address, or the folder of a Unix socket, which starts with a slash
 * @param port from 1 to 65535; of a Unix socket, the number in its name
 */
public record HostAddress(String host, int port) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?");
    private static final Pattern GROUPS = Pattern.compile("([0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4}){0,7})?");
    private static final Pattern TRAILING_IPV4 =
            Pattern.compile("(?<=:)(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}$");

    /**
     * Makes an address.
     *
     * @throws IllegalArgumentException if the host is none of those, or the port is out of bounds
     */
    public HostAddress {
        String wrong = fault(host);
        if (wrong != null) {
            throw new IllegalArgumentException("host '" + host + "' " + wrong);
        }
        if (!isPort(port)) {
            throw new IllegalArgumentException("port " + port + " must be from 1 to 65535");
        }
    }

    static boolean isPort(int port) {
        return port >= 1 && port <= 65_535;
    }

    /** The rule that the text breaks, which is not repeated: it may be a piece of a password. */
    static @Nullable String fault(String host) {
        if (host.startsWith("/")) {
            return host.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == ',')
                    ? "must be a folder's name without commas and control characters"
                    : null;
        }
        if (host.indexOf(':') >= 0) {
            return isIpv6(host) ? null : "must be an IPv6 address, without a zone, if it has colons";
        }
        return NAME.matcher(host).matches()
                ? null
                : "must be a name of ASCII letters, digits, dots, hyphens and underscores (write xn-- for others),"
                        + " an address, or a folder that starts with a slash";
    }

    private static boolean isIpv6(String host) {
        String groups = TRAILING_IPV4.matcher(host).replaceFirst("0:0");
        int gap = groups.indexOf("::");
        if (gap < 0) {
            return GROUPS.matcher(groups).matches() && count(groups) == 8;
        }
        String before = groups.substring(0, gap);
        String after = groups.substring(gap + 2);
        return GROUPS.matcher(before).matches() && GROUPS.matcher(after).matches() && count(before) + count(after) <= 7;
    }

    private static long count(String groups) {
        return groups.isEmpty() ? 0 : groups.chars().filter(c -> c == ':').count() + 1;
    }

    /**
     * Says whether this is the folder of a Unix socket.
     *
     * @return whether the host starts with a slash
     */
    public boolean isSocket() {
        return host.startsWith("/");
    }

    /**
     * Returns the address as it is written in logs and URLs.
     *
     * @return host, colon, port; an IPv6 address in brackets
     */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 && !isSocket() ? "[" + host + "]" : host) + ":" + port;
    }
}
