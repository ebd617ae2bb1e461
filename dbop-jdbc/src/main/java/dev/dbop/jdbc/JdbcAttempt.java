package dev.dbop.jdbc;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.Deadline;
import dev.dbop.Phase;
import dev.dbop.Timeouts;
import dev.dbop.Verdict;
import dev.dbop.sql.MySqlSql;
import dev.dbop.sql.StatementText;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
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
    private final Connection resource;
    private final TransactionEnd end;
    final HeldBack heldBack;
    /** Few at a time: those the operation has not closed yet. */
    private final Queue<Statement> statements = new ConcurrentLinkedQueue<>();

    private static final AtomicIntegerFieldUpdater<JdbcAttempt> AT_WORK =
            AtomicIntegerFieldUpdater.newUpdater(JdbcAttempt.class, "atWork");

    private final JdbcAttempt outermost;
    /** What the operation has asked of the driver, on any thread, in attempts inside too, and what has not come back. */
    private volatile int atWork;

    private volatile boolean closing;
    private boolean ended;
    private boolean committedImplicitly;
    private @Nullable SQLException lost;
    private @Nullable HeardFailures failures;

    JdbcAttempt(Server server, Connection raw, AttemptContext context, @Nullable JdbcAttempt parent)
            throws SQLException {
        this(server, raw, context, parent, context.timeouts());
    }

    JdbcAttempt(Server server, Connection raw, AttemptContext context, @Nullable JdbcAttempt parent, Timeouts timeouts)
            throws SQLException {
        this.server = server;
        this.raw = raw;
        this.context = context;
        this.parent = parent;
        this.outermost = parent == null ? this : parent.outermost;
        this.timeouts = timeouts;
        this.canceller = canceller(parent == null ? null : parent.canceller);
        this.work = Work.of(server, raw, new Control(raw, server, canceller));
        this.end = new TransactionEnd(server, raw);
        this.heldBack = parent == null ? new HeldBack() : parent.heldBack;
        this.resource = AttemptConnection.of(this);
    }

    /** An attempt that can be stopped stops what runs in it, too, though that has no limit of its own. */
    private @Nullable Canceller canceller(@Nullable Canceller outer) throws SQLException {
        boolean serverLimits = switch (server.database.family()) {
            case POSTGRESQL -> true;
            case MYSQL -> MySqlSql.of(server.database).limitsEveryStatement();
            case SQLITE -> false;
        };
        Duration own = serverLimits ? null : timeouts.statement();
        return own == null && outer == null && !context.mayBeCancelled()
                ? null
                : new Canceller(raw, server.driver.driver, context.deadline(), own, outer);
    }

    /** The attempt is open: from here on the engine watches over its time. */
    final void opened() {
        Prologue prologue = work.prologue();
        if (prologue != null) {
            heldBack.hold(prologue);
        }
        if (canceller != null) {
            canceller.opened();
        }
    }

    @Override
    public final Connection resource() {
        return resource;
    }

    /** What the attempt runs on, if it has taken it for itself. */
    @Nullable
    Lease lease() {
        return null;
    }

    /** What the last attempt of the call before this one ran on. */
    static @Nullable Lease leaseBefore(AttemptContext context) {
        return BorrowingScope.bare(context.previousAttempt()) instanceof JdbcAttempt previous ? previous.lease() : null;
    }

    final Deadline deadline() {
        return context.deadline();
    }

    final boolean hasEnded() {
        return ended;
    }

    /** The first failure of a statement, whatever became of it, or null. */
    final @Nullable SQLException first() {
        return failures == null ? null : failures.first();
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

    /** An attempt inside this one has made work durable, or may have; the enclosing transaction protects itself. */
    void workIsDurable() {}

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
        if (StatementText.controlsTransaction(sql)) {
            throw refused("the statement " + StatementText.keyword(sql));
        }
        if (StatementText.commitsImplicitly(server.database, sql)) {
            commitImplicitly();
        }
    }

    /** Refuses what the operation must leave to the attempt. */
    final SQLException refused(String what) {
        String why = controlled()
                ? " is refused inside an attempt: it would end or change the attempt's transaction; return from the"
                        + " operation to commit, throw to roll back"
                : " is refused inside an autocommit attempt: its statements commit on their own, and its connection goes"
                        + " back as it came; use a transaction scope";
        return new SQLException(what + why, "2D000");
    }

    private void commitImplicitly() {
        for (JdbcAttempt at = this; at != null; at = at.parent) {
            at.committedImplicitly = at.controlled();
        }
    }

    /** Whether the attempt has a transaction or savepoint of its own to protect. */
    boolean controlled() {
        return true;
    }

    /** The operation asks something of the driver. */
    final void begins() {
        AT_WORK.incrementAndGet(outermost);
    }

    /** What it has asked has come back. */
    final void isOver() {
        AT_WORK.decrementAndGet(outermost);
    }

    /** From here on the operation runs nothing; false if on another thread something of it still does. */
    final boolean comesToRest() {
        closing = true;
        return outermost.atWork == 0;
    }

    private boolean isClosing() {
        for (JdbcAttempt at = this; at != null; at = at.parent) {
            if (at.closing) {
                return true;
            }
        }
        return false;
    }

    final void checkOpen() throws SQLException {
        if (ended || isClosing()) {
            throw new SQLException(
                    "the attempt this connection was handed to has ended: use a connection only inside its operation",
                    "HY010");
        }
        if (lost != null) {
            throw new LostTransaction(lost);
        }
        if (canceller != null && canceller.hasExpired()) {
            throw new SQLException("the attempt's time is up: no further statement is run", "57014");
        }
    }

    /** What waits on the connection for the first statement, of this attempt or one around or inside it, or null. */
    final @Nullable Prologue held() {
        return heldBack.prologue();
    }

    /** Sends alone what waits, before something that it cannot travel with; its failure is one of the operation's. */
    final void sendPrologue() throws SQLException {
        if (held() != null) {
            heldBack.sendFor(this);
        }
    }

    /** A statement of the operation begins; what it reads or writes is told by its text, if that is known. */
    void enter(Statement statement, @Nullable String sql) throws SQLException {
        goOn(statement, false);
        end.before(statement, sql);
    }

    /** A statement of the operation is asked for more of what it gave. */
    final void goOn(@Nullable Statement statement) throws SQLException {
        goOn(statement, true);
    }

    private void goOn(@Nullable Statement statement, boolean goesOn) throws SQLException {
        checkOpen();
        if (canceller != null && statement != null) {
            canceller.enter(statement, goesOn);
        }
    }

    /** A statement of the operation is over; returns what to throw: instead of its failure, or though it has none. */
    @Nullable
    SQLException exit(@Nullable SQLException failure) throws SQLException {
        SQLException thrown = heard(failure);
        SQLException ended = transactionEnded(thrown);
        return ended == null ? thrown : ended;
    }

    /** Looks whether the transaction is still there; returns what to throw if a statement has ended it, unannounced. */
    private @Nullable SQLException transactionEnded(@Nullable SQLException failure) {
        boolean announced = committedImplicitly;
        TransactionEnd.Noticed noticed = controlled() ? end.after(failure) : TransactionEnd.Noticed.NOTHING;
        if (noticed != TransactionEnd.Noticed.NOTHING) {
            commitImplicitly();
        }
        if (noticed != TransactionEnd.Noticed.ENDED || announced) {
            return null;
        }
        SQLException ended = TransactionEnd.failure(failure);
        for (JdbcAttempt at = this; at != null; at = at.parent) {
            if (at.controlled()) {
                at.lose(ended);
            }
        }
        return ended;
    }

    /** Something done for the operation is over; returns what to throw instead of its failure. */
    final @Nullable SQLException heard(@Nullable SQLException failure) throws SQLException {
        Duration limit = canceller == null ? null : canceller.exit();
        if (failure == null) {
            return null;
        }
        SQLException thrown = limit != null ? new StatementTimeout(limit, failure) : failure;
        boolean ownStop = limit != null || (canceller != null && canceller.hasExpired());
        if (failures == null) {
            failures = new HeardFailures(this, thrown);
        }
        failures.add(thrown, ownStop);
        return thrown;
    }

    /** Raises the verdict on a statement that somebody else has stopped, who is not to be contradicted. */
    final Verdict heeding(Throwable cause, Verdict verdict) {
        return failures == null ? verdict : failures.heeding(cause, verdict);
    }

    @Override
    public void beforeCommit() throws SQLException {
        if (lost != null) {
            throw Note.swallowed(lost);
        }
        SQLException ended = transactionEnded(null);
        if (ended != null) {
            throw ended;
        }
    }

    @Override
    public final void cancel() {
        if (canceller != null) {
            canceller.cancel();
        }
    }

    /** The operation has been handed a statement. */
    final void opened(Statement statement) {
        statements.add(statement);
    }

    /** The operation closes a statement. */
    final void closed(Statement statement) {
        statements.remove(statement);
    }

    /** Closes what the operation left open: Connector/J runs nothing, not even COMMIT, beside rows that still stream in. */
    final void closeStatements() throws SQLException {
        for (Statement statement : statements) {
            try {
                statement.close();
            } catch (SQLException failure) {
                SQLException thrown = heard(failure);
                throw thrown == null ? failure : thrown;
            }
        }
        statements.clear();
    }

    /** The operation is over: no cancel strikes from here on, and what is sent to undo it does not take for ever. */
    final void operationEnded() {
        ended = true;
        if (canceller != null) {
            canceller.operationEnded();
        }
    }

    /** Closes what the operation left open, where it does not matter any more what it gives. */
    final void closeStatements(@Nullable Throwable cause) {
        for (Statement statement : statements) {
            try {
                statement.close();
            } catch (SQLException notClosed) {
                if (cause != null) {
                    suppress(cause, notClosed);
                }
            }
        }
        statements.clear();
    }

    /** Nothing is sent from here on, nothing watched. */
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
