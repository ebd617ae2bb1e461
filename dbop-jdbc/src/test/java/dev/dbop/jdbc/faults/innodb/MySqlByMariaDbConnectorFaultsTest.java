package dev.dbop.jdbc.faults.innodb;

import dev.dbop.sql.Database;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

@RealDatabase(value = Database.MYSQL, driver = ClientDriver.MARIADB_CONNECTOR)
@Tag("one-jdk")
class MySqlByMariaDbConnectorFaultsTest {
    @Nested
    class Deadlocks extends DeadlockFaultsTest {
        Deadlocks(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class LockWaits extends LockWaitFaultsTest {
        LockWaits(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class Snapshots extends SnapshotFaultsTest {
        Snapshots(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class Timeouts extends TimeoutFaultsTest {
        Timeouts(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class Commits extends CommitFaultsTest {
        Commits(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class RacesWithCommit extends CommitRaceTest {
        RacesWithCommit(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class LostConnections extends LostConnectionFaultsTest {
        LostConnections(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class Ghosts extends GhostFaultsTest {
        Ghosts(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class IdleTimeouts extends IdleTimeoutFaultsTest {
        IdleTimeouts(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class Refusals extends RefusalFaultsTest {
        Refusals(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class FullServers extends UnavailableServerFaultsTest {
        FullServers(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class ImplicitCommits extends ImplicitCommitFaultsTest {
        ImplicitCommits(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class InjectedCodes extends InjectedCodesTest {
        InjectedCodes(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class UrlOptions extends UrlOptionsTest {
        UrlOptions(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class SeveralHosts extends SeveralHostsFaultsTest {
        SeveralHosts(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class ServerTimeouts extends MySqlTimeoutFaultsTest {
        ServerTimeouts(TestDatabase db) throws SQLException {
            super(db);
        }
    }

    @Nested
    class TransactionReplay extends TransactionReplayTest {
        TransactionReplay(TestDatabase db) throws SQLException {
            super(db);
        }
    }
}
