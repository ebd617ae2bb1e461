package dev.dbop.vertx;

import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.SslMode;
import org.jspecify.annotations.Nullable;

/** The part that needs the MySQL client. */
final class VertxDsnMySql {
    private VertxDsnMySql() {}

    static MySQLConnectOptions options(Dsn dsn, HostAddress host) {
        String password = dsn.password();
        String databaseName = dsn.databaseName();
        MySQLConnectOptions options = new MySQLConnectOptions()
                .setHost(host.host())
                .setPort(host.port())
                .setUser(VertxDsn.user(dsn))
                .setPassword(password == null ? "" : password)
                .setDatabase(databaseName == null ? "" : databaseName);
        dsn.parameters().forEach((name, value) -> set(options, name, value));
        return options.setSslOptions(tls(options.getSslMode(), dsn.parameters().get("serverSslCert")));
    }

    private static void set(MySQLConnectOptions options, String name, String value) {
        switch (name) {
            case "sslMode" -> options.setSslMode(SslMode.valueOf(value));
            case "serverSslCert" -> {} // see tls
            case "useAffectedRows" -> options.setUseAffectedRows(isTrue(name, value));
            case "connectionCollation" -> options.setCollation(value);
            case "serverRSAPublicKeyFile" -> options.setServerRsaPublicKeyPath(value);
            case "allowPublicKeyRetrieval" -> {
                if (!isTrue(name, value)) {
                    throw VertxDsn.notCarried(name);
                }
            }
            default -> throw VertxDsn.notCarried(name);
        }
    }

    private static boolean isTrue(String name, String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("parameter '" + name + "' must be true or false");
        };
    }

    private static ClientSSLOptions tls(SslMode mode, @Nullable String authority) {
        boolean verifies = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_IDENTITY;
        if (verifies == (authority == null)) {
            throw new IllegalArgumentException(
                    "parameter 'serverSslCert' (ssl-ca) must be given with sslMode VERIFY_CA and"
                            + " VERIFY_IDENTITY, and with no other: nothing else verifies the server");
        }
        ClientSSLOptions tls = new ClientSSLOptions()
                .setTrustAll(!verifies)
                .setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_IDENTITY ? "HTTPS" : "");
        if (authority != null) {
            tls.setTrustOptions(new PemTrustOptions().addCertPath(authority));
        }
        return tls;
    }
}
