package dev.dbop.jdbc;

import dev.dbop.CommitStatus;
import dev.dbop.Timeouts;
import dev.dbop.sql.Fault;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Finds out what became of a transaction that began with inserting a key, by inserting the same key and rolling that back.
 * A duplicate: it was committed. Success: it is over, and since it inserted the key before all else it can never be
 * committed. A lock wait: it is still open.
 */
final class Fence {
    private Fence() {}

    /**
     * Inserts again.
     *
     * @param limits keep the wait for an open transaction short
     * @throws SQLException if neither can be told; the connection is then not to be trusted
     */
    static CommitStatus insertAgain(Server server, Connection another, String insert, Timeouts limits)
            throws SQLException {
        Control control = new Control(another, server, null);
        Work work = Work.of(server, another, control);
        // Not riding along: where statements are pipelined an insert outside the transaction would be durable.
        work.beginTransaction(null, false, limits, null);
        CommitStatus status;
        try {
            control.run(insert);
            status = CommitStatus.ABORTED;
        } catch (SQLException refused) {
            status = why(server, refused);
        }
        work.rollback();
        work.restoreTransaction();
        return status;
    }

    private static CommitStatus why(Server server, SQLException refused) throws SQLException {
        JdbcFaults.Found found = JdbcFaults.find(server.database, refused);
        if (found != null && server.database.saysDuplicateKey(JdbcFaults.errorOf(server.database, found.exception()))) {
            return CommitStatus.COMMITTED;
        }
        Fault fault = found == null ? null : found.fault();
        if (fault != null && fault.kind().isContention()) {
            return CommitStatus.IN_DOUBT;
        }
        throw refused;
    }
}
