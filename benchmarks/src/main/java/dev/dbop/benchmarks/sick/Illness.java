package dev.dbop.benchmarks.sick;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** The operation: takes the server a while, and fails half of the time while the database is ill. Counts its requests. */
final class Illness {
    /** Works for a number of milliseconds, then fails as a serialization failure does if it is to. */
    static final String FUNCTION = "CREATE FUNCTION work(millis INT, fails BOOLEAN) RETURNS INT LANGUAGE plpgsql AS $$"
            + " BEGIN PERFORM pg_sleep(millis / 1000.0);"
            + " IF fails THEN RAISE EXCEPTION 'ill' USING ERRCODE = '40001'; END IF; RETURN 1; END $$";

    private final int millis;
    private final AtomicLong requests = new AtomicLong();
    private volatile boolean ill;

    Illness(Duration work) {
        this.millis = (int) work.toMillis();
    }

    void begin() {
        ill = true;
    }

    void end() {
        ill = false;
    }

    long requests() {
        return requests.get();
    }

    Boolean request(Connection connection) throws SQLException {
        requests.incrementAndGet();
        boolean fails = ill && ThreadLocalRandom.current().nextBoolean();
        try (PreparedStatement statement = connection.prepareStatement("SELECT work(?, ?)")) {
            statement.setInt(1, millis);
            statement.setBoolean(2, fails);
            statement.executeQuery().close();
            return true;
        }
    }
}
