package dev.dbop.vertx;

import dev.dbop.AsyncAttempt;
import dev.dbop.AttemptContext;
import dev.dbop.Deadline;
import dev.dbop.Timeouts;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import dev.dbop.sql.FaultKind;
import dev.dbop.sql.MySqlSql;
import dev.dbop.sql.StatementText;
import dev.dbop.sql.Undone;
import io.vertx.core.Future;
import io.vertx.sqlclient.DatabaseException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.RowStream;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt on a connection of a Vert.x client: what transaction, savepoint and single statement have in common. Hears of
 * every statement the operation runs through its connection, and so notices failures the operation swallows.
 */
abstract class VertxAttempt implements AsyncAttempt<SqlConnection> {
    static final Logger LOG = LoggerFactory.getLogger(VertxScope.class);

    private static final int LOCK_WAIT_TIMEOUT = 1205;

    final Lease lease;
    final Session session;
    final AttemptContext context;
    final @Nullable VertxAttempt parent;
    final Timeouts timeouts;
    final Work work;
    private final SqlConnection resource;
    private volatile Future<RowSet<Row>> opening = Future.succeededFuture();
    private volatile boolean ended;
    private volatile @Nullable Throwable first;
    private volatile @Nullable Throwable lost;
    private volatile @Nullable DatabaseException stoppedByOthers;
    private volatile boolean committedImplicitly;
    private volatile boolean ranOutside;
    private volatile boolean expired;
    private volatile long firstStop;
    private final Queue<RowStream<?>> streams = new ConcurrentLinkedQueue<>();

    VertxAttempt(Lease lease, AttemptContext context, @Nullable VertxAttempt parent) {
        this(lease, context, parent, context.timeouts());
    }

    VertxAttempt(Lease lease, AttemptContext context, @Nullable VertxAttempt parent, Timeouts timeouts) {
        this.lease = lease;
        this.session = lease.session();
        this.context = context;
        this.parent = parent;
        this.timeouts = timeouts;
        this.work = Work.of(session.database, depth());
        this.resource = AttemptConnection.of(this);
    }

    private int depth() {
        int depth = 0;
        for (VertxAttempt at = parent; at != null; at = at.parent) {
            depth++;
        }
        return depth;
    }

    @Override
    public final SqlConnection resource() {
        return resource;
    }

    /**
     * Sends the attempt's own beginning. What the operation sends goes out behind it without waiting, at no round trip of
     * its own; should it fail, so does everything behind it.
     */
    final Future<RowSet<Row>> begin(String prologue) {
        Future<RowSet<Row>> begun = session.send(prologue);
        opening = begun;
        return begun;
    }

    final Deadline deadline() {
        return context.deadline();
    }

    /** Whether the server has done what the attempt begins with. */
    final boolean begun() {
        return opening.succeeded();
    }

    final boolean hasEnded() {
        return ended;
    }

    /** The first failure the transaction did not survive, or null. */
    final @Nullable Throwable lost() {
        return lost;
    }

    final void lose(Throwable failure) {
        if (lost == null) {
            lost = failure;
        }
    }

    /** Whether a statement committed the work before it, which can then not be undone. */
    final boolean committedImplicitly() {
        return committedImplicitly;
    }

    /** Whether a statement ran although the beginning had failed, outside any transaction. */
    final boolean ranOutside() {
        return ranOutside;
    }

    /** What ran behind the beginning was in a transaction all the same, and is undone. */
    final void ranInside() {
        ranOutside = false;
    }

    /** An attempt inside this one has made work durable, or may have; the enclosing transaction protects itself. */
    void workIsDurable() {}

    /** Whether the attempt has a transaction or savepoint of its own to protect. */
    boolean controlled() {
        return true;
    }

    /** A statement of the operation is about to be sent. */
    void sent(String sql) {}

    /** A statement of the operation has succeeded, or failed. */
    void over(String sql, @Nullable Throwable failure) {}

    /** The operation is about to prepare or run a statement. */
    private void check(String sql) {
        checkOpen();
        if (StatementText.controlsTransaction(sql)) {
            throw refused("the statement " + StatementText.keyword(sql));
        }
        if (StatementText.commitsImplicitly(session.database, sql)) {
            commitsImplicitly(sql);
        }
    }

