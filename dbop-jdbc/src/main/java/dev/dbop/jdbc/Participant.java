package dev.dbop.jdbc;

import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.BranchSql;
import dev.dbop.sql.Database;
import dev.dbop.sql.ServerError;
import dev.dbop.sql.ServerIdentity;
import dev.dbop.twophase.BranchAnswer;
import dev.dbop.twophase.BranchId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One of the databases of a {@link TwoPhase}. Immutable; its identity is found once, and looked at again by recovery. */
record Participant(String name, DataSource source, Server server, String identity, int index) {
    /** How long a server may take to notice that a session is gone. */
    private static final int TRIES = 50;

    /** How often recovery asks: whoever holds a branch it has found is mostly about to finish it, or to go. */
    private static final int TRIES_OF_RECOVERY = 3;

    private static final Duration PAUSE = Duration.ofMillis(20);

    /** A branch found prepared, and since when, where the server tells. */
    record Prepared(BranchId branch, @Nullable Long ageSeconds) {}

    /** Everything found prepared on a server, at a time. */
    record Listing(String identity, List<Prepared> prepared, long clock) {}

    /**
     * Looks at a database before it takes part.
     *
     * @throws IllegalStateException if it must not
     */
    static Participant of(String name, DataSource source, int index, boolean prepares) throws SQLException {
        try (Connection connection = source.getConnection()) {
            Server server = Server.of(source, connection);
            if (prepares && !BranchSql.prepares(server.database)) {
                throw refused(
                        name,
                        server.database.productName()
                                + " cannot prepare a branch: name it first, as the decision branch");
            }
            Control control = new Control(connection, server, null);
            String objection = objection(control, server.database, prepares);
            if (objection != null) {
                throw refused(name, objection);
            }
            Participant participant = new Participant(name, source, server, identity(control, server), index);
            if (prepares) {
                participant.checkPrivilege(connection);
            }
            return participant;
        }
    }

    private static @Nullable String objection(Control control, Database database, boolean prepares)
            throws SQLException {
        String objection = control.query(ServerIdentity.objection(database, prepares));
        String version = prepares ? ServerIdentity.version(database) : null;
        return objection == null && version != null
                ? ServerIdentity.objectionToVersion(String.valueOf(control.query(version)))
                : objection;
    }

    private static String identity(Control control, Server server) throws SQLException {
        String identity = String.valueOf(control.query(ServerIdentity.query(server.database)));
        return identity.replace('\\', '/');
    }

    /** MySQL lists prepared branches only to those who may see them all (XA_RECOVER_ADMIN, from 8.0). */
    private void checkPrivilege(Connection connection) throws SQLException {
        try {
            rows(connection, BranchSql.of(server.database).list());
        } catch (SQLException denied) {
            if (JdbcClassifier.of(server.database).classify(denied, Phase.COMMIT) == Verdict.GIVE_UP) {
                IllegalStateException refused = refused(
                        name,
                        "its user may not list prepared branches (" + denied.getMessage()
                                + "): grant it XA_RECOVER_ADMIN");
                refused.initCause(denied);
                throw refused;
            }
            throw denied;
        }
    }

    private static IllegalStateException refused(String name, String why) {
        return new IllegalStateException("data source \"" + name + "\" cannot take part in two-phase commit: " + why);
    }

    Database database() {
        return server.database;
    }

    /** Lists everything prepared here, whoever owns it. Throws rather than leave something out. */
    Listing list() throws SQLException {
        try (Connection connection = source.getConnection()) {
            Control control = new Control(connection, server, null);
            String now = identity(control, server);
            List<Prepared> prepared = prepared(connection);
            String clock = control.query(BranchSql.of(database()).clock());
            return new Listing(now, prepared, Long.parseLong(String.valueOf(clock)));
        }
    }

    private List<Prepared> prepared(Connection connection) throws SQLException {
        BranchSql sql = BranchSql.of(database());
        List<Prepared> prepared = new ArrayList<>();
        for (List<String> row : rows(connection, sql.list())) {
            BranchId branch = sql.read(row);
            if (branch != null) {
                Long age = row.size() == 2 ? Long.valueOf(row.get(1)) : null;
                prepared.add(new Prepared(branch, age));
            }
        }
        return prepared;
    }

