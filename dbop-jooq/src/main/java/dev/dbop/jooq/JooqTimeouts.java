package dev.dbop.jooq;

import dev.dbop.PreAttemptHook;
import dev.dbop.jdbc.JdbcTimeouts;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/**
 * Server timeouts on a {@link DSLContext} of your own, for a scope of your own. The scopes of {@link JooqScope} do this
 * themselves.
 */
public final class JooqTimeouts {
    private static final PreAttemptHook<Connection, SQLException> BELOW = JdbcTimeouts.hook();

    private JooqTimeouts() {}

    /**
     * Returns the hook that sets an attempt's timeouts until its transaction ends, as {@link JdbcTimeouts#hook} does.
     * PostgreSQL and its relatives only; elsewhere call {@link JdbcTimeouts#apply(Connection, dev.dbop.AttemptContext)} on the
     * connection that {@code dsl.connectionResult(...)} gives, and restore what was there when the attempt ends.
     *
     * @return a hook; on other databases, and outside a transaction, it throws {@link IllegalStateException}
     */
    public static PreAttemptHook<DSLContext, DataAccessException> hook() {
        return (dsl, context) -> dsl.connection(connection -> BELOW.beforeAttempt(connection, context));
    }
}
