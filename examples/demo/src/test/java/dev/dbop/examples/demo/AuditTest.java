package dev.dbop.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditTest {

    private static final Transfer TRANSFER = new Transfer(7, 1, 2, 500);

    private final TestDatabase database = create();

    private static TestDatabase create() {
        try {
            return TestServers.shared(Database.SQLITE).createDatabase(ClientDriver.OWN);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void createBank() throws SQLException {
        Bank.create(database);
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    @Test
    void aTransferWithBothRowsIsDone() throws SQLException {
        book();
        move();

        assertThat(finding(Told.Belief.DONE)).isEqualTo(Audit.Finding.DONE);
        assertThat(finding(Told.Belief.UNKNOWN)).isEqualTo(Audit.Finding.UNKNOWN_DONE);
        assertThat(finding(Told.Belief.FAILED)).isEqualTo(Audit.Finding.DONE_BUT_TOLD_FAILED);
    }

    @Test
    void aTransferWithoutRowsIsLostOnlyWhenToldDone() throws SQLException {
        assertThat(finding(Told.Belief.DONE)).isEqualTo(Audit.Finding.LOST);
        assertThat(finding(Told.Belief.FAILED)).isEqualTo(Audit.Finding.UNDONE);
        assertThat(finding(Told.Belief.UNKNOWN)).isEqualTo(Audit.Finding.UNKNOWN_UNDONE);
    }

    @Test
    void aTransferBookedAndNotMovedIsLost() throws SQLException {
        book();

        assertThat(finding(Told.Belief.DONE)).isEqualTo(Audit.Finding.LOST);
        assertThat(finding(Told.Belief.FAILED)).isEqualTo(Audit.Finding.LOST);
    }

    @Test
    void aTransferMovedAndNotBookedIsLost() throws SQLException {
        move();

        assertThat(finding(Told.Belief.DONE)).isEqualTo(Audit.Finding.LOST);
    }

    @Test
    void aTransferMovedTwiceIsDoubled() throws SQLException {
        book();
        move();
        move();

        assertThat(finding(Told.Belief.DONE)).isEqualTo(Audit.Finding.DOUBLED);
    }

    @Test
    void aBalanceThatNoMovementExplainsIsWrong() throws SQLException {
        book();
        move();
        assertThat(Audit.of(database).wrongBalances()).isZero();

        database.execute("UPDATE account SET balance = balance + 1 WHERE id = 3");

        assertThat(Audit.of(database).wrongBalances()).isOne();
    }

    private void book() throws SQLException {
        try (Connection connection = database.connect()) {
            Bank.book(connection, TRANSFER);
        }
    }

    private void move() throws SQLException {
        try (Connection connection = database.connect()) {
            Bank.move(connection, TRANSFER);
        }
    }

    private Audit.Finding finding(Told.Belief belief) throws SQLException {
        return Audit.of(database).finding(new Told(TRANSFER, belief, 0, 1));
    }
}