    /** The server's clock, in seconds since 1970. */
    long clock() throws SQLException {
        try (Connection connection = source.getConnection()) {
            String clock = new Control(connection, server, null)
                    .query(BranchSql.of(database()).clock());
            return Long.parseLong(String.valueOf(clock));
        }
    }

    private static List<List<String>> rows(Connection connection, String query) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> row = new ArrayList<>(columns);
                for (int i = 1; i <= columns; i++) {
                    row.add(String.valueOf(result.getString(i)));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /**
     * Commits or rolls back a prepared branch on a connection of its own, for recovery. A session that holds it may belong
     * to a coordinator at work, so none is ended.
     */
    BranchAnswer finish(BranchId branch, boolean commit) {
        return finishElsewhere(branch, commit, null);
    }

    /**
     * Commits or rolls back a prepared branch on a connection of its own, when the session that prepared it is lost. That
     * session is ended first: it may still be about to prepare, and XA lets nobody else finish the branch before it has
     * gone, which takes the server a moment.
     */
    BranchAnswer finishElsewhere(BranchId branch, boolean commit, @Nullable Lease lost) {
        Lease lease;
        try {
            lease = Lease.from(ConnectionSource.of(source));
        } catch (SQLException unreachable) {
            return new BranchAnswer.Refused(unreachable);
        }
        if (lost != null) {
            lease.endGhostOf(lost);
        }
        int most = lost == null ? TRIES_OF_RECOVERY : TRIES;
        BranchAnswer answer = finish(branch, commit, lease);
        for (int tries = 1; tries < most && answer instanceof BranchAnswer.Busy; tries++) {
            LockSupport.parkNanos(PAUSE.toNanos());
            answer = finish(branch, commit, lease);
        }
        lease.giveBack(!(answer instanceof BranchAnswer.Unknown));
        return answer;
    }

    private BranchAnswer finish(BranchId branch, boolean commit, Lease lease) {
        Control control = new Control(lease.connection(), server, null);
        try {
            BranchAnswer answer = OutsideTransaction.run(lease.connection(), () -> finish(branch, commit, control));
            return answer instanceof BranchAnswer.NotFound ? notFound(branch, lease) : answer;
        } catch (SQLException failure) {
            return new BranchAnswer.Unknown(failure);
        }
    }

    /** A branch in the hands of another session is said not to be there, and listed all the same. */
    private BranchAnswer notFound(BranchId branch, Lease lease) {
        try {
            boolean listed = prepared(lease.connection()).stream()
                    .anyMatch(prepared -> prepared.branch().equals(branch));
            return listed ? new BranchAnswer.Busy() : new BranchAnswer.NotFound();
        } catch (SQLException unknown) {
            return new BranchAnswer.Refused(unknown);
        }
    }

    /** Commits or rolls back a prepared branch outside any transaction. */
    BranchAnswer finish(BranchId branch, boolean commit, Control control) {
        BranchSql sql = BranchSql.of(database());
        try {
            control.run(commit ? sql.commitPrepared(branch) : sql.rollbackPrepared(branch));
            return new BranchAnswer.Done();
        } catch (SQLException failure) {
            return answer(failure, !commit);
        }
    }

    /** What a failed step says about the branch. */
    BranchAnswer answer(SQLException failure, boolean rollingBack) {
        JdbcFaults.Found found = JdbcFaults.find(database(), failure);
        BranchSql sql = BranchSql.of(database());
        if (found != null) {
            ServerError error = JdbcFaults.errorOf(database(), found.exception());
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
        return answer(server, failure);
    }

    /** Whether the server has said no, or nobody knows. */
    static BranchAnswer answer(Server server, SQLException failure) {
        Verdict verdict = JdbcClassifier.of(server.database).classify(failure, Phase.COMMIT);
        boolean unknown = verdict == null || verdict == Verdict.OUTCOME_UNKNOWN;
        return unknown ? new BranchAnswer.Unknown(failure) : new BranchAnswer.Refused(failure);
    }
}
