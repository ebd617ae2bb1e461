package dev.dbop.examples.demo;

import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Does transfers with dbop: a transaction, and in it the step that contends as a savepoint. The database is asked what
 * became of a COMMIT whose answer never came.
 */
final class DbopTeller implements Teller {
    static final String TRANSFER = "transfer";

    private static final DbopRunner RUNNER = DbopRunner.create().policy(Patience.policy());

    private final DataSource source;
    private final JdbcCommitProbe probe;
    private final DbopRunner transfer;
    private final DbopRunner move;

    DbopTeller(DataSource source, Database database, Lane lane) {
        this.source = source;
        this.probe = database == Database.POSTGRESQL
                ? JdbcCommitProbe.pgXactStatus()
                : JdbcCommitProbe.tokenRow(Bank.TOKENS);
        this.transfer = RUNNER.named(TRANSFER).listeners(lane);
        this.move = RUNNER.named("move-money").listeners(lane);
    }

    @Override
    public void transfer(Transfer order) throws SQLException {
        transfer.run(JdbcScope.transaction(source, probe), connection -> bookAndMove(connection, order));
    }

    private void bookAndMove(Connection connection, Transfer order) throws SQLException {
        Bank.book(connection, order);
        move.run(JdbcScope.savepoint(connection), inStep -> Bank.move(inStep, order));
    }
}
