package dev.dbop.vertx;

import dev.dbop.Timeouts;
import dev.dbop.sql.Database;
import dev.dbop.sql.Isolation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The texts by which one family of databases begins and ends a transaction, a savepoint or a single statement. Both clients
 * take several statements as one text, which stops at the first failure, so each step is one text. One instance per
 * attempt; it remembers what it changed.
 */
abstract class Work {
    /** Savepoint names are unique in the process: MySQL replaces one of the same name, others nest it. */
    private static final AtomicLong SAVEPOINTS = new AtomicLong();

    private final String savepoint = "dbop_v" + Long.toString(SAVEPOINTS.incrementAndGet(), Character.MAX_RADIX);

    /** The texts of a database, for an attempt inside so many others on the same session. */
    static Work of(Database database, int depth) {
        return switch (database.family()) {
            case POSTGRESQL -> new PostgresWork(database);
            case MYSQL -> new MySqlWork(database, depth);
            case SQLITE -> throw new IllegalStateException("there is no Vert.x client for SQLite");
        };
    }

    final String savepoint() {
        return savepoint;
    }

    static String joined(@Nullable String... statements) {
        List<String> present = new ArrayList<>(statements.length);
        for (String statement : statements) {
            if (statement != null) {
                present.add(statement);
            }
        }
        return String.join("; ", present);
    }

    /**
     * Whether a transaction is open on a caller's connection, for {@link #saysTransactionIsOpen}.
     *
     * @return a text that changes nothing
     */
    abstract String asksForTransaction();

    abstract boolean saysTransactionIsOpen(List<@Nullable String> row, VertxFaults.@Nullable Found failure);

    /**
     * BEGIN, with everything the transaction runs under; what it gives is for {@link #ridden}.
     *
     * @param riding a statement of ours that may give one value, or null
     */
    abstract String beginTransaction(
            @Nullable Isolation isolation, boolean readOnly, Timeouts timeouts, @Nullable String riding);

    /** The value of the riding statement, from the values the text gave. */
    abstract @Nullable String ridden(List<@Nullable String> values);

    /**
     * COMMIT. Fails if the transaction had failed, though the server would answer a lone COMMIT with success.
     *
     * @param committedImplicitly whether a statement has committed before, and taken our savepoints with it
     */
    abstract String commit(boolean committedImplicitly);

    /** How many statements of {@link #commit} have succeeded once the work is durable; those after it put settings back. */
    abstract int committedAfter(boolean committedImplicitly);

    /** {@link #rollback}, failing if the transaction is no longer the one that was begun where the database can tell. */
    abstract String rollbackOfWhole();

    /** ROLLBACK, everything put back; harmless if the server has rolled back already. */
    abstract String rollback();

    abstract String beginSavepoint(boolean readOnly, Timeouts timeouts);

    /** Takes what the text of {@link #beginSavepoint} gave. */
    abstract void begunSavepoint(List<@Nullable String> values);

    abstract String releaseSavepoint();

    /** ROLLBACK TO and RELEASE, everything put back. */
    abstract String rollbackToSavepoint();

    /** Puts back what a savepoint has changed where its rollback has failed; null if there is nothing. */
    abstract @Nullable String restoreSavepoint();

    /** What single statements run under; null if there is nothing to set. */
    abstract @Nullable String beginAutocommit(boolean readOnly, Timeouts timeouts);

    abstract void begunAutocommit(List<@Nullable String> values);

    abstract @Nullable String endAutocommit();
}
