package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IsolationTest {
    @ParameterizedTest
    @CsvSource({
        "READ_UNCOMMITTED, READ UNCOMMITTED",
        "READ_COMMITTED, READ COMMITTED",
        "REPEATABLE_READ, REPEATABLE READ",
        "SERIALIZABLE, SERIALIZABLE"
    })
    void spellsTheLevelAsSqlDoes(Isolation level, String sql) {
        assertThat(level.sql()).isEqualTo(sql);
    }

    @Test
    void agreesWithTheConstantsOfJdbc() {
        assertThat(Isolation.READ_UNCOMMITTED.jdbcLevel()).isEqualTo(Connection.TRANSACTION_READ_UNCOMMITTED);
        assertThat(Isolation.READ_COMMITTED.jdbcLevel()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
        assertThat(Isolation.REPEATABLE_READ.jdbcLevel()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        assertThat(Isolation.SERIALIZABLE.jdbcLevel()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
    }

    @ParameterizedTest
    @EnumSource
    void findsTheLevelOfItsOwnConstant(Isolation level) {
        assertThat(Isolation.ofJdbcLevel(level.jdbcLevel())).isEqualTo(level);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, -1, 16})
    void refusesAnyOtherNumber(int number) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Isolation.ofJdbcLevel(number))
                .withMessageContaining("JDBC isolation level is " + number)
                .withMessageContaining("1, 2, 4 or 8");
    }
}
