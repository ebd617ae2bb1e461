package dev.dbop.testkit;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A server that somebody else runs, named by a JDBC URL.
 *
 * @param host where it listens
 * @param port where it listens
 * @param admin the user of the URL, who must be allowed to create databases
 * @param adminDatabase the database of the URL
 */
record ExternalServer(String host, int port, Credentials admin, String adminDatabase) implements ServerProcess {

    /** Reads {@code jdbc:<database>://host:port/name?user=...&password=...}. */
    static ExternalServer at(String url) {
        URI uri = URI.create(url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url);
        Map<String, String> parameters = new HashMap<>();
        String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        for (String parameter : query.split("&", -1)) {
            String[] nameAndValue = parameter.split("=", 2);
            parameters.put(nameAndValue[0], nameAndValue.length == 2 ? decode(nameAndValue[1]) : "");
        }
        String user = parameters.get("user");
        if (uri.getHost() == null || uri.getPort() < 0 || user == null) {
            throw new IllegalArgumentException("the test URL of host " + uri.getHost() + " must look like"
                    + " jdbc:<database>://host:port/name?user=...&password=...: name the host, the port and the user");
        }
        String path = uri.getPath() == null ? "" : uri.getPath();
        return new ExternalServer(
                uri.getHost(),
                uri.getPort(),
                new Credentials(user, parameters.getOrDefault("password", "")),
                path.startsWith("/") ? path.substring(1) : path);
    }

    /** Leaves the server as it is: it is not ours. */
    @Override
    public void close() {}

    private static String decode(String value) {
        return URLDecoder.decode(value, StandardCharsets.UTF_8);
    }
}
