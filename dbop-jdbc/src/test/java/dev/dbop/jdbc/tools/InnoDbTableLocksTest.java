package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dbop.jdbc.PlainSql;
import dev.dbop.sql.LockMode;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What can be had on MySQL and MariaDB. */
abstract class InnoDbTableLocksTest extends TableLocksTest {
    InnoDbTableLocksTest(TestDatabase db) throws SQLException {
        super(db, LockMode.ACCESS_SHARE, "LOCK TABLES one WRITE", "UNLOCK TABLES");
    }

    @Override
    void assertNotGranted(SQLException failure) {
        assertThat(failure.getErrorCode()).isEqualTo(1205);
    }

    @Override
    String schema() {
        return db.name();
    }

    @ParameterizedTest
    @EnumSource(
            value = LockMode.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ACCESS_SHARE", "ROW_EXCLUSIVE"})
    void refusesWhatWouldCommit(LockMode mode) throws SQLException {
        own.setAutoCommit(false);
        PlainSql.execute(own, "INSERT INTO two VALUES (1)");
        assertThatThrownBy(() -> TableLocks.lock(own, mode, ONE))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("not supported on " + db.database().productName())
                .hasMessageContaining("because LOCK TABLES commits");
        own.rollback();

        assertThat(db.number("SELECT count(*) FROM two")).isZero();
    }

    @Test
    void refusesTheModeThatIsMeantUnlessToldOtherwise() throws SQLException {
        own.setAutoCommit(false);
        assertThatThrownBy(() -> TableLocks.lock(own, ONE))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("SHARE UPDATE EXCLUSIVE");
    }

    private boolean refuses(String statement) throws SQLException {
        PlainSql.execute(other, "SET lock_wait_timeout = 1");
        SQLException failure = catchThrowableOfType(SQLException.class, () -> PlainSql.execute(other, statement));
        PlainSql.execute(other, "UNLOCK TABLES");
        if (failure != null) {
            assertNotGranted(failure);
        }
        return failure != null;
    }

    @ParameterizedTest
    @EnumSource(
            value = LockMode.class,
            names = {"ACCESS_SHARE", "ROW_EXCLUSIVE"})
    void theTableStaysWhatItIsUntilTheTransactionEnds(LockMode mode) throws SQLException {
        own.setAutoCommit(false);
        TableLocks.lock(own, mode, ONE);

        assertThat(refuses("ALTER TABLE one ADD COLUMN x INT")).isTrue();
        assertThat(refuses("TRUNCATE TABLE one")).isTrue();
        assertThat(refuses("DROP TABLE one")).isTrue();
        assertThat(refuses("LOCK TABLES one WRITE")).isTrue();
        assertThat(refuses("LOCK TABLES one READ")).isEqualTo(mode == LockMode.ROW_EXCLUSIVE);
        assertThat(refuses("INSERT INTO one VALUES (1)")).isFalse();
        own.commit();
        assertThat(refuses("TRUNCATE TABLE one")).isFalse();
    }

    @Test
    void aFailureLeavesTheTransactionAsItWas() throws SQLException {
        own.setAutoCommit(false);
        PlainSql.execute(own, "INSERT INTO two VALUES (1)");
        block();
        assertNotGranted(failureOf(Duration.ofSeconds(1), ONE));
        unblock();
        own.commit();

        assertThat(db.number("SELECT count(*) FROM two")).isEqualTo(1);
    }

    @Test
    void aShorterLimitOfTheSessionStays() throws SQLException {
        PlainSql.execute(own, "SET lock_wait_timeout = 1");
        own.setAutoCommit(false);
        block();
        long start = System.nanoTime();
        assertNotGranted(failureOf(Duration.ofSeconds(30), ONE));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        unblock();
        assertThat(PlainSql.query(own, "SELECT @@lock_wait_timeout")).containsExactly("1");
        own.rollback();
    }
}
