package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TableLockSqlTest {
    private static final TableName ODD = TableName.of("s", "o`d\"d");
    private static final Duration FIVE = Duration.ofSeconds(5);

    private static TableLockSql postgres(LockMode mode, Duration timeout) {
        return TableLockSql.of(Database.POSTGRESQL, mode, timeout);
    }

    @ParameterizedTest
    @EnumSource(LockMode.class)
    void postgreSqlHasEveryMode(LockMode mode) {
        assertThat(postgres(mode, FIVE).lock(ODD, Duration.ofMillis(1234), "0"))
                .containsExactly(
                        "SET LOCAL lock_timeout = 1234",
                        "LOCK TABLE \"s\".\"o`d\"\"d\" IN " + mode.name().replace('_', ' ') + " MODE");
    }

    @Test
    void aShorterLimitStays() {
        TableLockSql sql = postgres(LockMode.SHARE, FIVE);

        assertThat(sql.lock(ODD, FIVE, "5s")).hasSize(1);
        assertThat(sql.lock(ODD, FIVE, "4999ms")).hasSize(1);
        assertThat(sql.lock(ODD, FIVE, "5001ms")).hasSize(2);
        assertThat(TableLockSql.of(Database.MARIADB, LockMode.ACCESS_SHARE, FIVE)
                        .lock(ODD, FIVE, "2"))
                .first()
                .isEqualTo("SET lock_wait_timeout = 2");
    }

    @Test
    void timeThatIsOverIsNotNoLimit() {
        assertThat(postgres(LockMode.SHARE, FIVE).lock(ODD, Duration.ZERO, "0"))
                .first()
                .isEqualTo("SET LOCAL lock_timeout = 1");
        assertThat(TableLockSql.of(Database.MYSQL, LockMode.ACCESS_SHARE, FIVE).lock(ODD, Duration.ZERO, "50"))
                .first()
                .isEqualTo("SET lock_wait_timeout = 1");
    }

    @Test
    void zeroWaitsForNobody() {
        TableLockSql sql = postgres(LockMode.SHARE, Duration.ZERO);

        assertThat(sql.limit()).isNull();
        assertThat(sql.restore(null)).isNull();
        assertThat(sql.lock(ODD, Duration.ZERO, null))
                .containsExactly("LOCK TABLE \"s\".\"o`d\"\"d\" IN SHARE MODE NOWAIT");
        assertThat(TableLockSql.of(Database.MARIADB, LockMode.ACCESS_SHARE, Duration.ZERO)
                        .lock(ODD, Duration.ZERO, "50"))
                .first()
                .isEqualTo("SET lock_wait_timeout = 0");
    }

    @Test
    void mySqlCountsWholeSecondsRoundedUp() {
        TableLockSql sql = TableLockSql.of(Database.MYSQL, LockMode.ROW_EXCLUSIVE, FIVE);

        assertThat(sql.lock(ODD, Duration.ofMillis(4001), "86400"))
                .containsExactly("SET lock_wait_timeout = 5", "SELECT 1 FROM `s`.`o``d\"d` LIMIT 0 FOR UPDATE");
        assertThat(sql.restore("86400")).isEqualTo("SET lock_wait_timeout = 86400");
        assertThat(TableLockSql.of(Database.MYSQL, LockMode.ACCESS_SHARE, FIVE).lock(ODD, FIVE, "86400"))
                .last()
                .isEqualTo("SELECT 1 FROM `s`.`o``d\"d` LIMIT 0");
    }

    @Test
    void theLimitThatWasFoundIsALiteral() {
        assertThat(postgres(LockMode.SHARE, FIVE).restore("1500ms")).isEqualTo("SET LOCAL lock_timeout = '1500ms'");
    }

    @ParameterizedTest
    @EnumSource(
            value = Database.class,
            names = {"MYSQL", "MARIADB", "SQLITE", "COCKROACHDB", "TIDB"})
    void whatCannotBeHadIsRefusedWithTheReason(Database database) {
        assertThatThrownBy(() -> TableLockSql.of(database, LockMode.SHARE_UPDATE_EXCLUSIVE, FIVE))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageMatching("a lock in mode SHARE UPDATE EXCLUSIVE is not supported on "
                        + database.productName() + ", because .*");
    }

    @Test
    void theOrderDoesNotDependOnTheCaller() {
        TableName one = TableName.of("b", "one");
        TableName two = TableName.of("a", "two");

        assertThat(TableLockSql.order(two, one, two)).containsExactly(one, two).isEqualTo(TableLockSql.order(one, two));
        assertThatIllegalArgumentException().isThrownBy(TableLockSql::order);
    }
}
