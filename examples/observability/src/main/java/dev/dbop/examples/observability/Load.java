package dev.dbop.examples.observability;

import dev.dbop.jdbc.TwoPhase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Transfers in no order at all, so that they meet in deadlocks; now and then an account that exists already. */
final class Load {
    private static final int TELLERS = 6;
    private static final int ACCOUNTS = 4;

    private final Bank bank;

    Load(Bank bank) {
        this.bank = bank;
    }

    /** Runs for a while. */
    void run(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        ExecutorService tellers = Executors.newFixedThreadPool(TELLERS);
        for (int teller = 0; teller < TELLERS; teller++) {
            Random random = new Random(teller);
            tellers.execute(() -> {
                while (System.nanoTime() < end) {
                    work(random);
                }
            });
        }
        tellers.shutdown();
        if (!tellers.awaitTermination(time.toSeconds() + 30, TimeUnit.SECONDS)) {
            tellers.shutdownNow();
        }
    }

    private void work(Random random) {
        try {
            if (random.nextInt(200) == 0) {
                bank.open(1);
            } else {
                int from = 1 + random.nextInt(ACCOUNTS);
                bank.transfer(from, 1 + (from + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS, 1);
            }
        } catch (SQLException counted) {
            // The metrics tell.
        }
    }

    /** Two-phase commits of one application over two databases, whose recovery has something to look after. */
    static TwoPhase twoPhase(DataSource accounts, DataSource ledger) throws SQLException {
        return TwoPhase.builder()
                .branch("accounts", accounts)
                .branch("ledger", ledger)
                .build();
    }
}
