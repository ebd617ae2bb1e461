package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.sql.Database;
import dev.dbop.sql.LockMode;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@RealDatabase(Database.MYSQL)
class MySqlTableLocksTest extends InnoDbTableLocksTest {
    MySqlTableLocksTest(TestDatabase db) throws SQLException {
        super(db);
    }

    @Test
    void cannotDoWithoutWaiting() throws SQLException {
        own.setAutoCommit(false);
        assertThatThrownBy(() -> TableLocks.lock(own, LockMode.ACCESS_SHARE, Duration.ZERO, ONE))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("a second at least");
    }
}
