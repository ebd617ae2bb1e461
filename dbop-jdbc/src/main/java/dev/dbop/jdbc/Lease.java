package dev.dbop.jdbc;

import dev.dbop.CommitStatus;
import dev.dbop.Deadline;
import dev.dbop.sql.Database;
import dev.dbop.sql.MySqlSql;
import dev.dbop.sql.PostgresSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for one attempt: taken from a data source and given back to it, or the caller's own. A connection that
 * failed leaves a ghost: the server goes on waiting, holding locks, even committing an autocommit statement, until it
 * notices. The next attempt ends the ghost before it begins.
 */
final class Lease {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private final @Nullable ConnectionSource source;
    private final Connection connection;
    private final Server server;
    private final @Nullable Object physical;
    private final long taken = System.nanoTime();
    private volatile boolean ghost;
    private volatile boolean probed;

    private Lease(@Nullable ConnectionSource source, Connection connection, Server server, @Nullable Object physical) {
        this.source = source;
        this.connection = connection;
        this.server = server;
        this.physical = physical;
    }

    /** Takes a connection for one attempt. */
    static Lease from(ConnectionSource source) throws SQLException {
        Connection connection = source.acquire();
        try {
            Server server = Server.of(source.identity(), connection);
            return new Lease(source, connection, server, server.driver.physical(connection));
        } catch (Throwable failure) {
            try {
                source.release(connection);
            } catch (SQLException | RuntimeException notReturned) {
                JdbcAttempt.suppress(failure, notReturned);
            }
            throw failure;
        }
    }

    /** The caller's connection, which stays open. */
    static Lease ofCaller(Connection connection, Server server) {
        return new Lease(null, connection, server, null);
    }

    Connection connection() {
        return connection;
    }

    Server server() {
        return server;
    }

    /** Gives the connection back after success, or discards it if it could not be put back as it was found. */
    void giveBack(boolean trusted) {
        try {
            close(trusted);
        } catch (SQLException | RuntimeException notReturned) {
            LOG.debug("a connection could not be given back; the pool has to notice", notReturned);
        }
    }

    /** Gives the connection back after a failure, into which clean-up failures are suppressed, or discards it. */
    void giveBackAfter(Throwable cause, boolean trusted) {
        ghost = !trusted && physical != null;
        try {
            close(trusted);
        } catch (SQLException | RuntimeException notReturned) {
            JdbcAttempt.suppress(cause, notReturned);
        }
    }

    /** A caller keeps a trusted connection; one whose settings nobody knows is cut, so that its next use fails. */
    private void close(boolean trusted) throws SQLException {
        if (!trusted) {
            discard();
        }
        if (source != null) {
            source.release(connection);
        } else if (!trusted) {
            connection.close();
        }
    }

    /** Cuts the connection, then lets the pool find out at once instead of handing it to the next borrower. */
    private void discard() {
        try {
            connection.abort(Runnable::run);
            if (physical instanceof Connection drivers) {
                // With several hosts in its URL, MariaDB's driver would connect anew for what comes after an abort.
                drivers.close();
            }
        } catch (SQLException | RuntimeException closedAlready) {
            LOG.trace("a connection to be discarded was closed", closedAlready);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        } catch (SQLException | RuntimeException closed) {
            // What was wanted: pools watch for failures of this kind.
            LOG.trace("a discarded connection is closed", closed);
        }
    }

    /** Ends on the server what an earlier lease left there, if anything. */
    void endGhostOf(@Nullable Lease earlier) {
        if (earlier != null && earlier.ghost) {
            earlier.endGhostThrough(connection);
        }
    }

    /** Ends the session without waiting for another attempt: its time was up, and there may be none. */
    void endGhostInBackground() {
        ConnectionSource from = source;
        if (ghost && from != null) {
            Canceller.inBackground(() -> endGhostThrough(from));
        }
    }

    /**
     * Asks, on a connection of its own, what became of the transaction. One that is still open when it is asked for the
     * second time is ended first: its COMMIT may never arrive, and its session wait for it.
     */
    CommitStatus probe(CommitMark mark, Deadline deadline) throws SQLException {
        if (source == null) {
            return CommitStatus.UNKNOWN;
        }
        Lease lost = probed ? this : null;
        probed = true;
        return ask(source, mark, deadline, lost);
    }

    /**
     * Asks on a connection of its own what became of a transaction.
     *
     * @param lost the lease of its session, if that is to be ended first
     */
    static CommitStatus ask(ConnectionSource source, CommitMark mark, Deadline deadline, @Nullable Lease lost)
            throws SQLException {
        Lease asking = from(source);
        CommitStatus status;
        try {
            Integer before = limitReads(asking.connection, deadline);
            asking.endGhostOf(lost);
            status = mark.look(asking.server, asking.connection, deadline);
            if (before != null) {
                asking.connection.setNetworkTimeout(Runnable::run, before);
            }
        } catch (Throwable failure) {
            asking.giveBackAfter(failure, false);
            throw failure;
        }
        asking.giveBack(true);
        return status;
    }

    /** A server that does not answer must not hold the call beyond its deadline. */
    private static @Nullable Integer limitReads(Connection connection, Deadline deadline) throws SQLException {
        try {
            int before = connection.getNetworkTimeout();
            long millis = Math.max(1, deadline.remaining().toMillis());
            connection.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, millis));
            return before;
        } catch (SQLFeatureNotSupportedException inProcess) {
            return null;
        }
    }

    private void endGhostThrough(ConnectionSource from) {
        try {
            Connection another = from.acquire();
            endGhostThrough(another);
            from.release(another);
        } catch (SQLException unreachable) {
            LOG.debug("a lost session could not be ended; the server ends it when it notices", unreachable);
        }
    }

    private void endGhostThrough(Connection another) {
        Long session = server.driver.sessionId(physical);
        if (session == null) {
            return;
        }
        Duration age = Duration.ofNanos(System.nanoTime() - taken);
        try (Statement statement = another.createStatement()) {
            if (server.database.family() == Database.Family.POSTGRESQL) {
                statement.execute(PostgresSql.terminate(session.intValue(), age));
            } else {
                kill(statement, MySqlSql.of(server.database).findSession(session, age));
            }
            ghost = false;
        } catch (SQLException notEnded) {
            // Missing privilege, or gone in the meantime: the rerun waits for its locks like anybody else.
            LOG.debug("lost session {} could not be ended", session, notEnded);
        }
        endTransactionOn(another);
    }

    /** Out of autocommit the question has begun a transaction, too late then for the next one to choose its isolation. */
    private static void endTransactionOn(Connection another) {
        try {
            if (!another.getAutoCommit()) {
                another.rollback();
            }
        } catch (SQLException lost) {
            LOG.debug("the transaction a lost session was ended in could not be ended", lost);
        }
    }

    private static void kill(Statement statement, String find) throws SQLException {
        Long found = null;
        try (ResultSet rows = statement.executeQuery(find)) {
            if (rows.next()) {
                found = rows.getLong(1);
            }
        }
        if (found != null) {
            statement.execute("KILL " + found);
        }
    }
}
