package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.sql.Database;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.SqlConnectOptions;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VertxDsnTest {
    @Test
    void postgreSqlGetsOptionsForEachHost() {
        Dsn dsn = Dsn.parse("postgresql://u:p%40@h1:1,[::1]:2/db?application_name=a&options=-c%20x%3D1&sslmode=prefer");

        assertThat(VertxDsn.pgOptions(dsn))
                .extracting(SqlConnectOptions::getHost, SqlConnectOptions::getPort)
                .containsExactly(tuple("h1", 1), tuple("::1", 2));
        assertThat(VertxDsn.pgOptions(dsn)).allSatisfy(options -> {
            assertThat(options.getUser()).isEqualTo("u");
            assertThat(options.getPassword()).isEqualTo("p@");
            assertThat(options.getDatabase()).isEqualTo("db");
            assertThat(options.getSslMode()).isEqualTo(io.vertx.pgclient.SslMode.PREFER);
            assertThat(options.getSslOptions().isTrustAll()).isTrue();
            assertThat(options.getProperties())
                    .containsEntry("application_name", "a")
                    .containsEntry("options", "-c x=1")
                    .containsEntry("client_encoding", "utf8");
        });
    }

    @Test
    void oneHostNeedsNoTarget() {
        Dsn dsn = Dsn.parse("postgresql://u@h1,h2/?target_session_attrs=primary&load_balance_hosts=random");

        PgConnectOptions options = VertxDsn.pgOptions(dsn, new HostAddress("h2", 7));

        assertThat(options.getHost()).isEqualTo("h2");
        assertThat(options.getPort()).isEqualTo(7);
    }

    @Test
    void namesThatAreNotSaidAreNotTheClientsExamples() {
        PgConnectOptions postgres =
                VertxDsn.pgOptions(Dsn.parse("postgresql://u@h")).get(0);
        MySQLConnectOptions mySql =
                VertxDsn.mySqlOptions(Dsn.parse("mysql://u@h")).get(0);

        assertThat(postgres.getDatabase()).isEqualTo("u");
        assertThat(postgres.getPassword()).isEmpty();
        assertThat(mySql.getDatabase()).isEmpty();
        assertThat(mySql.getPassword()).isEmpty();
    }

    @Test
    void socketIsOneForPostgreSql() {
        PgConnectOptions options = VertxDsn.pgOptions(Dsn.parse("postgresql://u@/?host=/run/pg&port=7"))
                .get(0);

        assertThat(options.isUsingDomainSocket()).isTrue();
        assertThat(options.getSocketAddress().path()).isEqualTo("/run/pg/.s.PGSQL.7");
    }

    @Test
    void serverIsVerifiedByItsAuthority() {
        ClientSSLOptions postgres = VertxDsn.pgOptions(
                        Dsn.parse("postgresql://u@h/?sslmode=verify-full&sslrootcert=r&sslcert=c&sslkey=k"))
                .get(0)
                .getSslOptions();
        MySQLConnectOptions mariaDb = VertxDsn.mySqlOptions(Dsn.parse("mariadb://u@h/?ssl-mode=VERIFY_CA&ssl-ca=r"))
                .get(0);

        assertThat(postgres.isTrustAll()).isFalse();
        assertThat(postgres.getHostnameVerificationAlgorithm()).isEqualTo("HTTPS");
        assertThat(((PemTrustOptions) postgres.getTrustOptions()).getCertPaths())
                .containsExactly("r");
        assertThat(((PemKeyCertOptions) postgres.getKeyCertOptions()).getKeyPaths())
                .containsExactly("k");
        assertThat(mariaDb.getSslMode()).isEqualTo(io.vertx.mysqlclient.SslMode.VERIFY_CA);
        assertThat(mariaDb.getSslOptions().isTrustAll()).isFalse();
        assertThat(mariaDb.getSslOptions().getHostnameVerificationAlgorithm()).isEmpty();
        assertThat(((PemTrustOptions) mariaDb.getSslOptions().getTrustOptions()).getCertPaths())
                .containsExactly("r");
    }

    @Test
    void mySqlGetsWhatItsClientKnows() {
        MySQLConnectOptions options = VertxDsn.mySqlOptions(
                        Dsn.parse("mysql://u:p@h:7/db?useAffectedRows=true&connectionCollation=utf8mb4_bin"
                                + "&allowPublicKeyRetrieval=true&sslMode=REQUIRED"))
                .get(0);

        assertThat(options.getHost()).isEqualTo("h");
        assertThat(options.getPort()).isEqualTo(7);
        assertThat(options.getUser()).isEqualTo("u");
        assertThat(options.getPassword()).isEqualTo("p");
        assertThat(options.getDatabase()).isEqualTo("db");
        assertThat(options.isUseAffectedRows()).isTrue();
        assertThat(options.getCollation()).isEqualTo("utf8mb4_bin");
        assertThat(options.getSslMode()).isEqualTo(io.vertx.mysqlclient.SslMode.REQUIRED);
        assertThat(options.getSslOptions().isTrustAll()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            postgresql://h                                | user must be given
            mysql://u@h                                   | database MYSQL needs the Vert.x client for MYSQL
            postgresql://u@h1,h2/?target_session_attrs=read-write | parameter 'target_session_attrs' cannot be carried over
            postgresql://u@h/?connect_timeout=1           | the connect timeout cannot be carried over
            postgresql://u@h1,h2/?load_balance_hosts=random | parameter 'load_balance_hosts' cannot be carried over to Vert.x
            postgresql://u@h/?sslpassword=hush            | parameter 'sslpassword' cannot be carried over to Vert.x
            postgresql://u@h/?gssencmode=prefer           | parameter 'gssencmode' cannot be carried over to Vert.x
            postgresql://u@h/?sslmode=verify-ca           | parameter 'sslrootcert' must be given
            postgresql://u@h/?sslmode=require&sslrootcert=x | parameter 'sslrootcert' must be given
            postgresql://u@h/?sslcert=x                   | 'sslcert' and 'sslkey' must be given together
            """)
    void postgreSqlRefusesByName(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VertxDsn.pgOptions(Dsn.parse(text)))
                .withMessageContaining(message)
                .withMessageNotContaining("hush");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mysql://h                                     | user must be given
            postgresql://u@h                              | database POSTGRESQL needs the Vert.x client for POSTGRESQL
            mysql://u@h/?socketTimeout=1                  | parameter 'socketTimeout' cannot be carried over to Vert.x
            mysql://u@h/?allowPublicKeyRetrieval=false    | parameter 'allowPublicKeyRetrieval' cannot be carried over
            mysql://u@h/?useAffectedRows=yes              | parameter 'useAffectedRows' must be true or false
            mysql://u@h/?ssl-mode=VERIFY_CA               | parameter 'serverSslCert' (ssl-ca) must be given
            """)
    void mySqlRefusesByName(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VertxDsn.mySqlOptions(Dsn.parse(text)))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"mysqlclient, pgOptions, POSTGRESQL", "pgclient, mySqlOptions, MYSQL"})
    void oneClientDoesNotNeedTheOther(String missing, String method, Database database) throws Throwable {
        Class<?> alone = new Without("io.vertx." + missing).loadClass(VertxDsn.class.getName());
        Dsn dsn = Dsn.of(database, new HostAddress("h", 1)).withUser("u");

        // reflection would load the return types of all methods
        MethodHandle options =
                MethodHandles.publicLookup().findStatic(alone, method, MethodType.methodType(List.class, Dsn.class));

        assertThat(alone).isNotSameAs(VertxDsn.class);
        assertThat((List<?>) options.invoke(dsn)).hasSize(1);
    }

    /** Loads the classes of this package anew, and none of one client. */
    private static final class Without extends ClassLoader {
        private final String missing;

        Without(String missing) {
            super(VertxDsnTest.class.getClassLoader());
            this.missing = missing;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith(missing)) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("dev.dbop.vertx.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException unreadable) {
                throw new ClassNotFoundException(name, unreadable);
            }
        }
    }
}
