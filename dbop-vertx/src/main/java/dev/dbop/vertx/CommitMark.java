package dev.dbop.vertx;

import dev.dbop.CommitStatus;
import dev.dbop.Deadline;
import dev.dbop.Timeouts;
import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import dev.dbop.sql.PostgresSql;
import dev.dbop.sql.TokenTable;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one transaction can be found again by: its number, or a token it has written. */
sealed interface CommitMark {
    /** The statement that makes the mark; it rides in the transaction's prologue. */
    String sql();

    /** Takes the value that statement gave, if it gave one. */
    default void ridden(@Nullable String value) {}

    /** Finds out, on a connection without a transaction, what became of the transaction. */
    Future<CommitStatus> look(Session another, Deadline deadline);

    /** PostgreSQL's number of the transaction. */
    final class TransactionId implements CommitMark {
        private volatile @Nullable String id;

        @Override
        public String sql() {
            return PostgresSql.transactionId();
        }

        @Override
        public void ridden(@Nullable String value) {
            id = value;
        }

        @Override
        public Future<CommitStatus> look(Session another, Deadline deadline) {
            String known = id;
            if (known == null) {
                return Future.succeededFuture(CommitStatus.UNKNOWN);
            }
            return another.send(PostgresSql.transactionStatus(known)).map(rows -> {
                String status = Rows.first(rows);
                return switch (status == null ? "" : status) {
                    case "committed" -> CommitStatus.COMMITTED;
                    case "aborted" -> CommitStatus.ABORTED;
                    case "" -> CommitStatus.UNKNOWN;
                    default -> CommitStatus.IN_DOUBT;
                };
            });
        }
    }

    /**
     * A row with a key of its own that the transaction has written before anything else. It is inserted again and that is
     * rolled back. A duplicate: it was committed. Success: it is over, and can never be committed. A lock wait: it is open.
     */
    final class Token implements CommitMark {
        /** A transaction that takes longer to end is told to. */
        private static final Duration PATIENCE = Duration.ofSeconds(1);

        private final String insert;

        Token(Database database, TokenTable table) {
            this(table.insert(database, TokenTable.newToken()));
        }

        Token(String insert) {
            this.insert = insert;
        }

        @Override
        public String sql() {
            return insert;
        }

        @Override
        public Future<CommitStatus> look(Session another, Deadline deadline) {
            Duration left = deadline.remaining();
            Duration wait = left.compareTo(PATIENCE) < 0 ? left.plusNanos(1) : PATIENCE;
            Work work = Work.of(another.database, 0);
            String begin = work.beginTransaction(null, false, Timeouts.none().withLock(wait), null);
            return another.send(begin)
                    .compose(begun -> another.send(insert))
                    .transform((inserted, refused) -> refused == null
                            ? Future.succeededFuture(CommitStatus.ABORTED)
                            : why(another.database, refused))
                    .compose(status -> another.send(work.rollback()).map(rolledBack -> status));
        }

        private static Future<CommitStatus> why(Database database, Throwable refused) {
            VertxFaults.Found found = VertxFaults.find(database, refused);
            if (found != null && database.saysDuplicateKey(VertxFaults.errorOf(found.exception()))) {
                return Future.succeededFuture(CommitStatus.COMMITTED);
            }
            Fault fault = found == null ? null : found.fault();
            return fault != null && fault.kind().isContention()
                    ? Future.succeededFuture(CommitStatus.IN_DOUBT)
                    : Future.failedFuture(refused);
        }
    }
}