    /** A statement is about to commit what this attempt and those around it have done; the outermost has the first say. */
    void commitsImplicitly(String sql) {
        if (parent != null) {
            parent.commitsImplicitly(sql);
        }
        committedImplicitly = controlled();
    }

    /** Something has committed, unannounced, what this attempt and those around it have done. */
    final void committed() {
        for (VertxAttempt at = this; at != null; at = at.parent) {
            at.committedImplicitly = at.controlled();
        }
    }

    /** Refuses what the operation must leave to the attempt. */
    final AttemptException refused(String what) {
        String why = controlled()
                ? " is refused inside an attempt: it would end or change the attempt's transaction; return from the"
                        + " operation to commit, fail to roll back"
                : " is refused inside an autocommit attempt: its statements commit on their own, and its connection goes"
                        + " back as it came; use VertxScope.transaction";
        return new AttemptException(what + why, "2D000", null);
    }

    final void checkOpen() {
        if (ended || outerHasEnded()) {
            throw new AttemptException(
                    "the attempt this connection was handed to has ended: use a connection only inside its operation",
                    "HY010",
                    null);
        }
        Throwable gone = lost;
        if (gone != null) {
            throw new LostTransaction(gone);
        }
        if (hasExpired()) {
            throw new AttemptException("the attempt's time is up: no further statement is run", "57014", null);
        }
    }

    private boolean hasExpired() {
        return expired || (parent != null && parent.hasExpired());
    }

    /** Whether the operation around this one has returned without waiting for it; the connection may be another's. */
    final boolean outerHasEnded() {
        return parent != null && (parent.ended || parent.outerHasEnded());
    }

    /** What an attempt inside fails with whose enclosing one has ended. */
    static AttemptException abandoned() {
        return new AttemptException(
                "the attempt around this one has ended: what an operation starts must be part of its future",
                "HY010",
                null);
    }

    /** Whether the enclosing attempt is being stopped, so that nothing inside needs to be tried again. */
    final boolean outerHasExpired() {
        return parent != null && parent.hasExpired();
    }

    /** Runs a statement of the operation, the attempt listening. */
    final <T> Future<T> run(String sql, Supplier<Future<T>> start) {
        try {
            check(sql);
        } catch (AttemptException | LostTransaction refusal) {
            return Future.failedFuture(refusal);
        }
        sent(sql);
        return limited(() -> noticing(sql, start)).transform((value, failure) -> {
            Throwable told = heard(failure);
            return told == null ? Future.succeededFuture(value) : Future.failedFuture(told);
        });
    }

    /** Notices what a statement has done before anybody who waits for its end goes on. */
    private <T> Future<T> noticing(String sql, Supplier<Future<T>> start) {
        return start.get().andThen((value, failure) -> {
            ranOutside |= mayHaveRunOutside(sql, failure);
            over(sql, failure);
        });
    }

    /** On MySQL a beginning that was refused leaves what is sent behind it to commit on its own. */
    private boolean mayHaveRunOutside(String sql, @Nullable Throwable failure) {
        boolean refused = opening.isComplete() && opening.cause() instanceof DatabaseException;
        boolean answered = failure instanceof DatabaseException;
        return refused
                && session.database.family() == Database.Family.MYSQL
                && !answered
                && !StatementText.reads(sql)
                && (failure == null || !VertxFaults.neverSent(failure));
    }

    private <T> Future<T> limited(Supplier<Future<T>> start) {
        Duration limit = ownLimit();
        return limit == null ? session.run(start) : StatementLimit.keeping(session, limit, start);
    }

    /** The statement timeout, the shortest of those around, where the server does not keep it for every statement. */
    private @Nullable Duration ownLimit() {
        boolean serverLimits = session.database.family() == Database.Family.POSTGRESQL
                || MySqlSql.of(session.database).limitsEveryStatement();
        if (serverLimits) {
            return null;
        }
        Duration shortest = timeouts.statement();
        for (VertxAttempt at = parent; at != null; at = at.parent) {
            Duration outer = at.timeouts.statement();
            shortest = shortest == null || (outer != null && outer.compareTo(shortest) < 0) ? outer : shortest;
        }
        return shortest;
    }

