package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.Phase;
import dev.dbop.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What was measured, written down a second time and independently of the tables: code, SQLSTATE, a message where it
 * matters, what is undone, and the levels: S savepoint, T transaction, C connection, N never, U outcome unknown; in an
 * operation and in COMMIT.
 */
class FaultRowsTest {
    private static void check(
            Database database, int code, @Nullable String state, @Nullable String message, String expected) {
        Fault fault = database.faults().find(new ServerError(state, code, message, null));
        assertThat(fault).as("%s %s/%s", database, code, state).isNotNull();
        String levels = fault == null ? "" : level(fault.verdict(Phase.OPERATION)) + level(fault.verdict(Phase.COMMIT));
        assertThat(levels).as("%s %s/%s '%s'", database, code, state, message).isEqualTo(expected);
    }

    private static String level(Verdict verdict) {
        return switch (verdict) {
            case RETRY_SAVEPOINT -> "S";
            case RETRY_TRANSACTION -> "T";
            case RETRY_CONNECTION -> "C";
            case GIVE_UP -> "N";
            case OUTCOME_UNKNOWN -> "U";
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            40P01 | deadlock detected                                                     | ST
            40001 | could not serialize access due to concurrent update                   | TT
            55P03 | canceling statement due to lock timeout                               | ST
            55P03 | could not obtain lock on row in relation "acct"                       | ST
            57014 | canceling statement due to statement timeout                          | ST
            57014 | canceling statement due to user request                               | NN
            25P03 | terminating connection due to idle-in-transaction timeout             | CC
            25P04 | terminating connection due to transaction timeout                     | CU
            57P05 | terminating connection due to idle-session timeout                    | CC
            57P01 | terminating connection due to administrator command                   | CU
            57P02 | terminating connection because of crash of another server process     | CU
            57P03 | the database system is starting up                                    | CC
            57P04 |                                                                       | CU
            08000 |                                                                       | CU
            08001 | Connection refused                                                    | CU
            08003 | This connection has been closed.                                      | CU
            08004 | The authentication type 10 is not supported.                          | NU
            08006 | An I/O error occurred while sending to the backend.                   | CU
            08007 |                                                                       | CU
            08P01 | bind message supplies 1 parameters, but prepared statement requires 2 | NN
            08P01 | query_wait_timeout                                                    | CU
            08S02 |                                                                       | CU
            53300 | sorry, too many clients already                                       | CC
            25006 | cannot execute UPDATE in a read-only transaction                      | NN
            25006 | cannot execute LISTEN during recovery                                 | CC
            0A000 | cannot use serializable mode in a hot standby                         | NN
            0A000 | cached plan must not change result type                               | ST
            26000 | prepared statement "S_1" does not exist                               | ST
            23505 | duplicate key value violates unique constraint "uq_pkey"              | NN
            23505 | duplicate key value violates unique constraint "pg_proc_proname_args_nsp_index" | TT
            23503 | insert or update on table "chi" violates foreign key constraint       | NN
            23514 |                                                                       | NN
            25P02 | current transaction is aborted                                        | NN
            55006 | source database "src" is being accessed by other users                | ST
            55006 | cannot ALTER TABLE "t" because it is being used by active queries in this session | NN
            XX000 | tuple concurrently updated                                            | TT
            XX000 | cache lookup failed for type 1                                        | NN
            53100 | could not extend file                                                 | NN
            53200 | out of shared memory                                                  | NN
            53400 | temporary file size exceeds temp_file_limit                           | NN
            54000 |                                                                       | NN
            54001 | stack depth limit exceeded                                            | NN
            3D000 |                                                                       | NN
            28000 |                                                                       | NN
            28P01 |                                                                       | NN
            42P04 |                                                                       | NN
            25001 |                                                                       | NN
            25P01 |                                                                       | NN
            3B001 |                                                                       | NN
            34000 |                                                                       | NN
            40000 |                                                                       | TT
            40002 |                                                                       | NN
            40003 |                                                                       | UU
            58030 |                                                                       | NN
            72000 | snapshot too old                                                      | TT
            42704 | prepared transaction with identifier "g" does not exist               | NN
            42710 |                                                                       | NN
            42501 |                                                                       | NN
            22023 |                                                                       | NN
            55000 | prepared transaction with identifier "g" is busy                      | ST
            55000 | prepared transactions are disabled                                    | NN
            P0001 |                                                                       | NN
            """)
    void postgreSqlCodesCallForWhatWasMeasured(String state, @Nullable String message, String expected) {
        check(Database.POSTGRESQL, 0, state, message, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1213 | 40001 | TT
            1205 | HY000 | ST
            1205 | 40001 | ST
            1020 | HY000 | TT
            1412 | HY000 | TT
            1615 | HY000 | ST
            1062 | 23000 | NN
            1317 | 70100 | NN
            1792 | 25006 | NN
            1568 | 25001 | NN
            1290 | HY000 | CC
            1015 | HY000 | NN
            1036 | HY000 | NN
            1836 | HY000 | CC
            1040 | 08004 | CC
            1226 | 42000 | CC
            1203 | 42000 | CC
            1045 | 28000 | NN
            1053 | 08S01 | CU
            1644 | 45000 | NN
            1180 | HY000 | TT
            1181 | HY000 | TT
            1206 | HY000 | NN
            1637 | HY000 | TT
            1305 | 42000 | NN
            1235 | 42000 | NN
            1064 | 42000 | NN
            1232 | 42000 | NN
            1031 | HY000 | NN
            1047 | 08S01 | CU
            2006 | HY000 | CU
            2013 | HY000 | CU
            1220 | 08000 | CU
            -1   | 08000 | CU
            0    | 08000 | CU
            0    | 08S01 | CU
            0    | 08003 | CU
            0    | 08001 | CU
            0    | 08007 | CU
            0    | 08S02 | CU
            0    | 25S03 | CU
            0    | S1009 | NN
            0    | S1000 | NU
            -1   | 42000 | NN
            1397 | XAE04 | NU
            1398 | XAE05 | NN
            1399 | XAE07 | NN
            1400 | XAE09 | NN
            1401 | XAE03 | NN
            1402 | XA100 | TT
            1440 | XAE08 | NN
            1613 | XA106 | TT
            1614 | XA102 | TT
            """)
    void mySqlAndMariaDbCodesCallForWhatWasMeasured(int code, String state, String expected) {
        check(Database.MYSQL, code, state, null, expected);
        check(Database.MARIADB, code, state, null, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            3572 | HY000 | ST
            3024 | HY000 | ST
            4031 | HY000 | CC
            3101 | 40000 | TT
            3100 | HY000 | CC
            3098 | HY000 | NN
            3819 | HY000 | NN
            1969 | HY000 | NN
            """)
    void mySqlCodesCallForWhatWasMeasured(int code, String state, String expected) {
        check(Database.MYSQL, code, state, null, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1969 | 70100 | ST
            1927 | 70100 | CU
            4025 | 23000 | NN
            3572 | HY000 | NN
            """)
    void mariaDbCodesCallForWhatWasMeasured(int code, String state, String expected) {
        check(Database.MARIADB, code, state, null, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            5    | TT
            261  | TT
            517  | TT
            773  | TT
            262  | TT
            6    | NN
            9    | TT
            13   | NN
            10   | NU
            266  | NU
            3082 | NU
            7    | NN
            8    | NN
            1032 | NN
            11   | NN
            14   | NN
            26   | NN
            1    | NN
            19   | NN
            275  | NN
            787  | NN
            1299 | NN
            1555 | NN
            1811 | NN
            2067 | NN
            """)
    void sqliteCodesCallForWhatWasMeasured(int code, String expected) {
        check(Database.SQLITE, code, null, null, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "9, TRANSACTION",
        "13, TRANSACTION",
        "10, TRANSACTION",
        "7, TRANSACTION",
        "5, STATEMENT",
        "2067, STATEMENT"
    })
    void sqliteTellsWhichErrorsTakeTheTransactionAlong(int code, Undone undone) {
        assertThat(Database.SQLITE.faults().find(ServerError.ofVendorCode(code)))
                .isNotNull()
                .extracting(Fault::undone)
                .isEqualTo(undone);
    }

    @ParameterizedTest
    @CsvSource({
        "1213, TRANSACTION", "1020, TRANSACTION", "1180, TRANSACTION", "1181, TRANSACTION", "3101, TRANSACTION",
        "1205, STATEMENT", "3572, STATEMENT", "1412, STATEMENT", "1062, STATEMENT", "1053, CONNECTION"
    })
    void mySqlTellsWhichErrorsTakeTheTransactionAlong(int code, Undone undone) {
        assertThat(Database.MYSQL.faults().find(ServerError.ofVendorCode(code)))
                .isNotNull()
                .extracting(Fault::undone)
                .isEqualTo(undone);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            8002 | TT
            8005 | TT
            8022 | TT
            8028 | TT
            8147 | TT
            9006 | TT
            9007 | TT
            9001 | TU
            9002 | TU
            9003 | TU
            9004 | TU
            9005 | TU
            9012 | TU
            9013 | TU
            8130 | NN
            8004 | NN
            1105 | NU
            1205 | ST
            1213 | TT
            """)
    void tidbCodesCallForWhatItsManualSays(int code, String expected) {
        check(Database.TIDB, code, "HY000", null, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            40001 | restart transaction: TransactionRetryWithProtoRefreshError | TT
            40003 | result is ambiguous                                        | UU
            58C00 | replica unavailable                                        | TU
            58C01 |                                                            | TU
            57P01 | server is not accepting clients, try another node          | CU
            57014 | query execution canceled due to transaction timeout        | TT
            XXA00 | transaction committed but schema change aborted            | NN
            XX000 | internal error                                             | NU
            53200 | memory budget exceeded                                     | NN
            """)
    void cockroachDbCodesCallForWhatItsManualSays(String state, @Nullable String message, String expected) {
        check(Database.COCKROACHDB, 0, state, message, expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            40001 | could not serialize access due to concurrent update   | TT
            40P01 | deadlock detected                                     | TT
            25P03 | terminating connection due to idle-in-transaction timeout | CC
            XX000 | Timed out: UpdateTransaction RPC timed out after 5 s   | TU
            XX000 | Catalog Version Mismatch: A DDL occurred              | TT
            XX000 | internal error                                        | NU
            55P03 | could not obtain lock on row                          | ST
            """)
    void yugabyteDbCodesCallForWhatItsManualSays(String state, @Nullable String message, String expected) {
        check(Database.YUGABYTEDB, 0, state, message, expected);
    }
}
