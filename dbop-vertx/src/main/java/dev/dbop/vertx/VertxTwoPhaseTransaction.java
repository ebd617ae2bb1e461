package dev.dbop.vertx;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Objects;

/**
 * A transaction over several databases, as an operation of {@link VertxTwoPhase} gets it. Belongs to one attempt;
 * thread-safe.
 */
public final class VertxTwoPhaseTransaction {
    private final TwoPhaseAttempt attempt;
    private volatile List<String> pending = List.of();

    VertxTwoPhaseTransaction(TwoPhaseAttempt attempt) {
        this.attempt = attempt;
    }

    /**
     * Returns the connection of one database, whose branch begins when it is first asked for. It behaves like the one of
     * {@link VertxScope#transaction(io.vertx.sqlclient.Pool)}: savepoint scopes may be opened on it, {@code begin()},
     * COMMIT and ROLLBACK are refused, and so are statements that would commit implicitly. Never blocks.
     *
     * @param branch the name the database was given to the {@link VertxTwoPhase}
     * @return completes with the same connection until the attempt ends; fails if none can be had, if the branch cannot
     *     begin, and with {@link IllegalStateException} once the attempt has ended
     * @throws IllegalArgumentException if no database has that name
     */
    public Future<SqlConnection> connection(String branch) {
        return attempt.connection(Objects.requireNonNull(branch, "branch"));
    }

    /**
     * Returns the name of the group, as it stands in the names of its prepared branches and in the decision row.
     *
     * @return for logs, and for finding the branches on the servers
     */
    public String id() {
        return attempt.group().toString();
    }

    List<String> pending() {
        return pending;
    }

    void pending(List<String> names) {
        pending = names;
    }
}
