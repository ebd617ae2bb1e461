package dev.dbop.jdbc;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.Deadline;
import dev.dbop.Phase;
import dev.dbop.Timeouts;
import dev.dbop.Verdict;
import dev.dbop.sql.Fault;
import dev.dbop.sql.FaultKind;
import dev.dbop.sql.MySqlSql;
import dev.dbop.sql.StatementText;
import dev.dbop.sql.Undone;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on a JDBC connection: what transaction, savepoint and single statement have in common. Hears of every
 * statement the operation runs through its connection, and so notices failures the operation swallows.
 */
abstract class JdbcAttempt implements Attempt<Connection, SQLException> {
    final Server server;
    final Connection raw;
    final AttemptContext context;
    final Work work;
    final @Nullable JdbcAttempt parent;
    final Timeouts timeouts;
    final @Nullable Canceller canceller;
    private final int depth;
    private final Connection resource;
    private boolean ended;
    private @Nullable SQLException lost;
    private boolean committedImplicitly;
    private @Nullable SQLException stoppedByOthers;

    JdbcAttempt(Server server, Connection raw, AttemptContext context, @Nullable JdbcAttempt parent)
            throws SQLException {
        this.server = server;
        this.raw = raw;
        this.context = context;
        this.parent = parent;
        this.depth = parent == null ? 0 : parent.depth + 1;
        this.timeouts = context.timeouts();
        this.canceller = canceller(server, raw, timeouts, context);
        this.work = Work.of(server, raw, new Control(raw, server.driver, canceller), workDepth());
        this.resource = AttemptConnection.of(this);
    }

    /** Where old settings are kept must differ from what an enclosing attempt uses, known to us or not. */
    abstract int workDepth();

    final int depth() {
        return depth;
    }

    private static @Nullable Canceller canceller(
            Server server, Connection raw, Timeouts timeouts, AttemptContext context) throws SQLException {
        Duration limit = timeouts.statement();
        boolean serverLimits = switch (server.database.family()) {
            case POSTGRESQL -> true;
            case MYSQL -> MySqlSql.of(server.database).limitsEveryStatement();
            case SQLITE -> false;
        };
        Duration own = serverLimits ? null : limit;
        return own == null && !context.mayBeCancelled()
                ? null
                : new Canceller(raw, server.driver.driver, context.deadline(), own);
    }

    @Override
    public final Connection resource() {
        return resource;
    }

    final Deadline deadline() {
        return context.deadline();
    }

    final boolean hasEnded() {
        return ended;
    }

    /** The first failure the transaction did not survive, or null. */
    final @Nullable SQLException lost() {
        return lost;
    }

    final void lose(SQLException failure) {
        if (lost == null) {
            lost = failure;
        }
    }

    /** Whether a statement committed the work before it, which can then not be undone. */
    final boolean committedImplicitly() {
        return committedImplicitly;
    }

    /** What the resource reports as autocommit. */
    boolean reportsAutoCommit() throws SQLException {
        return false;
    }

    /** The operation is about to prepare or run a statement. */
    void check(@Nullable String sql) throws SQLException {
        checkOpen();
        if (sql == null) {
            return;
        }
        if (controlled() && StatementText.controlsTransaction(sql)) {
            throw AttemptConnection.refused("the statement " + sql.strip());
        }
        if (StatementText.commitsImplicitly(server.database, sql)) {
            for (JdbcAttempt at = this; at != null; at = at.parent) {
                at.committedImplicitly = at.controlled();
            }
        }
    }

    /** Whether the attempt has a transaction or savepoint of its own to protect. */
    boolean controlled() {
        return true;
    }

    final void checkOpen() throws SQLException {
        if (ended) {
            throw new SQLException(
                    "the attempt this connection was handed to has ended: use a connection only inside its operation",
                    "HY010");
        }
        if (lost != null) {
            throw new SQLException(
                    "the transaction did not survive an earlier failure, see the cause: let that failure leave the"
                            + " operation",
                    "25P02",
                    lost);
        }
        if (canceller != null && canceller.hasExpired()) {
            throw new SQLException("the attempt's time is up: no further statement is run", "57014");
        }
    }

