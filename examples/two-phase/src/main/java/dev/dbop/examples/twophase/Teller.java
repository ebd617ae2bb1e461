package dev.dbop.examples.twophase;

import dev.dbop.jdbc.TwoPhase;
import dev.dbop.jdbc.TwoPhaseTransaction;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;

/** A process that moves money between the two servers until it is killed. */
final class Teller {
    private static final int THREADS = 4;

    private Teller() {}

    /**
     * Moves money.
     *
     * @param urls of the accounts and the ledger
     */
    public static void main(String[] urls) throws SQLException {
        try (Bank bank = new Bank(urls[0], urls[1])) {
            TwoPhase twoPhase = bank.twoPhase();
            for (int i = 0; i < THREADS; i++) {
                new Thread(() -> moveForEver(twoPhase), "teller-" + i).start();
            }
            System.out.println("moving");
            Thread.currentThread().join();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static void moveForEver(TwoPhase twoPhase) {
        while (true) {
            try {
                twoPhase.call(Teller::move);
            } catch (SQLException failed) {
                System.err.println("not moved: " + failed.getMessage());
            }
        }
    }

    private static int move(TwoPhaseTransaction tx) throws SQLException {
        int id = ThreadLocalRandom.current().nextInt(Bank.ACCOUNTS);
        int amount = ThreadLocalRandom.current().nextInt(1, 10);
        add(tx, "accounts", id, -amount);
        add(tx, "ledger", id, amount);
        return amount;
    }

    private static void add(TwoPhaseTransaction tx, String branch, int id, int amount) throws SQLException {
        try (PreparedStatement statement =
                tx.connection(branch).prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            statement.setInt(1, amount);
            statement.setInt(2, id);
            statement.executeUpdate();
        }
    }
}