    /** What came of a statement; returns what to tell the operation instead of its failure. */
    private @Nullable Throwable heard(@Nullable Throwable failure) {
        Throwable notBegun = opening.isComplete() ? opening.cause() : null;
        if (notBegun != null) {
            return notBegun;
        }
        if (failure == null) {
            return null;
        }
        VertxFaults.Found found = VertxFaults.find(session.database, failure);
        Fault fault = found == null ? null : found.fault();
        Throwable earlier = first;
        if (found != null && fault != null && fault.kind() == FaultKind.AFTERMATH && earlier != null) {
            // The client's own has no cause: nobody would learn what has failed.
            return new AttemptException(
                    String.valueOf(failure.getMessage()),
                    String.valueOf(found.exception().getSqlState()),
                    earlier);
        }
        if (earlier == null) {
            first = failure;
        }
        noticeStop(found, fault);
        boolean undone = fault != null && fault.undone() != Undone.STATEMENT;
        if (controlled() && (undone || VertxFaults.saysUnreachable(failure))) {
            lose(failure);
        }
        return failure;
    }

    /** The error does not tell whether a human or a limit has stopped the statement; we know which limits are ours. */
    private void noticeStop(VertxFaults.@Nullable Found found, @Nullable Fault fault) {
        boolean timeout = fault != null
                && fault.kind() == FaultKind.STATEMENT_TIMEOUT
                && session.database.family() == Database.Family.POSTGRESQL;
        if (found != null && timeout && !limitsStatements() && !hasExpired()) {
            stoppedByOthers = found.exception();
        }
    }

    private boolean limitsStatements() {
        return timeouts.statement() != null || (parent != null && parent.limitsStatements());
    }

    /** Raises the verdict on a statement that somebody else has stopped, who is not to be contradicted. */
    final Verdict heeding(Throwable cause, Verdict verdict) {
        DatabaseException stopped = stoppedByOthers;
        if (stopped == null) {
            return verdict;
        }
        VertxFaults.Found found = VertxFaults.find(session.database, cause);
        return found != null && found.exception().equals(stopped) ? verdict.atLeast(Verdict.GIVE_UP) : verdict;
    }

    /** Whether a failure has ended the transaction on the server. A lock wait does so where the server is told to. */
    final Future<Boolean> endsTransaction(@Nullable Fault fault) {
        if (fault == null || fault.vendorCode() != LOCK_WAIT_TIMEOUT) {
            return Future.succeededFuture(fault != null && fault.undone() == Undone.TRANSACTION);
        }
        return session.send("SELECT @@innodb_rollback_on_timeout")
                .transform((rows, failure) -> Future.succeededFuture(failure == null && "1".equals(Rows.first(rows))));
    }

    @Override
    public @Nullable CompletionStage<?> beforeCommit() {
        Throwable gone = lost;
        if (gone != null) {
            return Future.failedFuture(gone).toCompletionStage();
        }
        return opening.succeeded() ? null : opening.toCompletionStage();
    }

    /** What to throw when the end of a transaction shows that it was lost: the failure that lost it, if that was heard. */
    final Throwable swallowed(Throwable failure) {
        VertxFaults.Found found = VertxFaults.find(session.database, failure);
        Fault fault = found == null ? null : found.fault();
        Throwable earlier = first;
        return fault != null && fault.kind() == FaultKind.AFTERMATH && earlier != null ? earlier : failure;
    }

    @Override
    public final void cancel() {
        long now = System.nanoTime();
        if (!expired) {
            firstStop = now;
            expired = true;
        } else if (now - firstStop > Session.GRACE.toNanos()) {
            session.cut();
            return;
        }
        session.stop();
    }

    /** From here on nothing of the operation's is sent: it would run behind the attempt's end, or for the next borrower. */
    final void end() {
        ended = true;
        for (RowStream<?> stream : streams) {
            stream.pause();
        }
    }

    /** The operation reads rows as they come, page by page. */
    final void streams(RowStream<?> stream) {
        streams.add(stream);
    }

    static void logCleanUp(Throwable failure) {
        LOG.debug("cleaning up after a failed attempt failed too; its connection is closed", failure);
    }
}
