package dev.dbop.testkit;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares what is on a database after a test with what was there before it. */
final class LeakCheck {

    private final TestDatabase database;
    private final Set<Long> sessionsBefore;
    private final Set<String> preparedBefore;

    private LeakCheck(TestDatabase database, Set<Long> sessionsBefore, Set<String> preparedBefore) {
        this.database = database;
        this.sessionsBefore = sessionsBefore;
        this.preparedBefore = preparedBefore;
    }

    static LeakCheck before(TestDatabase database) throws SQLException {
        if (!database.isRunning()) {
            return new LeakCheck(database, Set.of(), Set.of());
        }
        return new LeakCheck(
                database,
                database.sessions().stream().map(ServerSession::id).collect(Collectors.toSet()),
                Set.copyOf(database.preparedTransactions()));
    }

    /** Returns what was left, after clearing it away so that the next test does not suffer. */
    List<String> after(boolean idleMayStay) throws SQLException {
        if (!database.isRunning()) {
            return List.of();
        }
        Optional<Boolean> clean = Poll.within(
                Settings.leakGrace(),
                () -> leakedSessions(idleMayStay).isEmpty() ? Optional.of(true) : Optional.empty());
        List<String> leaks = new ArrayList<>();
        for (ServerSession session : clean.isPresent() ? List.<ServerSession>of() : leakedSessions(idleMayStay)) {
            leaks.add("session " + session.id() + " of " + database + ", " + session.state() + ", '" + session.query()
                    + "'");
            database.kill(session.id());
        }
        for (String transaction : database.preparedTransactions()) {
            if (!preparedBefore.contains(transaction)) {
                leaks.add("prepared transaction " + transaction + " on " + database);
                rollBack(transaction);
            }
        }
        return leaks;
    }

    /** MariaDB finishes a prepared transaction only once the session that prepared it, just killed, has ended. */
    private void rollBack(String transaction) throws SQLException {
        Poll.until(
                Settings.leakGrace(),
                () -> {
                    try {
                        database.rollbackPrepared(transaction);
                        return true;
                    } catch (SQLException notYet) {
                        return !database.preparedTransactions().contains(transaction);
                    }
                },
                () -> "prepared transaction " + transaction + " on " + database + " could not be rolled back");
    }

    private List<ServerSession> leakedSessions(boolean idleMayStay) throws SQLException {
        return database.sessions().stream()
                .filter(session -> !(session.isIdle() && (idleMayStay || sessionsBefore.contains(session.id()))))
                .toList();
    }
}
