package dev.dbop.vertx;

import dev.dbop.AttemptContext;
import dev.dbop.twophase.BranchId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.sqlclient.SqlConnection;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The place of one branch in an attempt: empty until the operation asks for its connection, closed when it has ended. A
 * connection that the pool gives after that goes straight back.
 */
final class BranchSlot {
    private final Participant participant;
    private final AttemptContext context;
    private final BranchId id;
    private final @Nullable String decision;
    private final @Nullable Lease earlier;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Promise<SqlConnection> asked;
    private @Nullable BranchAttempt attempt;
    private boolean closed;

    /**
     * Makes the place.
     *
     * @param decision inserts the decision row; for branch 0 only
     * @param earlier of the same branch in the attempt before, which may have left a session behind
     */
    BranchSlot(
            Participant participant,
            AttemptContext context,
            BranchId id,
            @Nullable String decision,
            @Nullable Lease earlier) {
        this.participant = participant;
        this.context = context;
        this.id = id;
        this.decision = decision;
        this.earlier = earlier;
    }

    /** The connection of the branch, which begins with the first call; after a failure the next call tries again. */
    Future<SqlConnection> connection() {
        Promise<SqlConnection> promise;
        lock.lock();
        try {
            if (closed) {
                return Future.failedFuture(ended());
            }
            promise = asked;
            if (promise != null) {
                return promise.future();
            }
            promise = promise();
            asked = promise;
        } finally {
            lock.unlock();
        }
        open(promise);
        return promise.future();
    }

    private void open(Promise<SqlConnection> promise) {
        Lease.from(participant.pool())
                .compose(lease -> lease.endGhostOf(earlier).compose(done -> begin(lease)))
                .onComplete((connection, failure) -> {
                    if (failure == null) {
                        promise.tryComplete(connection);
                    } else {
                        forget(promise);
                        promise.tryFail(failure);
                    }
                });
    }

    private static Promise<SqlConnection> promise() {
        ContextInternal current = ContextInternal.current();
        return current == null ? Promise.promise() : current.promise();
    }

    private Future<SqlConnection> begin(Lease lease) {
        lock.lock();
        try {
            if (closed) {
                lease.giveBack(true);
                return Future.failedFuture(ended());
            }
            BranchAttempt begun;
            try {
                begun = new BranchAttempt(participant, lease, context, id, decision);
            } catch (RuntimeException refused) {
                lease.giveBack(true);
                throw refused;
            }
            attempt = begun;
            return begun.begin();
        } finally {
            lock.unlock();
        }
    }

    /** Where nothing has begun, it may be tried again. */
    private void forget(Promise<SqlConnection> failed) {
        lock.lock();
        try {
            if (attempt == null && failed.equals(asked)) {
                asked = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private IllegalStateException ended() {
        return new IllegalStateException(
                "the attempt of group " + id.group()
                        + " has ended: ask for a connection only inside its operation, whose future must include all it starts");
    }

    /** The branch, if it has begun. */
    @Nullable
    BranchAttempt attempt() {
        lock.lock();
        try {
            return attempt;
        } finally {
            lock.unlock();
        }
    }

    /** Lets no branch begin any more; returns the one that has. */
    @Nullable
    BranchAttempt close() {
        lock.lock();
        try {
            closed = true;
            return attempt;
        } finally {
            lock.unlock();
        }
    }

    /** Stops the branch, or the wait for its connection. */
    void cancel() {
        Promise<SqlConnection> waiting;
        BranchAttempt begun;
        lock.lock();
        try {
            waiting = asked;
            begun = attempt;
        } finally {
            lock.unlock();
        }
        if (begun != null) {
            begun.cancel();
        } else if (waiting != null) {
            waiting.tryFail(new AttemptException(
                    "the attempt's time is up: the connection of \"" + participant.name() + "\" is not waited for",
                    "57014",
                    null));
        }
    }
}
