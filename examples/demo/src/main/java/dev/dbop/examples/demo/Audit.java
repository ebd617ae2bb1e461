package dev.dbop.examples.demo;

import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** What the database holds when all is over, transfer by transfer. */
final class Audit {

    /** What a transfer has come to, compared with what its worker was told. */
    enum Finding {
        /** Told done, and done once. */
        DONE,
        /** Told failed, and nothing of it is there. */
        UNDONE,
        /** Told "unknown", and done once. */
        UNKNOWN_DONE,
        /** Told "unknown", and nothing of it is there. */
        UNKNOWN_UNDONE,
        /** Told failed, and yet done once. */
        DONE_BUT_TOLD_FAILED,
        /** Half of it is there, or nothing though it was told done. */
        LOST,
        /** There more than once. */
        DOUBLED
    }

    /** Accounts whose balance is not what the movements, and nothing else, make of it. */
    private static final String WRONG_BALANCES = """
            SELECT count(*) FROM account WHERE balance <> %d
              + (SELECT coalesce(sum(amount), 0) FROM movement WHERE payee = account.id)
              - (SELECT coalesce(sum(amount), 0) FROM movement WHERE payer = account.id)""".formatted(Bank.OPENING_BALANCE);

    private final Map<Long, Integer> ledger;
    private final Map<Long, Integer> movements;
    private final long wrongBalances;

    private Audit(Map<Long, Integer> ledger, Map<Long, Integer> movements, long wrongBalances) {
        this.ledger = ledger;
        this.movements = movements;
        this.wrongBalances = wrongBalances;
    }

    static Audit of(TestDatabase database) throws SQLException {
        try (Connection connection = database.connect()) {
            return new Audit(
                    rowsPerTransfer(connection, "ledger"),
                    rowsPerTransfer(connection, "movement"),
                    database.number(WRONG_BALANCES));
        }
    }

    Finding finding(Told told) {
        int booked = ledger.getOrDefault(told.transfer().id(), 0);
        int moved = movements.getOrDefault(told.transfer().id(), 0);
        if (booked > 1 || moved > 1) {
            return Finding.DOUBLED;
        }
        boolean done = told.belief() == Told.Belief.DONE;
        if (booked != moved || (done && booked == 0)) {
            return Finding.LOST;
        }
        return switch (told.belief()) {
            case DONE -> Finding.DONE;
            case FAILED -> booked == 0 ? Finding.UNDONE : Finding.DONE_BUT_TOLD_FAILED;
            case UNKNOWN -> booked == 0 ? Finding.UNKNOWN_UNDONE : Finding.UNKNOWN_DONE;
        };
    }

    /** How often a transfer's money has moved. */
    int movements(Told told) {
        return movements.getOrDefault(told.transfer().id(), 0);
    }

    long wrongBalances() {
        return wrongBalances;
    }

    private static Map<Long, Integer> rowsPerTransfer(Connection connection, String table) throws SQLException {
        Map<Long, Integer> counts = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT transfer, count(*) FROM " + table + " GROUP BY transfer")) {
            while (rows.next()) {
                counts.put(rows.getLong(1), rows.getInt(2));
            }
        }
        return counts;
    }
}
