package dev.dbop.jdbc.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Kills MySQL with a branch that is prepared, its binary log on. It has been seen to lose such branches (5.7, 8.0 and 9.7),
 * which no protocol can mend, so this only shows what becomes of them.
 */
@EnabledIfSystemProperty(named = "dbop.test.crashes", matches = "full")
class MySqlBranchCrashTest extends ServerCrashTest {
    MySqlBranchCrashTest(@RealDatabase(Database.POSTGRESQL) TestDatabase steady) {
        super(steady, false, Database.MYSQL, "log-bin=binlog", "server-id=1", "sync-binlog=1");
    }

    @Override
    @ParameterizedTest(name = "COMMIT executed: {0}, restarted while the coordinator waits: {1}")
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void allOrNothingIsLeft(boolean executed, boolean restarted) throws SQLException {
        List<String> pending = crash(executed, restarted).pending();
        if (!restarted) {
            mortal().server().restart();
        }
        List<String> prepared = mortal().preparedTransactions();
        recoverAll();
        List<Long> values = values();
        System.out.printf(
                "MySQL %s with its binary log, COMMIT executed: %s, restarted meanwhile: %s;"
                        + " pending %s, prepared after the restart %s, values %s%n",
                mortal().serverVersion(), executed, restarted, pending, prepared, values);
        assertThat(values.get(0)).isEqualTo(101);
        assertThat(mortal().preparedTransactions()).isEmpty();
    }
}
