package dev.dbop.jdbc;

import dev.dbop.CommitStatus;
import dev.dbop.Deadline;
import dev.dbop.sql.PostgresSql;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's number of the transaction. */
final class TransactionIdMark implements CommitMark {
    private @Nullable String id;

    @Override
    public String sql() {
        return PostgresSql.transactionId();
    }

    @Override
    public void ridden(@Nullable String value) {
        id = value;
    }

    @Override
    public CommitStatus look(Server server, Connection another, Deadline deadline) throws SQLException {
        String known = id;
        if (known == null) {
            return CommitStatus.UNKNOWN;
        }
        String status = new Control(another, server, null).query(PostgresSql.transactionStatus(known));
        if (status == null) {
            return CommitStatus.UNKNOWN;
        }
        return switch (status) {
            case "committed" -> CommitStatus.COMMITTED;
            case "aborted" -> CommitStatus.ABORTED;
            default -> CommitStatus.IN_DOUBT;
        };
    }
}
