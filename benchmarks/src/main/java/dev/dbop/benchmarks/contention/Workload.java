package dev.dbop.benchmarks.contention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** What the workers do to each other. */
enum Workload {
    /** Transfers between any two of ten rows, in any order. */
    HOT(10),
    /** The same between a hundred rows. */
    MILD(100),
    /** The same, while two workers each keep one row for 0.3 to 2 seconds at a time, as they may. */
    KEEPERS(100),
    /** Everybody updates one row, and keeps it for 20 ms: whoever waits, waits for a good reason, and long. */
    QUEUE(1),
    /** Everybody reads one row, and adds one to it. */
    COUNTER(1);

    /** Workers that keep rows. */
    static final int KEEPING = 2;

    private static final long THINK_MILLIS = 1;
    private static final long QUEUE_MILLIS = 20;

    final int rows;

    Workload(int rows) {
        this.rows = rows;
    }

    /** One transaction's choice, the same in each of its attempts. */
    record Choice(int from, int to, long keepMillis) {}

    Choice choose(int worker) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int from = 1 + random.nextInt(rows);
        int to = rows == 1 ? from : 1 + (from - 1 + 1 + random.nextInt(rows - 1)) % rows;
        boolean keeps = this == KEEPERS && worker < KEEPING;
        return new Choice(from, to, keeps ? random.nextLong(300, 2000) : 0);
    }

    /** Does it; true goes on, false ends before anything more is done. */
    void run(Connection connection, Choice choice, Going going) throws SQLException {
        going.check();
        if (this == COUNTER) {
            read(connection, choice.from);
            add(connection, choice.from, 1);
        } else if (this == QUEUE || choice.keepMillis > 0) {
            add(connection, choice.from, this == QUEUE ? 1 : 0);
            sleep(this == QUEUE ? QUEUE_MILLIS : choice.keepMillis);
        } else {
            add(connection, choice.from, -1);
            sleep(THINK_MILLIS);
            going.check();
            add(connection, choice.to, 1);
        }
        going.check();
    }

    /** What the rows add up to after a number of commits. */
    long sumAfter(long commits) {
        return this == COUNTER || this == QUEUE ? commits : 0;
    }

    private static void read(Connection connection, int id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT v FROM acct WHERE id = ?")) {
            select.setInt(1, id);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
            }
        }
    }

    private static void add(Connection connection, int id, int amount) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE acct SET v = v + ? WHERE id = ?")) {
            update.setInt(1, amount);
            update.setInt(2, id);
            update.executeUpdate();
        }
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the cell still counts. */
    static final class Going {
        private volatile boolean over;

        void end() {
            over = true;
        }

        boolean isOver() {
            return over;
        }

        void check() {
            if (over) {
                throw new Over();
            }
        }
    }

    /** The cell is over: the transaction is rolled back, and counts as unfinished. */
    static final class Over extends RuntimeException {
        private static final long serialVersionUID = 1;

        Over() {
            super("the cell is over", null, false, false);
        }
    }
}
