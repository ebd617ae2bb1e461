package dev.dbop.benchmarks.turns;

import dev.dbop.AttemptScope;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.jooq.JooqScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/** What dbop's cases need of a client library: its scopes, and how it runs SQL. */
interface Backend<R, X extends Exception> {
    AttemptScope<R, X> transaction();

    AttemptScope<R, X> savepoint(R resource);

    AttemptScope<R, X> autocommit();

    void execute(R resource, String sql) throws X;

    String ask(R resource, String sql) throws X;

    /** JDBC. */
    record Jdbc(DataSource source, boolean riding) implements Backend<Connection, SQLException> {
        private AttemptScope<Connection, SQLException> of(AttemptScope<Connection, SQLException> scope) {
            return riding ? JdbcScope.ridingPrologue(scope) : scope;
        }

        @Override
        public AttemptScope<Connection, SQLException> transaction() {
            return of(JdbcScope.transaction(source));
        }

        @Override
        public AttemptScope<Connection, SQLException> savepoint(Connection connection) {
            return of(JdbcScope.savepoint(connection));
        }

        @Override
        public AttemptScope<Connection, SQLException> autocommit() {
            return JdbcScope.autocommit(source);
        }

        @Override
        public void execute(Connection connection, String sql) throws SQLException {
            HandClient.execute(connection, sql);
        }

        @Override
        public String ask(Connection connection, String sql) throws SQLException {
            return HandClient.ask(connection, sql);
        }
    }

    /** jOOQ. */
    record Jooq(DSLContext dsl) implements Backend<DSLContext, DataAccessException> {
        @Override
        public AttemptScope<DSLContext, DataAccessException> transaction() {
            return JooqScope.transaction(dsl);
        }

        @Override
        public AttemptScope<DSLContext, DataAccessException> savepoint(DSLContext outer) {
            return JooqScope.savepoint(outer);
        }

        @Override
        public AttemptScope<DSLContext, DataAccessException> autocommit() {
            return JooqScope.autocommit(dsl);
        }

        @Override
        public void execute(DSLContext context, String sql) {
            context.execute(sql);
        }

        @Override
        public String ask(DSLContext context, String sql) {
            return String.valueOf(Objects.requireNonNull(context.fetchValue(sql)));
        }
    }
}
