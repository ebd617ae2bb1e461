package dev.dbop.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dbop.sql.Database;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DsnTest {
    private static final HostAddress H1 = new HostAddress("h1", 5432);
    private static final HostAddress H2 = new HostAddress("h2", 5432);

    private static void assertRefused(String text, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> Dsn.parse(text)).withMessageContaining(message);
    }

    /** The examples of the PostgreSQL manual, "Connection URIs", and the others that libpq understands. */
    @Nested
    class LibpqUri {
        @ParameterizedTest
        @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            postgresql://                                                    | localhost:5432       | -       | -     | -
            postgresql://localhost                                           | localhost:5432       | -       | -     | -
            postgresql://localhost:5433                                      | localhost:5433       | -       | -     | -
            postgresql://localhost/mydb                                      | localhost:5432       | mydb    | -     | -
            postgresql://user@localhost                                      | localhost:5432       | -       | user  | -
            postgresql://user:secret@localhost                               | localhost:5432       | -       | user  | secret
            postgresql:///mydb?host=localhost&port=5433                      | localhost:5433       | mydb    | -     | -
            postgresql://[2001:db8::1234]/database                           | [2001:db8::1234]:5432 | database | -   | -
            postgresql:///dbname?host=/var/lib/postgresql                    | /var/lib/postgresql:5432 | dbname | -  | -
            postgresql://%2Fvar%2Flib%2Fpostgresql/dbname                    | /var/lib/postgresql:5432 | dbname | -  | -
            postgres://h1:1,h2:2/db                                          | h1:1,h2:2            | db      | -     | -
            postgresql://h1:1,h2/db                                          | h1:1,h2:5432         | db      | -     | -
            postgresql://h1,h2/db?port=7                                     | h1:7,h2:7            | db      | -     | -
            postgresql://h1,h2/db?port=7,8                                   | h1:7,h2:8            | db      | -     | -
            postgresql:///db?host=h1,h2&port=1,2                             | h1:1,h2:2            | db      | -     | -
            postgresql:///db?port=,2&host=h1,h2                              | h1:5432,h2:2         | db      | -     | -
            postgresql://user:pw@/db?host=a&host=b                           | a:5432,b:5432        | db      | user  | pw
            postgresql://user:pw@/db?host=a:1&host=b:2                       | a:1,b:2              | db      | user  | pw
            postgresql:///db?host=a&port=1&host=b&port=2                     | a:1,b:2              | db      | -     | -
            postgresql:///db?host=::1,[::2],[::3]:9                          | [::1]:5432,[::2]:5432,[::3]:9 | db | - | -
            postgresql://%3A%3A1/db                                          | [::1]:5432           | db      | -     | -
            postgresql://:5433/db                                            | localhost:5433       | db      | -     | -
            postgresql:///?dbname=x&user=u&password=p                        | localhost:5432       | x       | u     | p
            postgresql://us%40er:p%3A%2F%3F%23%40%25@h/a%2Fb%20%C3%BC        | h:5432               | a/b ü   | us@er | p:/?#@%
            postgresql://u+x:p+y:z@h/d+b                                     | h:5432               | d+b     | u+x   | p+y:z
            postgresql://:pw@h/db?                                           | h:5432               | db      | -     | pw
            postgresql://u:@h/db                                             | h:5432               | db      | u     | -
            postgresql://h:/db                                               | h:5432               | db      | -     | -
            """)
        void isReadInAllItsSpellings(String text, String hosts, String databaseName, String user, String password) {
            Dsn dsn = Dsn.parse(text);

            assertThat(dsn.database()).isEqualTo(Database.POSTGRESQL);
            assertThat(dsn.hosts()).extracting(HostAddress::toString).containsExactly(hosts.split(","));
            assertThat(dsn.databaseName()).isEqualTo(databaseName);
            assertThat(dsn.user()).isEqualTo(user);
            assertThat(dsn.password()).isEqualTo(password);
        }

        @Test
        void parametersKeepTheirNames() {
            Dsn dsn = Dsn.parse("postgresql://other@localhost/otherdb?connect_timeout=10&application_name=my%20app"
                    + "&target_session_attrs=read-write&options=-c%20a%3D1+2&ssl%6Dode=require");

            assertThat(dsn.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
            assertThat(dsn.target()).isEqualTo(TargetSession.READ_WRITE);
            assertThat(dsn.parameters())
                    .containsExactly(
                            Map.entry("application_name", "my app"),
                            Map.entry("options", "-c a=1+2"),
                            Map.entry("sslmode", "require"));
        }

        @Test
        void whatIsNotSaidIsNotMadeUp() {
            Dsn dsn = Dsn.parse("postgresql://h");

            assertThat(dsn.connectTimeout()).isNull();
            assertThat(dsn.target()).isEqualTo(TargetSession.ANY);
            assertThat(dsn.parameters()).isEmpty();
            assertThat(dsn.isMultiHost()).isFalse();
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
            postgresql://h1,,h2/db                           | character 17: a host of several is empty
            postgresql://h1,/db                              | a host of several is empty
            postgresql://,/db                                | a host of several is empty
            postgresql:///db?host=                           | a host is empty
            postgresql:///db?host=a:,b                       | a host must be an IPv6 address, without a zone, if it has colons
            postgresql:///db?host=a,                         | a host is empty
            postgresql://h1/db?host=h2                       | hosts are given before the slash and by a parameter
            postgresql://:5433/db?host=h2                    | hosts are given before the slash and by a parameter
            postgresql://h1:1,h2/db?port=2                   | ports are given with the hosts and by a parameter
            postgresql:///db?host=a:1&port=2                 | ports are given with the hosts and by a parameter
            postgresql://h1,h2,h3/db?port=1,2                | 2 ports for 3 hosts: give one, or one for each
            postgresql://h:0/db                              | character 16: a port must be a number from 1 to 65535
            postgresql://h:65536/db                          | a port must be a number from 1 to 65535
            postgresql://h:x/db                              | a port must be a number from 1 to 65535
            postgresql://h:+1/db                             | a port must be a number from 1 to 65535
            postgresql://h:١/db                              | a port must be a number from 1 to 65535
            postgresql://::1/db                              | a port must be a number from 1 to 65535
            postgresql://[::1/db                             | a '[' needs its ']'
            postgresql://[h]/db                              | brackets are for an IPv6 address
            postgresql://[::1]5/db                           | only a colon and a port may follow them
            postgresql://[fe80::1%25eth0]/db                 | must be an IPv6 address, without a zone
            postgresql://h%2/db                              | character 15: a '%' must be followed by two hexadecimal digits
            postgresql://h/%zz                               | character 16: a '%' must be followed by two hexadecimal digits
            postgresql://h/%C3                               | the escaped bytes are not UTF-8
            postgresql://h/%C0%80                            | the escaped bytes are not UTF-8
            postgresql://h/%ED%A0%80                         | the escaped bytes are not UTF-8
            postgresql://h/a%00b                             | control characters
            postgresql://h/a b                               | character 17: spaces and control characters
            postgresql://h/a/b                               | a '/' in a database's name must be written %2F
            postgresql:///dbhost=h                           | an '=' in a database's name must be written %3D
            postgresql:///db&host=h                          | an '&' in a database's name must be written %26
            postgresql://h/db#x                              | character 18: a '#' must be written %23
            postgresql://bücher/db                           | must be a name of ASCII letters
            postgresql://a%2Cb/db                            | must be a name of ASCII letters
            postgresql://@abstract/db?host=x@y               | must be written %40
            postgresql://h/db?sslmode                        | a parameter must have an '=' and a value
            postgresql://h/db?a=1&&b=2                       | parameter 'a' is not known to a libpq URI, or not to dbop
            postgresql://h/db?sslmode=require&               | a parameter must have an '=' and a value
            postgresql://h/db?sslmode=                       | a parameter's value must not be empty
            postgresql://h/db?sslmode=on                     | parameter 'sslmode' must be one of disable, allow, prefer, require
            postgresql://h/db?options=a=b                    | an '=' in a value must be written %3D
            postgresql://h/db?sslmode=require&sslmode=require | parameter 'sslmode' is given twice
            postgresql://u@h/db?user=v                       | 'user' is given twice
            postgresql://u:p@h/db?password=q                 | 'password' is given twice
            postgresql://h/db?dbname=e                       | 'dbname' is given twice
            postgresql://h/db?connect_timeout=1.5            | 'connect_timeout' must be a whole number from 0 to 2147483
            postgresql://h/db?connect_timeout=-1             | 'connect_timeout' must be a whole number from 0 to 2147483
            postgresql://h/db?connect_timeout=2147484        | 'connect_timeout' must be a whole number from 0 to 2147483
            postgresql://h/db?target_session_attrs=master    | must be one of any, read-write, read-only, primary, standby
            postgresql://h/db?hostaddr=1.2.3.4               | parameter 'hostaddr' takes the host from elsewhere
            postgresql:///db?service=x                       | parameter 'service' takes the host from elsewhere
            postgresql://h/db?ApplicationName=x              | parameter 'ApplicationName' is spelled 'application_name' by a libpq URI
            postgresql://h/db?SSLMODE=require                | parameter 'SSLMODE' is spelled 'sslmode' by a libpq URI
            postgresql://h/db?reWriteBatchedInserts=true     | parameter 'reWriteBatchedInserts' is not known to a libpq URI
            postgresql://h/db?a%20b=1                        | an unknown parameter: its name must be a word of letters
            """)
        void isRefusedWhereItIsUnclear(String text, String message) {
            assertRefused(text, message);
        }
    }

    @Nested
    class OtherUris {
        @ParameterizedTest
        @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            mysql://u:p+w@h1:1,h2/db          | MYSQL      | h1:1,h2:3306   | db   | u | p+w
            mariadb://h                       | MARIADB    | h:3306         | -    | - | -
            mysql:///db?user=u&password=p     | MYSQL      | localhost:3306 | db   | u | p
            jdbc:mysql://h1:1,h2/db           | MYSQL      | h1:1,h2:3306   | db   | - | -
            jdbc:mysql://u:p%40@h/d+b?        | MYSQL      | h:3306         | d b  | u | p@
            jdbc:mysql://h/?USER=me@az&password=a+b | MYSQL | h:3306        | -    | me@az | a b
            jdbc:mysql:///db                  | MYSQL      | localhost:3306 | db   | - | -
            jdbc:mariadb://h1,[::1]:4/db      | MARIADB    | h1:3306,[::1]:4 | db  | - | -
            jdbc:mariadb://h/d%20b?user=a+b&password=x=%25 | MARIADB | h:3306 | d%20b | a+b | x=%25
            jdbc:postgresql://h1:1,h2/db      | POSTGRESQL | h1:1,h2:5432   | db   | - | -
            jdbc:postgresql://h/d+b?user=a%2Bb+c&password=p@q/r | POSTGRESQL | h:5432 | d b | a+b c | p@q/r
            jdbc:postgresql:db                | POSTGRESQL | localhost:5432 | db   | - | -
            jdbc:postgresql:                  | POSTGRESQL | localhost:5432 | -    | - | -
            jdbc:postgresql:?user=x           | POSTGRESQL | localhost:5432 | -    | x | -
            jdbc:postgresql:///db?host=a,b&port=1,2 | POSTGRESQL | a:1,b:2  | db   | - | -
            jdbc:postgresql:///?PGHOST=a,b&PGPORT=1,2&PGDBNAME=x | POSTGRESQL | a:1,b:2 | x | - | -
            jdbc:postgresql://[::1]:5/db      | POSTGRESQL | [::1]:5        | db   | - | -
            """)
        void areRead(String text, Database database, String hosts, String name, String user, String password) {
            Dsn dsn = Dsn.parse(text);

            assertThat(dsn.database()).isEqualTo(database);
            assertThat(dsn.hosts()).extracting(HostAddress::toString).containsExactly(hosts.split(","));
            assertThat(dsn.databaseName()).isEqualTo(name);
            assertThat(dsn.user()).isEqualTo(user);
            assertThat(dsn.password()).isEqualTo(password);
        }

        @ParameterizedTest
        @CsvSource({
            "jdbc:postgresql://h/?targetServerType=primary, READ_WRITE",
            "jdbc:postgresql://h/?targetServerType=master, READ_WRITE",
            "jdbc:postgresql://h/?targetServerType=slave, READ_ONLY",
            "jdbc:postgresql://h/?targetServerType=preferSecondary, PREFER_STANDBY",
            "jdbc:postgresql://h/?targetServerType=any, ANY",
            "mysql://h/?target_session_attrs=standby, STANDBY"
        })
        void knowTargets(String text, TargetSession target) {
            assertThat(Dsn.parse(text).target()).isEqualTo(target);
        }

        @Test
        void pgjdbcsParametersGetLibpqsNames() {
            Dsn dsn = Dsn.parse("jdbc:postgresql://h/db?ApplicationName=a+b&connectTimeout=3&tcpKeepAlive=true"
                    + "&loadBalanceHosts=true&reWriteBatchedInserts=true&ssl");

            assertThat(dsn.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
            assertThat(dsn.parameters())
                    .isEqualTo(Map.of(
                            "application_name", "a b",
                            "keepalives", "1",
                            "load_balance_hosts", "random",
                            "reWriteBatchedInserts", "true",
                            "sslmode", "verify-full"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "mysql://h/?ssl-mode=verify_identity&connect-timeout=1500&tls-versions=TLSv1.3",
                    "mariadb://h/?sslMode=VERIFY_IDENTITY&connectTimeout=1500&tlsVersions=TLSv1.3",
                    "jdbc:mysql://h/?SSLMODE=VERIFY_IDENTITY&connectTimeout=1500&tlsVersions=TLSv1.3",
                    "jdbc:mariadb://h/?sslMode=verify-full&connectTimeout=01500&enabledSslProtocolSuites=TLSv1.3"
                })
        void parametersOfMySqlAndMariaDbGetConnectorJsNames(String text) {
            Dsn dsn = Dsn.parse(text);

            assertThat(dsn.connectTimeout()).isEqualTo(Duration.ofMillis(1500));
            assertThat(dsn.parameters()).isEqualTo(Map.of("sslMode", "VERIFY_IDENTITY", "tlsVersions", "TLSv1.3"));
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
            jdbc:mysql:replication://h1,h2/db            | jdbc:mysql:replication is the driver's own way from host to host
            jdbc:mysql:loadbalance://h1,h2/db            | jdbc:mysql:loadbalance is the driver's own way
            jdbc:mysql+srv://h/db                        | jdbc:mysql+srv takes the host from elsewhere
            jdbc:mariadb:sequential://h1,h2/db           | jdbc:mariadb:sequential is the driver's own way
            jdbc:mariadb:loadbalance://h1,h2/db          | jdbc:mariadb:loadbalance is the driver's own way
            jdbc:mysql://address=(host=h1)(port=1)/db    | hosts must be written host:port,host:port
            jdbc:mysql://(host=h1,port=1)/db             | hosts must be written host:port,host:port
            jdbc:mariadb://address=(host=h1)/db          | hosts must be written host:port,host:port
            jdbc:mysql://u:p@[h1,h2]/db                  | a '[' needs its ']'
            jdbc:mysql://h1,u:p@h2/db                    | a comma or bracket in a user or password must be written as %2C
            jdbc:mysql://u:p@h1,v:q@h2/db                | an '@' in a user or password must be written %40
            jdbc:sqlite:/x.db                            | SQLite has no hosts
            sqlite:///x.db                               | SQLite has no hosts
            postgresql+psycopg2://h/db                   | leave out the '+' and the client's name behind it
            mysqlx://h/db                                | mysqlx is another protocol
            http://h/db                                  | must begin with postgresql://, postgres://, jdbc:postgresql://
            POSTGRESQL://h/db                            | must begin with
            host=h dbname=db                             | must begin with
            jdbc:mysql:h                                 | must begin with
            jdbc:postgresql:h1:1                         | hosts must follow '//'
            jdbc:postgresql:h1,h2                        | hosts must follow '//'
            jdbc:postgresql:/db                          | a '/' in a database's name must be written %2F
            jdbc:mysql://u:12?secret=x@h/db              | an '@' after the hosts must be written %40
            jdbc:postgresql://u:p@h/db                   | pgjdbc knows no user before the hosts
            jdbc:mariadb://u:p@h/db                      | MariaDB Connector/J knows no user before the hosts
            jdbc:postgresql://%2Frun/db                  | a host must be a name of ASCII letters
            jdbc:postgresql://h/?application_name=x      | parameter 'application_name' is spelled 'ApplicationName' by pgjdbc
            jdbc:postgresql://h/?target_session_attrs=any | parameter 'target_session_attrs' is spelled 'targetServerType' by pgjdbc
            jdbc:postgresql://h/?targetServerType=preferPrimary | must be one of any, primary, secondary, preferSecondary
            jdbc:postgresql://h/?tcpKeepAlive=1          | parameter 'keepalives' must be one of true, false
            jdbc:postgresql://h/?ssl=false               | parameter 'ssl' must be true: write sslmode
            jdbc:postgresql://h/?ssl&sslmode=require     | parameter 'sslmode' is given twice
            jdbc:postgresql://h/?socketFactory=x.Y       | parameter 'socketFactory' names a class to be loaded
            jdbc:mysql://h/?target_session_attrs=any     | parameter 'target_session_attrs' is not known to MySQL Connector/J
            jdbc:mysql://h/?autoReconnect=true           | parameter 'autoReconnect' hides that a transaction was lost
            jdbc:mysql://h/?failOverReadOnly=true        | parameter 'failOverReadOnly' must be false
            jdbc:mysql://h/?useSSL=true                  | parameter 'useSSL' is outdated: write sslMode
            jdbc:mysql://h/?serverSslCert=x              | parameter 'serverSslCert' is not known to MySQL Connector/J
            jdbc:mariadb://h/?transactionReplay=true     | parameter 'transactionReplay' hides that a transaction was lost
            jdbc:mariadb://h/?sslMode=PREFERRED          | must be one of disable, trust, verify-ca, verify-full
            jdbc:mariadb://h/?connectTimeout=1&CONNECTTIMEOUT=1 | parameter 'connectTimeout' is given twice
            mysql://h/?host=h2                           | parameter 'host' is not known
            mysql://h/?socket=%2Fx                       | parameter 'socket' names a Unix socket
            mysql://%2Fx/                                | a Unix socket cannot be said for MySQL and MariaDB
            mysql://h/?connect_timeout=1                 | parameter 'connect_timeout' is not known
            """)
        void areRefusedWhereTheyAreUnclear(String text, String message) {
            assertRefused(text, message);
        }
    }

    @Nested
    class Secrets {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "postgresql://u:hush@h/db",
                    "postgresql://h/db?password=hush",
                    "postgresql://h/db?sslpassword=hush",
                    "postgresql://h/db?oauth_client_secret=hush",
                    "jdbc:mysql://h/db?trustCertificateKeyStorePassword=hush",
                    "jdbc:mariadb://h/db?keyStorePassword=hush"
                })
        void areMaskedInTheText(String text) {
            assertThat(Dsn.parse(text).toString()).doesNotContain("hush").contains("***");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "postgresql://u:hu/sh@h/db",
                    "postgresql://u:12/hush@h/db",
                    "postgresql://u:hu?sh@h/db",
                    "postgresql://u:1?hush=1@h/db",
                    "postgresql://u:hu#sh@h/db",
                    "postgresql://u:hu@sh@h/db",
                    "postgresql://u:hu%sh@h/db",
                    "postgresql://u:hush%FF@h/db",
                    "postgresql://hush@h1@h/db",
                    "postgresql://h/db?password=x&hush",
                    "postgresql://h/db?password=x&hush=y",
                    "postgresql://h/db?password=x=hush",
                    "postgresql://h/db?sslpassword=x&hush=y",
                    "postgresql://h/db?sslmode=hush",
                    "postgresql://h/db?passwordhush=x",
                    "postgresql://h/db?passwd=hush",
                    "postgresql:///user=u&password=hush",
                    "postgresql://h/db?connect_timeout=hush",
                    "hush",
                    "postgresql:u:hush@h/db"
                })
        void areNotRepeatedByMessages(String text) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Dsn.parse(text))
                    .satisfies(refused -> assertThat(refused.getMessage())
                            .startsWith("connection string, character ")
                            .doesNotContain("hush"));
        }

        @Test
        void areNotInTheJdbcUrlButInItsProperties() {
            Dsn dsn = Dsn.parse("postgresql://u:p%20w@h/db?sslpassword=s&sslmode=require");

            assertThat(dsn.jdbcUrl()).isEqualTo("jdbc:postgresql://h:5432/db?sslmode=require");
            assertThat(dsn.jdbcProperties()).isEqualTo(properties("user", "u", "password", "p w", "sslpassword", "s"));
        }

        @Test
        void haveTheNamesOfEachDriver() {
            Dsn dsn = Dsn.parse("mysql://h/db?trustCertificateKeyStorePassword=a%26b");

            assertThat(dsn.jdbcUrl(JdbcDriver.MARIADB)).isEqualTo("jdbc:mariadb://h:3306/db");
            assertThat(dsn.jdbcProperties(JdbcDriver.MARIADB)).isEqualTo(properties("trustStorePassword", "a&b"));
            assertThat(dsn.jdbcProperties()).isEqualTo(properties("trustCertificateKeyStorePassword", "a&b"));
        }

        private static Properties properties(String... namesAndValues) {
            Properties properties = new Properties();
            for (int i = 0; i < namesAndValues.length; i += 2) {
                properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
            }
            return properties;
        }
    }

    @Nested
    class Copies {
        private final Dsn dsn =
                Dsn.parse("postgresql://u:p@h1,h2/db?connect_timeout=3&load_balance_hosts=random&sslmode=require"
                        + "&target_session_attrs=read-write");

        @Test
        void haveAnotherDatabase() {
            assertThat(dsn.withDatabase("a/b?c").toUri())
                    .isEqualTo("postgresql://u:p@h1:5432,h2:5432/a%2Fb%3Fc?connect_timeout=3"
                            + "&load_balance_hosts=random&sslmode=require&target_session_attrs=read-write");
        }

        @Test
        void ofOneHostChooseNoMore() {
            assertThat(dsn.isMultiHost()).isTrue();
            assertThat(dsn.only(H2)).isEqualTo(Dsn.parse("postgresql://u:p@h2/db?connect_timeout=3&sslmode=require"));
        }

        @Test
        void areEqualWhenTheySayTheSame() {
            assertThat(dsn.withTarget(TargetSession.READ_WRITE)).isEqualTo(dsn).hasSameHashCodeAs(dsn);
            assertThat(dsn.withUser("u").withPassword("p").withDatabase("db").withHosts(List.of(H1, H2)))
                    .isEqualTo(dsn);
            assertThat(dsn.withoutParameter("sslmode").withParameter("sslmode", "require"))
                    .isEqualTo(dsn);
            assertThat(dsn.withTarget(TargetSession.ANY))
                    .isEqualTo(Dsn.parse("postgresql://u:p@h1,h2/db?connect_timeout=3&load_balance_hosts=random"
                            + "&sslmode=require&target_session_attrs=any"));
        }

        @Test
        void differWhenTheyDoNot() {
            assertThat(dsn)
                    .isNotEqualTo(dsn.withHosts(List.of(H2, H1)))
                    .isNotEqualTo(dsn.withPassword("q"))
                    .isNotEqualTo(dsn.withUser("v"))
                    .isNotEqualTo(dsn.withDatabase("e"))
                    .isNotEqualTo(dsn.withTarget(TargetSession.STANDBY))
                    .isNotEqualTo(dsn.withConnectTimeout(null))
                    .isNotEqualTo(dsn.withoutParameter("sslmode"))
                    .isNotEqualTo(Dsn.of(Database.MYSQL, H1));
        }

        @Test
        void roundTheTimeToConnectUpToTheDriversUnit() {
            assertThat(dsn.withConnectTimeout(Duration.ofMillis(1200)).connectTimeout())
                    .isEqualTo(Duration.ofSeconds(2));
            assertThat(Dsn.of(Database.MARIADB, H1)
                            .withConnectTimeout(Duration.ofNanos(1))
                            .connectTimeout())
                    .isEqualTo(Duration.ofMillis(1));
            assertThat(dsn.withConnectTimeout(Duration.ZERO).connectTimeout()).isEqualTo(Duration.ZERO);
            assertThat(dsn.withConnectTimeout(null).connectTimeout()).isNull();
        }

        @Test
        void refuseWhatIsNoValue() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> dsn.withDatabase(""))
                    .withMessage("database name must not be empty");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> dsn.withUser("a\nb"))
                    .withMessage("user must not have control characters");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> dsn.withPassword("hush\ud800"))
                    .withMessage("password must not have half of a surrogate pair");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> dsn.withHosts(List.of()))
                    .withMessageContaining("hosts must not be empty");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> dsn.withConnectTimeout(Duration.ofMillis(-1)))
                    .withMessage("connect timeout PT-0.001S must be from 0 to 24 days");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> dsn.withParameter("sslmode", "on"))
                    .withMessage(
                            "parameter 'sslmode' must be one of disable, allow, prefer, require, verify-ca, verify-full");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> dsn.withParameter("connect_timeout", "1"))
                    .withMessageContaining("parameter 'connect_timeout' is not known");
        }

        @Test
        void areForTheDatabasesThatHaveHosts() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Dsn.of(Database.SQLITE, H1))
                    .withMessage("database SQLITE has no connection strings: use POSTGRESQL, MYSQL or MARIADB");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Dsn.of(Database.MYSQL, new HostAddress("/run", 1)))
                    .withMessageContaining("is a Unix socket, which is for PostgreSQL only");
        }
    }

    @Nested
    class Written {
        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
            postgresql://h1:1,[::1]:2/d%20b   | POSTGRESQL | jdbc:postgresql://h1:1,[::1]:2/d%20b
            postgresql://h?connect_timeout=3&application_name=a%26b&keepalives=0&load_balance_hosts=disable | POSTGRESQL | jdbc:postgresql://h:5432/?ApplicationName=a%26b&connectTimeout=3&tcpKeepAlive=false&loadBalanceHosts=false
            postgresql://h1,h2/?target_session_attrs=read-write | POSTGRESQL | jdbc:postgresql://h1:5432,h2:5432/?targetServerType=primary
            postgresql://h1,h2/?target_session_attrs=read-only | POSTGRESQL | jdbc:postgresql://h1:5432,h2:5432/?targetServerType=secondary
            postgresql://h1,h2/?target_session_attrs=prefer-standby | POSTGRESQL | jdbc:postgresql://h1:5432,h2:5432/?targetServerType=preferSecondary
            mysql://h1,h2/db                  | MYSQL      | jdbc:mysql://h1:3306,h2:3306/db?failOverReadOnly=false
            mysql://h/d%2Bb?sslMode=REQUIRED&connectTimeout=5 | MYSQL | jdbc:mysql://h:3306/d%2Bb?connectTimeout=5&sslMode=REQUIRED
            mysql://h1,h2/d%2Bb?sslMode=REQUIRED&connectTimeout=5 | MARIADB | jdbc:mariadb://h1:3306,h2:3306/d+b?connectTimeout=5&sslMode=trust
            mariadb://h/db?useAffectedRows=true | MYSQL    | jdbc:mysql://h:3306/db?useAffectedRows=true
            """)
        void forADriver(String text, JdbcDriver driver, String url) {
            assertThat(Dsn.parse(text).jdbcUrl(driver)).isEqualTo(url);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
            postgresql:///db?host=/run        | POSTGRESQL | host '/run' is a Unix socket
            postgresql://h/?tcp_user_timeout=1 | POSTGRESQL | parameter 'tcp_user_timeout' cannot be carried over to pgjdbc: take it out with withoutParameter("tcp_user_timeout")
            postgresql://h/?target_session_attrs=standby | POSTGRESQL | parameter 'target_session_attrs' cannot be carried over to pgjdbc: ConnectionFactory checks it itself
            postgresql://h/?target_session_attrs=primary | POSTGRESQL | parameter 'target_session_attrs' cannot be carried over to pgjdbc: ConnectionFactory checks it itself
            postgresql://h/?scram_client_key=x | POSTGRESQL | parameter 'scram_client_key' cannot be carried over to pgjdbc
            postgresql://h/?sslmode=require&sslrootcert=x | POSTGRESQL | write verify-ca
            postgresql://h/?sslmode=verify-full&sslrootcert=system | POSTGRESQL | give a file
            postgresql://h                    | MYSQL      | driver MYSQL cannot talk to POSTGRESQL
            mysql://h                         | POSTGRESQL | driver POSTGRESQL cannot talk to MYSQL
            mysql://h1,h2/?target_session_attrs=read-write | MYSQL | parameter 'target_session_attrs' cannot be carried over to MySQL Connector/J: ConnectionFactory checks it itself
            mysql://h/?sslMode=PREFERRED      | MARIADB    | parameter 'sslMode' cannot be carried over to MariaDB Connector/J
            mysql://h/?characterEncoding=utf8 | MARIADB    | parameter 'characterEncoding' cannot be carried over to MariaDB Connector/J
            mysql://h/?ssl-ca=x               | MYSQL      | parameter 'serverSslCert' cannot be carried over to MySQL Connector/J
            mysql://h/a%2Fb                   | MARIADB    | database name has one of the characters ?/@&= which cannot be written
            mysql://h/a%20                    | MYSQL      | database name begins or ends with a space
            mysql://h/?sessionVariables=a%26b | MARIADB    | sessionVariables has one of the characters & which cannot be written
            """)
        void refusesByNameWhatADriverCannotBeTold(String text, JdbcDriver driver, String message) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Dsn.parse(text).jdbcUrl(driver))
                    .withMessageContaining(message);
        }

        @Test
        void asAUriOnlyIfLibpqKnowsTheParameters() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            Dsn.parse("jdbc:postgresql://h/?prepareThreshold=0").toUri())
                    .withMessage("parameter 'prepareThreshold' cannot be carried over to a libpq URI:"
                            + " take it out with withoutParameter(\"prepareThreshold\")");
        }

        @Test
        void asAUriInTheDatabasesOwnWords() {
            assertThat(Dsn.parse("jdbc:mariadb://h/db?sslMode=trust&connectTimeout=5")
                            .toUri())
                    .isEqualTo("mariadb://h:3306/db?connect-timeout=5&ssl-mode=REQUIRED");
            assertThat(Dsn.parse("jdbc:postgresql:///db?host=/run/pg&user=%C3%BC")
                            .toUri())
                    .isEqualTo("postgresql://%C3%BC@%2Frun%2Fpg:5432/db");
        }

        @Test
        void forPeople() {
            assertThat(Dsn.parse("jdbc:postgresql://h/db?prepareThreshold=0&user=u&password=hush&sslpassword=hush"))
                    .hasToString("postgresql://u:***@h:5432/db?prepareThreshold=0&sslpassword=***");
        }
    }
}
