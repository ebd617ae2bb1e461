package dev.dbop.vertx;

import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part that needs the PostgreSQL client. */
final class VertxDsnPg {
    private VertxDsnPg() {}

    static PgConnectOptions options(Dsn dsn, HostAddress host) {
        String user = VertxDsn.user(dsn);
        String password = dsn.password();
        String databaseName = dsn.databaseName();
        PgConnectOptions options = new PgConnectOptions()
                .setHost(host.host())
                .setPort(host.port())
                .setUser(user)
                .setPassword(password == null ? "" : password)
                .setDatabase(databaseName == null ? user : databaseName);
        dsn.parameters().forEach((name, value) -> set(options, name, value));
        return options.setSslOptions(tls(options.getSslMode(), dsn.parameters()));
    }

    private static void set(PgConnectOptions options, String name, String value) {
        switch (name) {
            case "application_name", "options" -> options.addProperty(name, value);
            case "sslmode" -> options.setSslMode(SslMode.of(value));
            case "sslrootcert", "sslcert", "sslkey" -> {} // see tls
            case "gssencmode" -> {
                if (!value.equals("disable")) {
                    throw VertxDsn.notCarried(name);
                }
            }
            default -> throw VertxDsn.notCarried(name);
        }
    }

    private static ClientSSLOptions tls(SslMode mode, Map<String, String> parameters) {
        String root = parameters.get("sslrootcert");
        boolean verifies = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL;
        if (verifies == (root == null)) {
            throw new IllegalArgumentException("parameter 'sslrootcert' must be given with sslmode verify-ca and"
                    + " verify-full, and with no other: Vert.x looks for no file of its own");
        }
        ClientSSLOptions tls = new ClientSSLOptions()
                .setTrustAll(!verifies)
                .setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
        if (root != null) {
            tls.setTrustOptions(new PemTrustOptions().addCertPath(root));
        }
        addOwnCertificate(tls, parameters.get("sslcert"), parameters.get("sslkey"));
        return tls;
    }

    private static void addOwnCertificate(ClientSSLOptions tls, @Nullable String certificate, @Nullable String key) {
        if (certificate != null && key != null) {
            tls.setKeyCertOptions(
                    new PemKeyCertOptions().addCertPath(certificate).addKeyPath(key));
        } else if (certificate != null || key != null) {
            throw new IllegalArgumentException("parameters 'sslcert' and 'sslkey' must be given together");
        }
    }
}
