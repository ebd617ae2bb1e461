package dev.dbop.connect;

import dev.dbop.sql.Database;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The parameters dbop knows, as data. Not among them, on purpose: those that name a class to be loaded, another file to
 * take hosts from, or a driver's own way from host to host.
 */
final class DsnWords {
    static final String TARGET = "target_session_attrs";

    private static final List<DsnWord> POSTGRESQL = DsnWord.table(
            Database.Family.POSTGRESQL,
            // name                  libpq pgjdbc
            """
            target_session_attrs     = targetServerType
            connect_timeout          = connectTimeout
            load_balance_hosts       = loadBalanceHosts
            application_name         = ApplicationName
            options                  = =
            replication              = =
            keepalives               = tcpKeepAlive
            sslmode                  = =
            sslnegotiation           = sslNegotiation
            sslrootcert              = =
            sslcert                  = =
            sslkey                   = =
            *sslpassword             = =
            gssencmode               = gssEncMode
            krbsrvname               = kerberosServerName
            channel_binding          = channelBinding
            require_auth             = requireAuth
            client_encoding          = -
            fallback_application_name = -
            gssdelegation            = -
            gsslib                   = -
            keepalives_count         = -
            keepalives_idle          = -
            keepalives_interval      = -
            max_protocol_version     = -
            min_protocol_version     = -
            oauth_client_id          = -
            *oauth_client_secret     = -
            oauth_issuer             = -
            oauth_scope              = -
            passfile                 = -
            requirepeer              = -
            *scram_client_key        = -
            *scram_server_key        = -
            ssl_max_protocol_version = -
            ssl_min_protocol_version = -
            sslcertmode              = -
            sslcompression           = -
            sslcrl                   = -
            sslcrldir                = -
            sslkeylogfile            = -
            sslsni                   = -
            tcp_user_timeout         = -
            adaptiveFetch            - =
            adaptiveFetchMaximum     - =
            adaptiveFetchMinimum     - =
            allowEncodingChanges     - =
            assumeMinServerVersion   - =
            autosave                 - =
            binaryTransfer           - =
            binaryTransferDisable    - =
            binaryTransferEnable     - =
            cancelSignalTimeout      - =
            cleanupSavepoints        - =
            convertBooleanToNumeric  - =
            currentSchema            - =
            databaseMetadataCacheFields - =
            databaseMetadataCacheFieldsMiB - =
            defaultRowFetchSize      - =
            disableColumnSanitiser   - =
            escapeSyntaxCallMode     - =
            flushCacheOnDdl          - =
            groupStartupParameters   - =
            gssResponseTimeout       - =
            gssUseDefaultCreds       - =
            hideUnprivilegedObjects  - =
            hostRecheckSeconds       - =
            localSocketAddress       - =
            logServerErrorDetail     - =
            logUnclosedConnections   - =
            loginTimeout             - =
            maxResultBuffer          - =
            maxSendBufferSize        - =
            pemKeyAlgorithm          - =
            preferQueryMode          - =
            preparedStatementCacheQueries - =
            preparedStatementCacheSizeMiB - =
            prepareThreshold         - =
            protocolVersion          - =
            queryTimeout             - =
            quoteReturningIdentifiers - =
            reWriteBatchedInserts    - =
            reWriteBatchedInsertsSize - =
            readOnly                 - =
            readOnlyMode             - =
            receiveBufferSize        - =
            scramMaxIterations       - =
            sendBufferSize           - =
            socketTimeout            - =
            sslResponseTimeout       - =
            stringtype               - =
            tcpNoDelay               - =
            unknownLength            - =""");

    private static final List<DsnWord> MYSQL = DsnWord.table(
            Database.Family.MYSQL,
            // name                  URI Connector/J MariaDB-Connector/J
            """
            target_session_attrs     = - -
            connectTimeout           connect-timeout = =
            sslMode                  ssl-mode = =
            serverSslCert            ssl-ca - =
            tlsVersions              tls-versions = enabledSslProtocolSuites
            tlsCiphersuites          tls-ciphersuites = enabledSslCipherSuites
            trustCertificateKeyStoreUrl = = trustStore
            trustCertificateKeyStoreType = = trustStoreType
            *trustCertificateKeyStorePassword = = trustStorePassword
            clientCertificateKeyStoreUrl = = keyStore
            clientCertificateKeyStoreType = = keyStoreType
            *clientCertificateKeyStorePassword = = keyStorePassword
            serverRSAPublicKeyFile   server-public-key-path = serverRsaPublicKeyFile
            allowPublicKeyRetrieval  get-server-public-key = =
            connectionAttributes     connection-attributes = =
            allowMultiQueries        = = =
            cachePrepStmts           = = =
            characterEncoding        = = -
            connectionCollation      = = =
            connectionTimeZone       = = =
            createDatabaseIfNotExist = = =
            defaultFetchSize         = = =
            forceConnectionTimeZoneToSession = = =
            maxAllowedPacket         = = =
            preserveInstants         = = =
            prepStmtCacheSize        = = =
            prepStmtCacheSqlLimit    = = -
            rewriteBatchedStatements = = =
            sessionVariables         = = =
            socketTimeout            = = =
            tcpKeepAlive             = = =
            tinyInt1isBit            = = =
            transformedBitIsBoolean  = = =
            useAffectedRows          = = =
            useBulkStmts             = - =
            useBulkStmtsForInserts   = - =
            useCompression           = = =
            useCursorFetch           = = -
            useLocalSessionState     = = =
            useServerPrepStmts       = = =
            yearIsDateType           = = =
            zeroDateTimeBehavior     = = -""");

