package dev.dbop.vertx;

import dev.dbop.AsyncPreAttemptHook;
import dev.dbop.Timeouts;
import dev.dbop.sql.Database;
import dev.dbop.sql.PostgresSql;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;

/**
 * Server timeouts on a connection of your own, for a scope of your own. The scopes of {@link VertxScope} set and restore
 * them themselves.
 */
public final class VertxTimeouts {
    private VertxTimeouts() {}

    /**
     * Returns the hook that sets an attempt's timeouts until its transaction ends, by {@code SET LOCAL}. PostgreSQL only,
     * inside a transaction: elsewhere nothing would restore what was there, so it fails with {@link
     * IllegalStateException}. One round trip, or none if there is nothing to set; never blocks.
     *
     * @return a hook
     */
    public static AsyncPreAttemptHook<SqlConnection> hook() {
        return (connection, context) -> apply(connection, context.timeouts()).toCompletionStage();
    }

    private static Future<?> apply(SqlConnection connection, Timeouts timeouts) {
        Database database = Database.of(
                connection.databaseMetadata().productName(),
                connection.databaseMetadata().fullVersion());
        if (database.family() != Database.Family.POSTGRESQL) {
            return Future.failedFuture(new IllegalStateException("VertxTimeouts.hook() is used on "
                    + database.productName()
                    + ": only a PostgreSQL transaction ends its timeouts by itself; use the scopes"
                    + " of VertxScope, which restore them"));
        }
        List<String> statements = PostgresSql.setLocal(timeouts);
        return statements.isEmpty()
                ? Future.succeededFuture()
                : connection.query(String.join("; ", statements)).execute();
    }
}
