package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dbop.sql.BranchSql;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import dev.dbop.twophase.BranchAnswer;
import dev.dbop.twophase.BranchId;
import dev.dbop.twophase.GroupId;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** MariaDB says of a branch in the hands of another session that there is none, and lists it. */
@RealDatabase(Database.MARIADB)
final class MariaDbHeldBranchTest {
    private static final BranchSql SQL = BranchSql.of(Database.MARIADB);

    /** In vain. */
    private static final int TRIES = 10;

    private final TestDatabase db;

    MariaDbHeldBranchTest(TestDatabase db) {
        this.db = db;
    }

    @Test
    void aBranchThatASessionStillHoldsIsFinishedOnceThatHasGone() throws SQLException {
        BranchId branch = new BranchId(GroupId.create("dbop", GroupId.newKey(), 2), 1);
        db.execute("CREATE TABLE held (id INT PRIMARY KEY)");
        TestSession holder = TestSession.open(db);
        holder.run(String.valueOf(SQL.start(branch)), "INSERT INTO held VALUES (1)");
        holder.run(SQL.prepare(branch).toArray(String[]::new));

        try (FaultProxy proxy = FaultProxy.to(db)) {
            Pool pool = Clients.pool(db, proxy, 2);
            Participant participant = Clients.await(Participant.of("held", pool, true));
            Lease other = Clients.await(Lease.from(pool));
            // the listing is asked for only after XA COMMIT has not found the branch
            PlannedFault listed = proxy.holdAnswer(FaultProxy.containing("XA RECOVER"));
            Future<BranchAnswer> finished = participant.finishElsewhere(branch, true, other);
            for (int tries = 0; tries < TRIES; tries++) {
                listed.await();
                PlannedFault next = proxy.holdAnswer(FaultProxy.containing("XA RECOVER"));
                listed.release();
                listed = next;
            }
            listed.await();
            holder.close();
            // the tries are few, and the server may take its time
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> db.sessions().stream().noneMatch(session -> session.id() == holder.id()));
            listed.release();

            assertThat(Clients.await(finished)).isEqualTo(new BranchAnswer.Done());
            other.giveBack(true);
            Clients.close(pool);
        }
        assertThat(db.query("SELECT id FROM held")).isEqualTo(List.of("1"));
        assertThat(db.preparedTransactions()).isEmpty();
    }
}