    /** Where only some values will do, or one value has several spellings. */
    private static final Map<String, List<DsnWord>> VALUES = Map.of(
            TARGET,
            // pgjdbc asks for transaction_read_only, as libpq does for read-write and read-only; it knows no standbys
            DsnWord.table(Database.Family.POSTGRESQL, """
                    any              = =
                    read-write       = primary|master
                    read-only        = secondary|slave
                    primary          = -
                    standby          = -
                    prefer-standby   = preferSecondary|preferSlave"""),
            "load_balance_hosts",
            DsnWord.table(Database.Family.POSTGRESQL, "disable = false\nrandom = true"),
            "keepalives",
            DsnWord.table(Database.Family.POSTGRESQL, "1 = true\n0 = false"),
            "sslmode",
            DsnWord.table(
                    Database.Family.POSTGRESQL,
                    "disable = =\nallow = =\nprefer = =\nrequire = =\nverify-ca = =\nverify-full = ="),
            "sslMode",
            DsnWord.table(Database.Family.MYSQL, """
                    DISABLED         = = disable
                    PREFERRED        = = -
                    REQUIRED         = = trust
                    VERIFY_CA        = = verify-ca
                    VERIFY_IDENTITY  = = verify-full"""));

    private DsnWords() {}

    static List<DsnWord> of(Database database) {
        return database == Database.POSTGRESQL ? POSTGRESQL : MYSQL;
    }

    /** The parameter of that spelling, or null. */
    static @Nullable DsnWord meantBy(DsnSyntax syntax, String text) {
        return DsnWord.meantBy(of(syntax.database), syntax, text);
    }

    static @Nullable DsnWord named(Database database, String name) {
        return DsnWord.named(of(database), name);
    }

    static boolean isSecret(Database database, String name) {
        DsnWord word = named(database, name);
        return word != null && word.secret();
    }

    /** The value as dbop calls it, or null if the parameter has no such value. */
    static @Nullable String valueFrom(DsnSyntax syntax, DsnWord parameter, String text) {
        List<DsnWord> values = values(syntax, parameter);
        if (values == null) {
            return text;
        }
        DsnWord value = DsnWord.meantBy(values, syntax, text);
        return value == null ? null : value.name();
    }

    /** The value as the syntax calls it, or null if it cannot be said there. */
    static @Nullable String valueFor(DsnSyntax syntax, DsnWord parameter, String value) {
        List<DsnWord> values = values(syntax, parameter);
        if (values == null) {
            return value;
        }
        DsnWord word = DsnWord.named(values, value);
        return word == null ? null : word.spelling(syntax);
    }

    /** Whether the parameter may have that value, by dbop's name. */
    static boolean isValue(DsnWord parameter, String value) {
        List<DsnWord> values = VALUES.get(parameter.name());
        return values == null || DsnWord.named(values, value) != null;
    }

    /** For messages. */
    static String valueNames(DsnWord parameter) {
        return VALUES.getOrDefault(parameter.name(), List.of()).stream()
                .map(DsnWord::name)
                .collect(Collectors.joining(", "));
    }

    /** For messages. */
    static String valuesFor(DsnSyntax syntax, DsnWord parameter) {
        List<DsnWord> values = values(syntax, parameter);
        return values == null
                ? "anything"
                : values.stream()
                        .flatMap(value -> value.spellings().getOrDefault(syntax, List.of()).stream()
                                .limit(1))
                        .collect(Collectors.joining(", "));
    }

    private static @Nullable List<DsnWord> values(DsnSyntax syntax, DsnWord parameter) {
        // in MySQL's URIs this one is dbop's own, and spelled as in PostgreSQL's
        return parameter.name().equals(TARGET) && !syntax.isPostgreSql() ? null : VALUES.get(parameter.name());
    }

    /** What the database calls the time a connection attempt may take, and how many milliseconds its unit has. */
    static String connectTimeout(Database database) {
        return database == Database.POSTGRESQL ? "connect_timeout" : "connectTimeout";
    }

    static long connectTimeoutUnitMillis(Database database) {
        return database == Database.POSTGRESQL ? 1000 : 1;
    }
}
