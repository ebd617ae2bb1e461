package dev.dbop.vertx;

import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.BranchSql;
import dev.dbop.sql.Database;
import dev.dbop.sql.ServerError;
import dev.dbop.sql.ServerIdentity;
import dev.dbop.twophase.BranchAnswer;
import dev.dbop.twophase.BranchId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the databases of a {@link VertxTwoPhase}. Immutable; its identity is found once. */
record Participant(String name, Pool pool, Database database, String identity) {
    /** How long a server may take to notice that a session is gone. */
    private static final int TRIES = 50;

    private static final Duration PAUSE = Duration.ofMillis(20);

    /** Looks at a database before it takes part; fails with {@link IllegalStateException} if it must not. */
    static Future<Participant> of(String name, Pool pool, boolean prepares) {
        return Lease.from(pool)
                .compose(lease -> of(name, pool, lease.session(), prepares)
                        .onComplete(looked -> lease.giveBack(looked.succeeded())));
    }

    private static Future<Participant> of(String name, Pool pool, Session session, boolean prepares) {
        Database database = session.database;
        if (prepares && !BranchSql.prepares(database)) {
            return Future.failedFuture(refused(
                    name,
                    database.productName() + " cannot prepare a branch: name it first, as the decision branch",
                    null));
        }
        return objection(session, prepares)
                .compose(objection -> objection.isEmpty()
                        ? Future.<Void>succeededFuture()
                        : Future.<Void>failedFuture(refused(name, objection, null)))
                .compose(fine -> session.send(ServerIdentity.query(database)))
                .map(rows -> String.valueOf(Rows.first(rows)).replace('\\', '/'))
                .map(identity -> new Participant(name, pool, database, identity))
                .compose(participant -> prepares
                        ? participant.checkPrivilege(session).map(participant)
                        : Future.succeededFuture(participant));
    }

    /** Why the server must not take part; empty if it may. */
    private static Future<String> objection(Session session, boolean prepares) {
        String version = prepares ? ServerIdentity.version(session.database) : null;
        return session.send(ServerIdentity.objection(session.database, prepares))
                .map(rows -> textOr(Rows.first(rows), ""))
                .compose(objection -> objection.isEmpty() && version != null
                        ? session.send(version)
                                .map(rows ->
                                        textOr(ServerIdentity.objectionToVersion(String.valueOf(Rows.first(rows))), ""))
                        : Future.succeededFuture(objection));
    }

    private static String textOr(@Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }

    /** MySQL lists prepared branches only to those who may see them all (XA_RECOVER_ADMIN, from 8.0). */
    private Future<?> checkPrivilege(Session session) {
        return session.send(BranchSql.of(database).list())
                .recover(denied -> Future.failedFuture(
                        VertxClassifier.of(database).classify(denied, Phase.COMMIT) == Verdict.GIVE_UP
                                ? refused(
                                        name,
                                        "its user may not list prepared branches (" + denied.getMessage()
                                                + "): grant it XA_RECOVER_ADMIN",
                                        denied)
                                : denied));
    }

    private static IllegalStateException refused(String name, String why, @Nullable Throwable cause) {
        return new IllegalStateException("branch \"" + name + "\" cannot take part in two-phase commit: " + why, cause);
    }

    /**
     * Commits or rolls back a prepared branch on a connection of its own, when the session that prepared it is lost. That
     * session is ended first: it may still be about to prepare, and XA lets nobody else finish the branch before it has
     * gone, which takes the server a moment.
     */
    Future<BranchAnswer> finishElsewhere(BranchId branch, boolean commit, Lease lost) {
        return Lease.from(pool)
                .transform((lease, unreachable) -> unreachable == null
                        ? finishOn(lease, branch, commit, lost)
                        : Future.succeededFuture(new BranchAnswer.Refused(unreachable)));
    }

    private Future<BranchAnswer> finishOn(Lease lease, BranchId branch, boolean commit, Lease lost) {
        return lease.endGhostOf(lost)
                .compose(ended -> finish(branch, commit, lease.session(), 1))
                .onComplete((answer, broken) ->
                        lease.giveBack(broken == null && !(answer instanceof BranchAnswer.Unknown)));
    }

    private Future<BranchAnswer> finish(BranchId branch, boolean commit, Session session, int tries) {
        return finish(branch, commit, session)
                .compose(answer -> answer instanceof BranchAnswer.NotFound
                        ? notFound(branch, session)
                        : Future.succeededFuture(answer))
                .compose(answer -> {
                    if (!(answer instanceof BranchAnswer.Busy) || tries == TRIES) {
                        return Future.succeededFuture(answer);
                    }
                    Promise<Void> pause = Promise.promise();
                    session.after(PAUSE, pause::complete);
                    return pause.future().compose(over -> finish(branch, commit, session, tries + 1));
                });
    }

    /** A branch in the hands of another session is said not to be there, and listed all the same. */
    private Future<BranchAnswer> notFound(BranchId branch, Session session) {
        BranchSql sql = BranchSql.of(database);
        return session.send(sql.list())
                .<BranchAnswer>map(rows ->
                        listed(rows, sql).contains(branch) ? new BranchAnswer.Busy() : new BranchAnswer.NotFound())
                .otherwise(BranchAnswer.Refused::new);
    }

    private static List<BranchId> listed(RowSet<Row> rows, BranchSql sql) {
        List<BranchId> branches = new ArrayList<>();
        for (Row row : rows) {
            List<String> columns = new ArrayList<>(row.size());
            for (int i = 0; i < row.size(); i++) {
                columns.add(String.valueOf(row.getValue(i)));
            }
            BranchId branch = sql.read(columns);
            if (branch != null) {
                branches.add(branch);
            }
        }
        return branches;
    }

    /** Commits or rolls back a prepared branch outside any transaction. Never fails. */
    Future<BranchAnswer> finish(BranchId branch, boolean commit, Session session) {
        BranchSql sql = BranchSql.of(database);
        return session.send(commit ? sql.commitPrepared(branch) : sql.rollbackPrepared(branch))
                .transform((done, failure) -> Future.succeededFuture(
                        failure == null ? new BranchAnswer.Done() : answer(failure, !commit, session)));
    }

    /** What a failed step says about the branch. */
    private BranchAnswer answer(Throwable failure, boolean rollingBack, Session session) {
        VertxFaults.Found found = VertxFaults.find(database, failure);
        BranchSql sql = BranchSql.of(database);
        if (found != null) {
            ServerError error = VertxFaults.errorOf(found.exception());
            if (sql.saysNotFound(error)) {
                return new BranchAnswer.NotFound();
            }
            if (sql.saysBusy(error)) {
                return new BranchAnswer.Busy();
            }
            if (rollingBack && sql.saysRolledBack(error)) {
                return new BranchAnswer.Done();
            }
        }
        Verdict verdict = VertxClassifier.of(database).classify(failure, Phase.COMMIT);
        boolean unknown = verdict == null || verdict == Verdict.OUTCOME_UNKNOWN || session.wasCut();
        return unknown ? new BranchAnswer.Unknown(failure) : new BranchAnswer.Refused(failure);
    }
}
