package dev.dbop.jdbc;

import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Classifies what JDBC drivers throw, by the fault tables of {@link Database}: SQLSTATE or vendor code, never exception
 * class or driver's SQLSTATE alone, because drivers disagree. Causes and {@code getNextException} are walked, so that
 * wrappers and batches do not hide the failure. Thread-safe, no I/O.
 */
public final class JdbcClassifier implements Classifier {
    private static final JdbcClassifier STANDARD = new JdbcClassifier(null);

    private final @Nullable Database database;

    private JdbcClassifier(@Nullable Database database) {
        this.database = database;
    }

    /**
     * Returns the classifier that recognises the database by the exception's package. Prefer {@link #of}, which the
     * scopes use as soon as they know the database: compatible databases share drivers.
     *
     * @return a shared instance
     */
    public static JdbcClassifier standard() {
        return STANDARD;
    }

    /**
     * Returns the classifier of one database.
     *
     * @param database whose fault table counts
     * @return the classifier
     */
    public static JdbcClassifier of(Database database) {
        return new JdbcClassifier(Objects.requireNonNull(database, "database"));
    }

    /** The classifier for failures that come from one of several databases. */
    static Classifier among(List<Database> databases) {
        return (failure, phase) -> {
            Database guess = guess(failure);
            Database meant = databases.contains(guess)
                    ? guess
                    : databases.stream()
                            .filter(database -> database.family() == guess.family())
                            .findFirst()
                            .orElse(guess);
            return of(meant).classify(failure, phase);
        };
    }

    @Override
    public @Nullable Verdict classify(Throwable failure, Phase phase) {
        if (first(failure, StatementTimeout.class) != null) {
            return phase == Phase.COMMIT ? Verdict.RETRY_TRANSACTION : Verdict.RETRY_SAVEPOINT;
        }
        Database table = database != null ? database : guess(failure);
        JdbcFaults.Found found = JdbcFaults.find(table, failure);
        if (found == null) {
            return withoutCode(failure, phase);
        }
        Fault fault = found.fault();
        if (fault != null) {
            return Note.saysStandby(found.exception()) ? Verdict.RETRY_CONNECTION : fault.verdict(phase);
        }
        // A server's error no row knows is an answer all the same: even a COMMIT did not happen. MySQL's drivers put
        // states of their own on failures the server knows nothing of.
        boolean answered = table.family() == Database.Family.POSTGRESQL
                || found.exception().getErrorCode() > 0;
        return answered || phase != Phase.COMMIT ? Verdict.GIVE_UP : null;
    }

    /** The first of a kind on the chain of causes: clients wrap what a driver throws. */
    private static <T extends Throwable> @Nullable T first(Throwable failure, Class<T> kind) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < 16; depth++) {
            if (kind.isInstance(at)) {
                return kind.cast(at);
            }
            at = at.getCause();
        }
        return null;
    }

    /** Pools and drivers report some failures without any code; nothing was sent while opening. */
    private static @Nullable Verdict withoutCode(Throwable thrown, Phase phase) {
        SQLException failure = first(thrown, SQLException.class);
        boolean connecting = failure instanceof SQLTransientConnectionException
                || failure instanceof SQLNonTransientConnectionException
                || failure instanceof SQLTimeoutException;
        if (phase == Phase.OPEN) {
            return connecting ? Verdict.RETRY_CONNECTION : null;
        }
        if (failure instanceof SQLTimeoutException) {
            // Connector/J's own timer: code 0, no SQLSTATE; the transaction lives, but the cancel may have come too
            // late.
            return phase == Phase.COMMIT ? Verdict.OUTCOME_UNKNOWN : Verdict.RETRY_SAVEPOINT;
        }
        return null;
    }

    private static Database guess(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < 16; depth++) {
            String name = at.getClass().getName();
            if (name.startsWith("org.postgresql.")) {
                return Database.POSTGRESQL;
            }
            if (name.startsWith("org.sqlite.")) {
                return Database.SQLITE;
            }
            if (name.startsWith("com.mysql.")) {
                return Database.MYSQL;
            }
            if (at instanceof SQLException exception && exception.getErrorCode() != 0) {
                return Database.MARIADB;
            }
            at = at.getCause();
        }
        return Database.POSTGRESQL;
    }
}
