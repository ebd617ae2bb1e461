package dev.dbop.vertx;

import dev.dbop.AttemptContext;
import dev.dbop.Timeouts;
import dev.dbop.sql.BranchSql;
import dev.dbop.sql.Database;
import dev.dbop.sql.MySqlSql;
import dev.dbop.twophase.BranchId;
import org.jspecify.annotations.Nullable;

/** The texts by which one branch begins, is prepared and ends. One instance per branch. */
final class BranchWork {
    private final Database database;
    private final BranchId id;
    private final @Nullable String decision;
    private final Work work;
    private final Timeouts timeouts;

    /**
     * Makes the texts of a branch.
     *
     * @param decision inserts the decision row, for the branch that is never prepared; null for the others
     * @param work the texts of the transaction this branch is, on servers that do not tell the two apart
     */
    BranchWork(Database database, BranchId id, @Nullable String decision, Work work, Timeouts timeouts) {
        this.database = database;
        this.id = id;
        this.decision = decision;
        this.work = work;
        this.timeouts = timeouts;
    }

    /** Whether the branch is not an ordinary transaction even before it is prepared. */
    boolean isXa() {
        return decision == null && database.family() == Database.Family.MYSQL;
    }

    private BranchSql sql() {
        return BranchSql.of(database);
    }

    /** The decision row first, or XA START; then, of MySQL's family, gives the number of the session. */
    String begin(AttemptContext context) {
        if (!isXa()) {
            return work.beginTransaction(context.isolation(), context.readOnly(), timeouts, decision);
        }
        MySqlSql session = MySqlSql.of(database);
        return Work.joined(
                session.characteristics(context.isolation(), context.readOnly()),
                session.save(timeouts, 0, false),
                sql().start(id),
                "SELECT CONNECTION_ID()");
    }

    String prepare() {
        return String.join("; ", sql().prepare(id));
    }

    /**
     * COMMIT of the decision. On MySQL's family nothing is put back in the same text: whatever failed behind the COMMIT
     * would look as if it had not happened, and the other branches be rolled back.
     */
    String commitDecision() {
        return database.family() == Database.Family.MYSQL
                ? Work.joined("RELEASE SAVEPOINT " + work.savepoint(), "COMMIT")
                : work.commit(false);
    }

    /** What puts the session back once COMMIT is through; a ROLLBACK in it finds nothing. */
    @Nullable
    String restoreAfterDecision() {
        return database.family() == Database.Family.MYSQL ? work.rollback() : null;
    }

    /** Rolls an ordinary transaction back and puts the session back. */
    String rollback() {
        return work.rollback();
    }

    /** XA END before an unprepared branch is rolled back. */
    String end() {
        return String.valueOf(sql().end(id));
    }

    /** What puts the session back once the branch is finished; null if there is nothing to put back. */
    @Nullable
    String restore() {
        return isXa() ? MySqlSql.of(database).restore(timeouts, 0) : null;
    }
}
