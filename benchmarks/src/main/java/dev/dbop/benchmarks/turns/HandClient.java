package dev.dbop.benchmarks.turns;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.benchmarks.Pools;
import dev.dbop.benchmarks.peers.Contended;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** JDBC as one writes it, statement after statement. */
final class HandClient implements Client {
    /** How a step is done. */
    enum Style {
        /** A savepoint, and the timeouts are left as they were set. */
        PLAIN,
        /** A savepoint, and the timeouts are asked for before and set back after. */
        RESTORING,
        /** The driver's own savepoint before each statement, and no other. */
        AUTOSAVE
    }

    private final HikariDataSource pool;
    private final Dialect dialect;
    private final Style style;

    HandClient(String url, Dialect dialect, Style style) {
        this.pool = Pools.pool(style == Style.AUTOSAVE ? url + "&autosave=always" : url, 1, null);
        this.dialect = dialect;
        this.style = style;
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // before execute() of a write MySQL Connector/J asks the server whether the session is read-only
            statement.executeUpdate(sql);
        }
    }

    static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Override
    public void transaction(Case counted, Meter meter) throws Exception {
        Client.again(() -> {
            try (Connection connection = pool.getConnection()) {
                if (counted.serializable) {
                    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                }
                connection.setAutoCommit(false);
                inTransaction(connection, counted, meter);
                connection.setAutoCommit(true);
                return true;
            }
        });
    }

    private void inTransaction(Connection connection, Case counted, Meter meter) throws SQLException {
        try {
            List<String> before = new ArrayList<>();
            limit(connection, counted, before);
            execute(connection, meter.update());
            connection.commit();
        } catch (SQLException failure) {
            connection.rollback();
            throw failure;
        }
    }

    private void limit(Connection connection, Case counted, List<String> before) throws SQLException {
        if (counted.limited) {
            if (style == Style.RESTORING && counted.isStep) {
                for (String question : dialect.ask()) {
                    before.add(ask(connection, question));
                }
            }
            for (String limit : dialect.limits()) {
                execute(connection, limit);
            }
        }
    }

    @Override
    public void step(Case counted, Meter meter) throws Exception {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            execute(connection, Dialect.UPDATE);
            meter.begin();
            Client.again(() -> step(connection, counted, meter));
            meter.end();
            meter.limitAfter(ask(connection, dialect.ask().get(0)));
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private boolean step(Connection connection, Case counted, Meter meter) throws SQLException {
        List<String> before = new ArrayList<>();
        if (style == Style.AUTOSAVE) {
            limit(connection, counted, before);
            execute(connection, meter.update());
            return true;
        }
        Savepoint savepoint = connection.setSavepoint();
        try {
            limit(connection, counted, before);
            execute(connection, meter.update());
            for (int i = 0; i < before.size(); i++) {
                execute(connection, String.format(dialect.restore().get(i), before.get(i)));
            }
            connection.releaseSavepoint(savepoint);
            return true;
        } catch (SQLException failure) {
            if (Contended.is(failure)) {
                connection.rollback(savepoint);
            }
            throw failure;
        }
    }

    @Override
    public void read() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            ask(connection, Dialect.READ);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
