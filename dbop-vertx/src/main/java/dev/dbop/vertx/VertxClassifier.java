package dev.dbop.vertx;

import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import io.vertx.sqlclient.DatabaseException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Classifies what the Vert.x clients for PostgreSQL and MySQL fail with: server errors by the database's fault table, lost
 * connections, refused ones and pools without a free one by what the clients make of them (vertx-sql-client 5.0; they have
 * no code). Immutable and thread-safe; never blocks.
 */
public final class VertxClassifier implements Classifier {
    private static final VertxClassifier STANDARD = new VertxClassifier(null);

    private final @Nullable Database database;

    private VertxClassifier(@Nullable Database database) {
        this.database = database;
    }

    /**
     * Returns the classifier that recognises the database by the exception: PostgreSQL's client's, else MySQL or MariaDB.
     * The scopes use {@link #of} as soon as they know the database.
     *
     * @return a shared instance
     */
    public static VertxClassifier standard() {
        return STANDARD;
    }

    /**
     * Returns the classifier of one database.
     *
     * @param database whose fault table counts
     * @return the classifier
     */
    public static VertxClassifier of(Database database) {
        return new VertxClassifier(Objects.requireNonNull(database, "database"));
    }

    @Override
    public @Nullable Verdict classify(Throwable failure, Phase phase) {
        Database table = database == null ? guess(failure) : database;
        VertxFaults.Found found = VertxFaults.find(table, failure);
        if (found != null) {
            if (found.exception() instanceof StatementTimeout) {
                return phase == Phase.COMMIT ? Verdict.RETRY_TRANSACTION : Verdict.RETRY_SAVEPOINT;
            }
            Fault fault = found.fault();
            // An error no row knows is an answer all the same: even a COMMIT did not happen.
            return fault == null ? Verdict.GIVE_UP : fault.verdict(phase);
        }
        if (!VertxFaults.saysUnreachable(failure)) {
            return null;
        }
        boolean sent = phase == Phase.COMMIT && !VertxFaults.neverSent(failure);
        return sent ? Verdict.OUTCOME_UNKNOWN : Verdict.RETRY_CONNECTION;
    }

    private static Database guess(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (VertxFaults.isPostgres(at)) {
                return Database.POSTGRESQL;
            }
            if (at instanceof DatabaseException exception && exception.getErrorCode() != 0) {
                return Database.MARIADB;
            }
        }
        return Database.POSTGRESQL;
    }

    @Override
    public String toString() {
        return "VertxClassifier[" + (database == null ? "any database" : database.productName()) + "]";
    }
}
