package dev.dbop.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;

/**
 * A transaction over several databases, as an operation of {@link TwoPhase} gets it. Belongs to one attempt and to the
 * thread that runs it.
 */
public final class TwoPhaseTransaction {
    private final TwoPhaseAttempt attempt;
    private volatile List<String> pending = List.of();

    TwoPhaseTransaction(TwoPhaseAttempt attempt) {
        this.attempt = attempt;
    }

    /**
     * Returns the connection of one database, whose branch begins when it is first asked for. It behaves like the one of
     * {@link JdbcScope#transaction(javax.sql.DataSource)}: savepoint scopes may be opened on it, commit and rollback are
     * refused, and so are statements that would commit implicitly.
     *
     * <p>Blocks while a connection is taken and its branch begun.
     *
     * @param branch the name the database was given to the {@link TwoPhase}
     * @return the same connection until the attempt ends
     * @throws IllegalArgumentException if no database has that name
     * @throws IllegalStateException if the attempt has ended
     * @throws SQLException if the branch cannot begin
     */
    public Connection connection(String branch) throws SQLException {
        Objects.requireNonNull(branch, "branch");
        return attempt.branch(attempt.participant(branch).index()).resource();
    }

    /**
     * Returns the name of the group, as it stands in the names of its prepared branches and in the decision row.
     *
     * @return for logs, and for finding the branches on the servers
     */
    public String id() {
        return attempt.group().toString();
    }

    List<String> pending() {
        return pending;
    }

    void pending(List<String> names) {
        pending = names;
    }
}
