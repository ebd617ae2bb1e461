package dev.dbop.vertx;

import dev.dbop.CommitStatus;
import dev.dbop.Deadline;
import dev.dbop.Scheduler;
import dev.dbop.sql.Database;
import dev.dbop.sql.MySqlSql;
import dev.dbop.sql.PostgresSql;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection taken for one attempt and how it goes back: to its pool, to the caller, or nowhere. Remembers the session it
 * may have left on the server, whose locks and late statements the next attempt would meet.
 */
final class Lease {
    private static final Logger LOG = LoggerFactory.getLogger(VertxScope.class);

    private static final Duration LONGEST_PROBE = Duration.ofSeconds(30);

    private final @Nullable Pool pool;
    private final SqlConnection connection;
    private final Session session;
    private final long taken = System.nanoTime();
    private final AtomicInteger probes = new AtomicInteger();
    private volatile @Nullable Long id;
    private volatile boolean ghost;

    private Lease(@Nullable Pool pool, SqlConnection connection) {
        this.pool = pool;
        this.connection = connection;
        this.session = new Session(connection, this::stop);
        this.id = isPostgres() ? Long.valueOf(((PgConnection) connection).processId()) : null;
    }

    private Lease(Lease outer) {
        this.pool = null;
        this.connection = outer.connection;
        this.session = outer.session;
        this.id = outer.id;
    }

    /** Takes a connection of a pool. */
    static Future<Lease> from(Pool pool) {
        return pool.getConnection().map(connection -> {
            // FATAL errors reach nobody else, and would be printed to the error stream
            connection.exceptionHandler(fatal -> LOG.debug("the server ended a session", fatal));
            Lease lease = new Lease(pool, connection);
            lease.session.watchClosing();
            return lease;
        });
    }

    /**
     * Takes a connection of a pool within the time left: a server that accepts and says nothing, or a pool whose connections
     * do not come back, would have the attempt wait longer.
     */
    static Future<Lease> from(Pool pool, Deadline deadline) {
        Future<Lease> taken = from(pool);
        ContextInternal context = ContextInternal.current();
        if (deadline.isNone() || context == null || taken.isComplete()) {
            return taken;
        }
        Promise<Lease> inTime = context.promise();
        Scheduler.Cancellable limit = new VertxScheduler(context)
                .schedule(
                        () -> inTime.tryFail(new TimeoutException("no connection was had within the attempt's time")),
                        deadline.remaining());
        taken.onComplete((lease, failure) -> {
            limit.cancel();
            if (failure != null) {
                inTime.tryFail(failure);
            } else if (!inTime.tryComplete(lease)) {
                lease.giveBack(true);
            }
        });
        return inTime.future();
    }

    /** The caller's connection, which stays open. */
    static Lease ofCaller(SqlConnection connection) {
        return new Lease(null, connection);
    }

    /** The same connection for an attempt inside, which gives nothing back. */
    Lease shared() {
        return new Lease(this);
    }

    Session session() {
        return session;
    }

    private boolean isPostgres() {
        return session.database.family() == Database.Family.POSTGRESQL && connection instanceof PgConnection;
    }

    /** MySQL's client does not tell the number of its session; it rides in a prologue. */
    void identified(long sessionId) {
        id = sessionId;
    }

    @Nullable
    Long id() {
        return id;
    }

    /** Gives the connection back, or closes it if it could not be put back as it was found. */
    void giveBack(boolean trusted) {
        ghost = !trusted;
        if (!trusted) {
            PhysicalConnection.close(connection);
        } else if (pool != null) {
            connection.close().onFailure(gone -> LOG.debug("a connection could not be given back", gone));
        }
    }

    private Future<?> stop(Session running) {
        if (isPostgres()) {
            return PostgresCancel.of((PgConnection) connection, running.vertx());
        }
        Long known = id;
        if (pool == null || known == null) {
            return Future.failedFuture("there is no way to stop a statement");
        }
        return stopThrough(pool, running, known);
    }

    /** A pool may have no connection left, and then must not send the KILL when it has one at last. */
    private static Future<?> stopThrough(Pool pool, Session running, long session) {
        Future<SqlConnection> another = pool.getConnection();
        if (!another.isComplete()) {
            another.onSuccess(late -> stopLate(late, running, session).onComplete(done -> late.close()));
            return Future.succeededFuture();
        }
        return another.compose(killer -> kill(killer, "KILL QUERY " + session).eventually(killer::close));
    }

    /** What a session that was cut still does is nobody else's: it is stopped in any case. */
    private static Future<?> stopLate(SqlConnection late, Session running, long session) {
        String stop = "KILL QUERY " + session;
        return running.wasCut() ? kill(late, stop) : running.stopWhileBusy(() -> kill(late, stop));
    }

    private static Future<?> kill(SqlConnection killer, String sql) {
        return killer.query(sql).execute();
    }

    /** Ends on the server what an earlier lease left there, if anything, through this one. Never fails. */
    Future<?> endGhostOf(@Nullable Lease earlier) {
        return earlier == null || !earlier.ghost ? Future.succeededFuture() : earlier.endGhostThrough(session);
    }

    /** Ends the session without waiting for another attempt: its time was up, and there may be none. */
    void endGhostInBackground() {
        Pool from = pool;
        if (ghost && from != null) {
            from(from)
                    .onSuccess(another -> endGhostThrough(another.session).onComplete(done -> another.giveBack(true)));
        }
    }

    private Future<?> endGhostThrough(Session another) {
        Long known = id;
        if (known == null) {
            return Future.succeededFuture();
        }
        Duration age = Duration.ofNanos(System.nanoTime() - taken);
        Future<?> ended;
        if (session.database.family() == Database.Family.POSTGRESQL) {
            ended = another.send(PostgresSql.terminate(known.intValue(), age));
        } else {
            ended = another.send(MySqlSql.of(session.database).findSession(known, age))
                    .compose(found ->
                            found.size() == 0 ? Future.<RowSet<Row>>succeededFuture() : another.send("KILL " + known));
        }
        // A server that does not answer any more must not keep the attempt from failing.
        Scheduler.Cancellable limit = another.after(Session.GRACE, another::cut);
        ended.onComplete(done -> limit.cancel());
        // Without the privilege, or once it is gone, the rerun waits for its locks like anybody else.
        return ended.onSuccess(done -> ghost = false).otherwiseEmpty();
    }

    /**
     * Asks, on a connection of its own, what became of the transaction. One that is still open when it is asked for the
     * second time is ended first: its COMMIT may never arrive, and its session wait for it.
     */
    Future<CommitStatus> probe(CommitMark mark, Deadline deadline) {
        if (pool == null) {
            return Future.succeededFuture(CommitStatus.UNKNOWN);
        }
        boolean again = probes.getAndIncrement() > 0;
        Promise<CommitStatus> told = Promise.promise();
        Scheduler.Cancellable limit = session.after(
                deadline.isNone() ? LONGEST_PROBE : deadline.remaining(),
                () -> told.tryFail(new AttemptException("the probe was not answered in time", "08001", null)));
        from(pool)
                .compose(asking -> {
                    told.future().onFailure(late -> asking.session.cut());
                    return asking.endGhostOf(again ? this : null)
                            .compose(ended -> mark.look(asking.session, deadline))
                            .onComplete(looked -> asking.giveBack(looked.succeeded()));
                })
                .onComplete((status, failure) -> {
                    limit.cancel();
                    if (failure == null) {
                        told.tryComplete(status);
                    } else {
                        told.tryFail(failure);
                    }
                });
        return told.future();
    }
}
