package dev.dbop.jdbc.faults.innodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.AttemptRecord;
import dev.dbop.DbopRunner;
import dev.dbop.Outcome;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Codes that clusters, full disks and lucky moments bring, raised by SIGNAL: how drivers pass them on and what is made
 * of them. The server undoes nothing on a SIGNAL, so this is about the verdict alone.
 */
abstract class InjectedCodesTest extends InnoDbFaultsTest {
    private final DbopRunner once = plain.policy(RetryPolicy.noRetries());

    InjectedCodesTest(TestDatabase db) throws SQLException {
        super(db);
    }

    private Map<String, String> verdicts(DbopRunner runner, Map<String, Verdict> codes) {
        Map<String, String> seen = new LinkedHashMap<>();
        for (String code : codes.keySet()) {
            String[] parts = code.split("/", -1);
            Outcome<Boolean> outcome = runner.tryCall(JdbcScope.transaction(db.dataSource()), tx -> {
                execute(tx, "SIGNAL SQLSTATE '" + parts[1] + "' SET MYSQL_ERRNO=" + parts[0] + ", MESSAGE_TEXT='x'");
                return true;
            });
            AttemptRecord record = outcome.failures().get(0);
            assertThat(History.code(record.failure())).isEqualTo(code);
            seen.put(code, record.verdict().toString());
        }
        return seen;
    }

    private void assertVerdicts(DbopRunner runner, Map<String, Verdict> expected) {
        Map<String, String> texts = new LinkedHashMap<>();
        expected.forEach((code, verdict) -> texts.put(code, verdict.toString()));
        assertThat(verdicts(runner, expected)).isEqualTo(texts);
    }

    @Test
    void areWhatTheTableSays() {
        Map<String, Verdict> expected = new LinkedHashMap<>();
        // Galera and Group Replication
        expected.put("1213/40001", Verdict.RETRY_TRANSACTION);
        expected.put("1180/HY000", Verdict.RETRY_TRANSACTION);
        expected.put("1181/HY000", Verdict.RETRY_TRANSACTION);
        expected.put("3101/40000", Verdict.RETRY_TRANSACTION);
        expected.put("1047/08S01", Verdict.RETRY_CONNECTION);
        // moments
        expected.put("1615/HY000", Verdict.RETRY_SAVEPOINT);
        expected.put("1637/HY000", Verdict.RETRY_TRANSACTION);
        expected.put("1053/08S01", Verdict.RETRY_CONNECTION);
        expected.put("1927/70100", mariaDb ? Verdict.RETRY_CONNECTION : Verdict.GIVE_UP);
        // replicas and recovery
        expected.put("1836/HY000", Verdict.RETRY_CONNECTION);
        expected.put("1015/HY000", Verdict.GIVE_UP);
        expected.put("1036/HY000", Verdict.GIVE_UP);
        // resources
        expected.put("1206/HY000", Verdict.GIVE_UP);
        expected.put("1021/HY000", Verdict.GIVE_UP);
        // proxies
        expected.put("2013/HY000", Verdict.RETRY_CONNECTION);
        expected.put("2006/HY000", Verdict.RETRY_CONNECTION);
        // unknown ones
        expected.put("9999/HY000", Verdict.GIVE_UP);
        expected.put("9999/40XXX", Verdict.RETRY_TRANSACTION);
        assertVerdicts(once, expected);
    }

    /** The same numbers mean nothing to MySQL. */
    @Test
    void ofTiDbAreKnownToItsOwnClassifier() {
        Map<String, Verdict> expected = new LinkedHashMap<>();
        expected.put("8002/HY000", Verdict.RETRY_TRANSACTION);
        expected.put("8022/HY000", Verdict.RETRY_TRANSACTION);
        expected.put("8028/HY000", Verdict.RETRY_TRANSACTION);
        expected.put("8147/HY000", Verdict.RETRY_TRANSACTION);
        expected.put("9003/HY000", Verdict.RETRY_TRANSACTION);
        expected.put("9007/HY000", Verdict.RETRY_TRANSACTION);
        expected.put("8130/HY000", Verdict.GIVE_UP);
        assertVerdicts(once.classifier(JdbcClassifier.of(Database.TIDB)), expected);
        expected.replaceAll((code, verdict) -> Verdict.GIVE_UP);
        assertVerdicts(once, expected);
    }
}
