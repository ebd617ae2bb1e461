package dev.dbop.jdbc;

import dev.dbop.CommitStatus;
import dev.dbop.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What one transaction can be found again by: its number, or a token it has written. */
interface CommitMark {
    /** The statement that makes the mark; it rides in the transaction's prologue. */
    String sql();

    /** Notes in a failure of that statement what helps against it, where that is known. */
    default void explain(SQLException failure) {}

    /** Takes the value that statement gave. */
    void ridden(@Nullable String value);

    /** Finds out, on a connection without a transaction, what became of the transaction. */
    CommitStatus look(Server server, Connection another, Deadline deadline) throws SQLException;
}
