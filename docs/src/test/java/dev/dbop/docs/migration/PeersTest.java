package dev.dbop.docs.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.SerializableTransactionRunner;
import org.junit.jupiter.api.Test;

/** What the page on the alternatives says of them, where it can be run. */
@RealDatabase(Database.POSTGRESQL)
class PeersTest {
    private final TestDatabase db;

    PeersTest(TestDatabase db) {
        this.db = db;
    }

    @Test
    void aCommitThatRollsBackBecauseAFailureWasSwallowedLooksLikeSuccessToPgjdbc() throws SQLException {
        db.execute("CREATE TABLE note (v INT)");
        try (Connection connection = db.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO note VALUES (1)");
            assertThatThrownBy(() -> statement.execute("SELECT 1 / 0")).isInstanceOf(SQLException.class);

            connection.commit();
        }
        assertThat(db.number("SELECT count(*) FROM note")).isZero();
    }

    @Test
    void jdbisInnerTransactionsJoinAndAreNotRetriedAlone() {
        Jdbi jdbi = Jdbi.create(db.dataSource());
        jdbi.setTransactionHandler(new SerializableTransactionRunner());
        jdbi.getConfig(SerializableTransactionRunner.Configuration.class).setMaxRetries(2);
        AtomicInteger runs = new AtomicInteger();

        assertThatThrownBy(() -> jdbi.useTransaction(outer -> outer.useTransaction(inner -> {
                    runs.incrementAndGet();
                    inner.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$");
                })))
                .hasMessageContaining("40001");
        assertThat(runs).hasValue(3);
    }
}