    /** A statement of the operation begins; what it reads or writes is told by its text, if that is known. */
    void enter(Statement statement, @Nullable String sql) throws SQLException {
        checkOpen();
        if (canceller != null) {
            canceller.enter(statement);
        }
    }

    /** A statement of the operation is over; returns what to throw instead of its failure. */
    @Nullable
    SQLException exit(@Nullable SQLException failure) throws SQLException {
        Duration limit = canceller != null && canceller.exit() ? canceller.statementLimit() : null;
        if (failure == null) {
            return null;
        }
        SQLException thrown = limit != null ? new StatementTimeout(limit, failure) : failure;
        if (thrown.equals(failure) && (canceller == null || !canceller.hasExpired())) {
            noticeStop(failure);
        }
        notice(thrown);
        return thrown;
    }

    /** Finds out whether the transaction has survived a failure of one of its statements. */
    private void notice(SQLException failure) throws SQLException {
        if (!controlled()) {
            return;
        }
        JdbcFaults.Found found = JdbcFaults.find(server.database, failure);
        Fault fault = found == null ? null : found.fault();
        boolean undone = fault != null && fault.undone() != Undone.STATEMENT;
        if ((undone && !work.asksWhetherTransactionSurvived()) || !survived(failure)) {
            lose(failure);
        }
    }

    /** The error does not tell whether a human or a limit has stopped the statement; we know which limits are ours. */
    private void noticeStop(SQLException failure) {
        JdbcFaults.Found found = JdbcFaults.find(server.database, failure);
        Fault fault = found == null ? null : found.fault();
        if (found == null || fault == null || fault.undone() == Undone.CONNECTION) {
            return;
        }
        boolean stopped = switch (server.database.family()) {
            case POSTGRESQL -> fault.kind() == FaultKind.STATEMENT_TIMEOUT && !limitsStatements();
            case SQLITE -> fault.kind() == FaultKind.CANCELLED;
            case MYSQL -> false;
        };
        if (stopped) {
            stoppedByOthers = found.exception();
        }
    }

    private boolean limitsStatements() {
        return timeouts.statement() != null || (parent != null && parent.limitsStatements());
    }

    /** Raises the verdict on a statement that somebody else has stopped, who is not to be contradicted. */
    final Verdict heeding(Throwable cause, Verdict verdict) {
        if (stoppedByOthers == null) {
            return verdict;
        }
        JdbcFaults.Found found = JdbcFaults.find(server.database, cause);
        return found != null && found.exception().equals(stoppedByOthers) ? verdict.atLeast(Verdict.GIVE_UP) : verdict;
    }

    private boolean survived(SQLException failure) {
        try {
            return work.transactionSurvived(failure);
        } catch (SQLException unknown) {
            failure.addSuppressed(unknown);
            return false;
        }
    }

    @Override
    public void beforeCommit() throws SQLException {
        if (lost != null) {
            throw lost;
        }
    }

    @Override
    public final void cancel() {
        if (canceller != null) {
            canceller.cancel();
        }
    }

    /** No cancel strikes from here on. */
    final void end() {
        ended = true;
        if (canceller != null) {
            canceller.end();
        }
    }

    /** Whether the attempt's time was up and nothing less than cutting the connection ended its work. */
    final boolean wasAborted() {
        return canceller != null && canceller.wasAborted();
    }

    /** Whether the connection cannot be asked anything any more. */
    final boolean connectionGone() {
        try {
            return wasAborted() || raw.isClosed();
        } catch (SQLException gone) {
            return true;
        }
    }

    /** Whether the server has said that what was sent last never ran, although the connection is gone. */
    final boolean neverRan(Throwable cause) {
        return JdbcClassifier.of(server.database).classify(cause, Phase.COMMIT) == Verdict.RETRY_CONNECTION;
    }

    static void suppress(Throwable cause, Throwable cleanUp) {
        if (!cleanUp.equals(cause)) {
            cause.addSuppressed(cleanUp);
        }
    }

    @Override
    public abstract Verdict rollback(Throwable cause, Phase phase, Verdict verdict);
}
