package dev.dbop.vertx;

import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import dev.dbop.sql.FaultKind;
import dev.dbop.sql.ServerError;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.DatabaseException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Finds what a failure of the Vert.x clients says: the server's error in it, or that the connection is gone. */
final class VertxFaults {
    private static final int MOST = 16;

    private VertxFaults() {}

    /**
     * What was found.
     *
     * @param exception the exception that counts
     * @param fault its row, or null if the database says something no row knows
     */
    record Found(DatabaseException exception, @Nullable Fault fault) {}

    /** The first server error down the causes; one that only follows from an earlier failure never masks it. */
    static @Nullable Found find(Database database, Throwable failure) {
        Found aftermath = null;
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MOST; depth++) {
            if (at instanceof DatabaseException exception && !(at instanceof LostTransaction)) {
                Fault fault = database.faults().find(errorOf(exception));
                if (fault == null || fault.kind() != FaultKind.AFTERMATH) {
                    return new Found(exception, fault);
                }
                aftermath = aftermath == null ? new Found(exception, fault) : aftermath;
            }
            at = at.getCause();
        }
        return aftermath;
    }

    static ServerError errorOf(DatabaseException exception) {
        String routine = isPostgres(exception) ? Postgres.routine(exception) : null;
        return new ServerError(
                exception.getSqlState(), Math.max(0, exception.getErrorCode()), exception.getMessage(), routine);
    }

    /** By name: the PostgreSQL client need not be there. */
    static boolean isPostgres(Throwable exception) {
        return exception.getClass().getName().startsWith("io.vertx.pgclient.");
    }

    /** Touched only once an exception of the client has been seen. */
    private static final class Postgres {
        static @Nullable String routine(DatabaseException exception) {
            return exception instanceof PgException known ? known.getRoutine() : null;
        }
    }

    /** Whether the connection could not be made, or is gone. */
    static boolean saysUnreachable(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MOST; depth++) {
            if (at instanceof DatabaseException && !(at instanceof LostTransaction)) {
                return false;
            }
            if (at instanceof ClosedConnectionException
                    || at instanceof IOException
                    || at instanceof TimeoutException
                    || saysClosed(at)) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }

    /** Whether what was sent last never left this process: the connection was known to be closed. */
    static boolean neverSent(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MOST; depth++) {
            if (at instanceof ClosedConnectionException || at instanceof DatabaseException) {
                return false;
            }
            if (saysNeverSent(at)) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }

    private static boolean saysNeverSent(Throwable failure) {
        return failure instanceof VertxException
                && (message(failure).startsWith("Connection is not active now")
                        || message(failure).startsWith("Pending requests failed to be sent"));
    }

    /** The clients' own ways to say so have no type (vertx-sql-client 5.0). */
    private static boolean saysClosed(Throwable failure) {
        return failure instanceof ClosedChannelException
                || saysNeverSent(failure)
                || message(failure).startsWith("Connection was closed")
                || message(failure).equals("Timeout")
                || message(failure).startsWith("Timeout waiting for connection")
                || message(failure).startsWith("Connection pool reached max wait queue size");
    }

    private static String message(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }
}
