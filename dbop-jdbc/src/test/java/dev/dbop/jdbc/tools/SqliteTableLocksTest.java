package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.sql.Database;
import dev.dbop.sql.LockMode;
import dev.dbop.sql.TableName;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@RealDatabase(Database.SQLITE)
class SqliteTableLocksTest {
    private final TestDatabase db;

    SqliteTableLocksTest(TestDatabase db) {
        this.db = db;
    }

    @ParameterizedTest
    @EnumSource(LockMode.class)
    void everyModeIsRefusedWithTheReason(LockMode mode) throws SQLException {
        try (Transaction transaction = Transaction.begin(db.dataSource())) {
            Connection connection = transaction.connection();
            assertThatThrownBy(() -> TableLocks.lock(connection, mode, TableName.of("one")))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("not supported on SQLite")
                    .hasMessageContaining("because it locks the whole database file");
        }
    }
}
