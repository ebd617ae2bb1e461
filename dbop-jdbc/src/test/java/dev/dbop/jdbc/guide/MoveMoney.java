package dev.dbop.jdbc.guide;

// snippet: build
import dev.dbop.DbopRunner;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.twophase.TwoPhaseResult;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** Moves money between two databases, in both or in none. */
final class MoveMoney {
    private final TwoPhase twoPhase;

    MoveMoney(DataSource accounts, DataSource ledger) throws SQLException {
        twoPhase = TwoPhase.builder()
                .runner(DbopRunner.create().named("transfer").lockTimeout(Duration.ofSeconds(3)))
                .branch("accounts", accounts) // the first holds the decisions
                .branch("ledger", ledger)
                .build();
    }
    // end snippet

    TwoPhase twoPhase() {
        return twoPhase;
    }

    // snippet: build

    int move(int amount) throws SQLException {
        TwoPhaseResult<Integer> result = twoPhase.call(tx -> {
            add(tx.connection("accounts"), -amount);
            return add(tx.connection("ledger"), amount);
        });
        // committed, whatever happens from here on; databases that are still to be told are in result.pending()
        return result.value();
    }

    private static int add(Connection connection, int amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = 1")) {
            update.setInt(1, amount);
            return update.executeUpdate();
        }
    }
}
// end snippet
