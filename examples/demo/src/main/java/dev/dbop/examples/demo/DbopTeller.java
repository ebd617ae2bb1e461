package dev.dbop.examples.demo;

import dev.dbop.DbopRunner;
import dev.dbop.OutcomeUnknownException;
import dev.dbop.Timeouts;
import dev.dbop.jdbc.JdbcScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** Does transfers with dbop: a transaction, and in it the step that contends as a savepoint. */
final class DbopTeller implements Teller {
    static final String TRANSFER = "transfer";
    static final String MOVE = "move-money";

    private static final Duration FIRST_LOCK_WAIT = Duration.ofMillis(50);

    /** The first attempts wait shortly, since a long wait on a hot row is mostly a deadlock; later ones wait longer. */
    private static final DbopRunner RUNNER = DbopRunner.create()
            .policy(Patience.policy())
            .timeouts(attempt -> Timeouts.none().withLock(FIRST_LOCK_WAIT.multipliedBy(attempt)));

    private final DataSource source;
    private final Lane lane;
    private final DbopRunner transfer;
    private final DbopRunner move;

    DbopTeller(DataSource source, Lane lane) {
        this.source = source;
        this.lane = lane;
        this.transfer = RUNNER.named(TRANSFER).listeners(lane);
        this.move = RUNNER.named(MOVE).listeners(lane);
    }

    @Override
    public void transfer(Transfer order) throws SQLException {
        try {
            transfer.run(JdbcScope.transaction(source), connection -> bookAndMove(connection, order));
        } catch (OutcomeUnknownException unknown) {
            resolve(order, unknown);
        }
    }

    private void bookAndMove(Connection connection, Transfer order) throws SQLException {
        Bank.book(connection, order);
        move.run(JdbcScope.savepoint(connection), inStep -> Bank.move(inStep, order));
    }

    /** Looks whether the transfer happened, and repeats it if not: in one transaction, which may end unknown itself. */
    private void resolve(Transfer order, OutcomeUnknownException first) throws SQLException {
        OutcomeUnknownException unknown = first;
        for (int look = 0; look < Patience.MAX_RETRIES; look++) {
            try {
                transfer.run(JdbcScope.transaction(source), connection -> {
                    if (!Bank.isBooked(connection, order)) {
                        bookAndMove(connection, order);
                    }
                });
                lane.resolved();
                return;
            } catch (OutcomeUnknownException again) {
                unknown = again;
            }
        }
        throw unknown;
    }
}
