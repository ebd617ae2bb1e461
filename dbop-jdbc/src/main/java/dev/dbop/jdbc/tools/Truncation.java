package dev.dbop.jdbc.tools;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.VoidOperation;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import dev.dbop.sql.TableName;
import dev.dbop.sql.TruncateSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Empties tables, in one statement where the server can, otherwise table by table. */
final class Truncation {
    /** A failure goes to the caller as it is: what is emptied twice is empty. */
    private static final DbopRunner ONCE = DbopRunner.create()
            .named("truncate")
            .policy(RetryPolicy.noRetries())
            .idempotent()
            .listeners();

    private final Connection connection;
    private final Database database;
    private final TruncateSql sql;
    private final List<TableName> tables;

    private Truncation(Connection connection, Database database, List<TableName> tables) {
        this.connection = connection;
        this.database = database;
        this.sql = TruncateSql.of(database);
        this.tables = List.copyOf(new LinkedHashSet<>(tables));
    }

    static Truncation of(Connection connection, List<TableName> tables) throws SQLException {
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("tables is []: must not be empty; pass the tables to be emptied");
        }
        return new Truncation(connection, Statements.database(connection), tables);
    }

    void alone() throws SQLException {
        if (sql.inOneStatement()) {
            Statements.run(connection, sql.truncate(tables));
            return;
        }
        oneByOne(scoped -> {
            Dependants dependants = dependants(scoped);
            refuseUnnamed(dependants);
            empty(scoped, dependants.with(tables), dependants.exist(tables));
        });
    }

    void withDependants() throws SQLException {
        if (sql.inOneStatement()) {
            Statements.run(connection, sql.truncateWithDependants(tables));
            return;
        }
        oneByOne(scoped -> {
            Dependants dependants = dependants(scoped);
            empty(scoped, dependants.with(tables), dependants.exist(tables));
        });
    }

    private void oneByOne(VoidOperation<Connection, SQLException> work) throws SQLException {
        if (database.family() == Database.Family.SQLITE) {
            ONCE.run(JdbcScope.join(connection), work);
            return;
        }
        if (!connection.getAutoCommit()) {
            throw new IllegalStateException("autocommit is off on " + database.productName()
                    + ", whose TRUNCATE commits the transaction it is sent in: must be on; truncate before the transaction"
                    + " begins, or use DELETE");
        }
        ONCE.run(JdbcScope.autocommit(connection), work);
    }

    private Dependants dependants(Connection scoped) throws SQLException {
        Set<String> queries = new LinkedHashSet<>();
        tables.forEach(table -> queries.add(sql.foreignKeys(table)));
        List<List<String>> rows = new ArrayList<>();
        for (String query : queries) {
            rows.addAll(Statements.rows(scoped, query));
        }
        return Dependants.of(rows);
    }

    private void refuseUnnamed(Dependants dependants) throws SQLException {
        TableName unnamed = dependants.unnamed(tables);
        if (unnamed != null) {
            throw new SQLException(
                    "table \"" + unnamed
                            + "\" has a foreign key to a table that is to be emptied, and is not named: its"
                            + " rows would be left without what they refer to; name it, too, or use"
                            + " truncateWithDependants",
                    "0A000");
        }
    }

    private void empty(Connection scoped, List<TableName> all, boolean referredTo) throws SQLException {
        boolean suspend = referredTo && "1".equals(Statements.value(scoped, sql.checks()));
        if (!suspend) {
            emptyEach(scoped, all);
            return;
        }
        Statements.run(scoped, sql.suspendChecks());
        try {
            emptyEach(scoped, all);
        } catch (SQLException | RuntimeException failure) {
            try {
                Statements.run(scoped, sql.resumeChecks());
            } catch (SQLException | RuntimeException notResumed) {
                Statements.suppress(failure, notResumed);
            }
            throw failure;
        }
        Statements.run(scoped, sql.resumeChecks());
    }

    private void emptyEach(Connection scoped, List<TableName> all) throws SQLException {
        for (TableName table : all) {
            List<String> statements = sql.empty(table);
            boolean numbered = statements.size() == 1 || Statements.value(scoped, sql.sequences(table)) != null;
            Statements.runAll(scoped, numbered ? statements : statements.subList(0, 1));
        }
    }
}
