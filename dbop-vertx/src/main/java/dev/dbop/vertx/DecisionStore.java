package dev.dbop.vertx;

import dev.dbop.CommitStatus;
import dev.dbop.Deadline;
import dev.dbop.Scheduler;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.twophase.GroupId;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The decision table in branch 0's database. Immutable. */
record DecisionStore(Pool pool, DecisionTable table, Database database, String name) {
    /**
     * Opens the store, and gives it a name if it has none.
     *
     * @return fails with {@link IllegalStateException} if the table is missing or cannot be read
     */
    static Future<DecisionStore> open(Participant first, DecisionTable table) {
        return Lease.from(first.pool())
                .compose(lease ->
                        name(first, table, lease.session()).onComplete(named -> lease.giveBack(named.succeeded())))
                .map(name -> new DecisionStore(first.pool(), table, first.database(), name));
    }

    private static Future<String> name(Participant first, DecisionTable table, Session session) {
        return read(first, table, session).compose(known -> {
            if (!known.isEmpty()) {
                return Future.succeededFuture(known);
            }
            return session.send(table.insertStore(first.database(), GroupId.newKey()))
                    .transform((done, raced) -> read(first, table, session)
                            // Another process may have named it just now.
                            .compose(theirs -> raced != null && theirs.isEmpty()
                                    ? Future.<String>failedFuture(raced)
                                    : Future.succeededFuture(theirs)));
        });
    }

    /** The store's name; empty if it has none yet. */
    private static Future<String> read(Participant first, DecisionTable table, Session session) {
        return session.send(table.selectStore(first.database()))
                .map(rows -> {
                    String name = Rows.first(rows);
                    return name == null ? "" : name;
                })
                .recover(missing -> Future.failedFuture(new IllegalStateException(
                        "decision table " + table.name() + " cannot be read: it must exist in the database of branch \""
                                + first.name() + "\"; create it with: " + table.create(first.database()),
                        missing)));
    }

    String insert(GroupId group, List<Participant> participants) {
        return table.insert(
                database,
                group,
                participants.stream().skip(1).map(Participant::identity).toList());
    }

    /**
     * Asks, on a connection of its own, what was decided: inserts the group's row again, which only looking for it could
     * not replace. A server that does not answer is not waited for beyond the deadline.
     *
     * @param lost the lease of branch 0's session, if that is to be ended first; or null
     */
    Future<CommitStatus> ask(GroupId group, Deadline deadline, @Nullable Lease lost) {
        CommitMark mark = new CommitMark.Token(table.insert(database, group, List.of()));
        return Lease.from(pool).compose(asking -> {
            Session session = asking.session();
            Scheduler.Cancellable limit =
                    deadline.isNone() ? () -> {} : session.after(deadline.remaining(), session::cut);
            return asking.endGhostOf(lost)
                    .compose(ended -> mark.look(session, deadline))
                    .onComplete(looked -> {
                        limit.cancel();
                        asking.giveBack(looked.succeeded());
                    });
        });
    }
}
