package dev.dbop.jdbc.tools;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.DatabaseSql;
import dev.dbop.sql.ServerError;
import dev.dbop.sql.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** Creates databases and empties tables: what tests and set-up programs need. Names are quoted, whatever is in them. */
public final class Databases {
    private static final DbopRunner CREATE =
            DbopRunner.create().named("create-database").idempotent();

    private Databases() {}

    /**
     * Creates a database unless there is one of that name. Tried again, with the delays of {@link
     * dev.dbop.RetryPolicy#defaults()}, while others are connected to PostgreSQL's {@code template1}, which is copied: the
     * server itself waits 5 s for them each time (SQLSTATE 55006; manual, "Template Databases"). Blocks until then.
     *
     * @param server gives connections to any database of the server, such as {@code postgres}, as a user who may create one
     * @param name the name, unquoted; case counts on PostgreSQL
     * @return true if it was created, false if it was there; false, too, if it was created by a statement whose answer was
     *     lost, and which was tried again
     * @throws SQLException if it cannot be created: missing privileges, others who stay connected to the template, a name
     *     the server does not take
     * @throws IllegalArgumentException if the name is empty, contains NUL, or has more than the 63 bytes PostgreSQL keeps
     * @throws UnsupportedOperationException on SQLite, where a database is a file
     */
    public static boolean create(DataSource server, String name) throws SQLException {
        return create(JdbcScope.autocommit(server), name);
    }

    /**
     * Creates a database as {@link #create(DataSource, String)}, on the caller's connection, so that nothing is tried again
     * once that is lost.
     *
     * @param server to any database of the server, in autocommit mode; stays open
     * @param name the name, unquoted; case counts on PostgreSQL
     * @return true if it was created, false if it was there
     * @throws SQLException as {@link #create(DataSource, String)}
     * @throws IllegalArgumentException as {@link #create(DataSource, String)}
     * @throws IllegalStateException if autocommit is off or a transaction is open: no database can be created in one
     * @throws UnsupportedOperationException on SQLite, where a database is a file
     */
    public static boolean create(Connection server, String name) throws SQLException {
        return create(JdbcScope.autocommit(server), name);
    }

    private static boolean create(AttemptScope<Connection, SQLException> scope, String name) throws SQLException {
        return CREATE.call(scope, connection -> {
            DatabaseSql sql = DatabaseSql.of(Statements.database(connection));
            String create = sql.create(name);
            try {
                Statements.run(connection, create);
                return true;
            } catch (SQLException failure) {
                if (sql.saysExists(new ServerError(failure.getSQLState(), failure.getErrorCode(), null, null))) {
                    return false;
                }
                throw failure;
            }
        });
    }

    /**
     * Empties tables and has their numbering (identity, serial, AUTO_INCREMENT, AUTOINCREMENT) begin anew. Refused while
     * another table's foreign key refers to one of them: name that table, too, or see {@link #truncateWithDependants}.
     *
     * <p>On PostgreSQL one TRUNCATE, part of the transaction if one is open. On SQLite DELETE, which fires triggers, all
     * tables or none, part of the transaction if one is open. On MySQL and MariaDB one TRUNCATE for each table, which
     * commits: refused in a transaction, and if one fails the tables before it are empty. Waits for everybody who uses the
     * tables, for as long as the session's own limits say.
     *
     * @param connection in a transaction or not, but see above
     * @param tables in any order
     * @throws SQLException with SQLSTATE 0A000 if a table that is not named refers to one of them; nothing is emptied then.
     *     Also if the server refuses, or the connection fails
     * @throws IllegalArgumentException if no table is named
     * @throws IllegalStateException on MySQL and MariaDB if a transaction is open or autocommit is off; nothing is sent then
     */
    public static void truncate(Connection connection, TableName... tables) throws SQLException {
        Truncation.of(connection, List.of(tables)).alone();
    }

    /**
     * Empties tables as {@link #truncate}, and with them all tables whose foreign keys refer to them, directly or by way of
     * others, in whichever schema they are.
     *
     * @param connection in a transaction or not, but see {@link #truncate}
     * @param tables in any order
     * @throws SQLException if the server refuses, or the connection fails
     * @throws IllegalArgumentException if no table is named
     * @throws IllegalStateException on MySQL and MariaDB if a transaction is open or autocommit is off; nothing is sent then
     */
    public static void truncateWithDependants(Connection connection, TableName... tables) throws SQLException {
        Truncation.of(connection, List.of(tables)).withDependants();
    }
}
