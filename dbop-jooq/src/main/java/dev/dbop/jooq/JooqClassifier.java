package dev.dbop.jooq;

import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.sql.Database;
import java.sql.SQLException;
import org.jooq.exception.DataChangedException;
import org.jspecify.annotations.Nullable;

/**
 * Classifies what jOOQ throws: the {@link SQLException} it wraps, as {@link JdbcClassifier} does, and never by {@code
 * DataAccessException.sqlStateClass()}, which knows neither lock timeouts nor killed sessions. Thread-safe, no I/O.
 */
public final class JooqClassifier implements Classifier {
    /** Bounds the walk over what may be a cycle. */
    private static final int MOST = 16;

    private static final JooqClassifier STANDARD = new JooqClassifier(JdbcClassifier.standard(), false);

    private final JdbcClassifier jdbc;
    private final boolean retriesStaleData;

    private JooqClassifier(JdbcClassifier jdbc, boolean retriesStaleData) {
        this.jdbc = jdbc;
        this.retriesStaleData = retriesStaleData;
    }

    /**
     * Returns the classifier that recognises the database by the driver's exception. Prefer {@link #of}, which the scopes
     * use as soon as they know the database: compatible databases share drivers.
     *
     * @return a shared instance
     */
    public static JooqClassifier standard() {
        return STANDARD;
    }

    /**
     * Returns the classifier of one database.
     *
     * @param database whose fault table counts
     * @return the classifier
     */
    public static JooqClassifier of(Database database) {
        return new JooqClassifier(JdbcClassifier.of(database), false);
    }

    /**
     * Returns this classifier, with a row that somebody else has changed or deleted in the meantime (jOOQ's optimistic
     * locking, {@link DataChangedException}) being a reason to run the transaction again. The operation must then read the
     * row itself: to store the same stale record again never helps.
     *
     * @return a changed copy
     */
    public JooqClassifier retryingStaleData() {
        return new JooqClassifier(jdbc, true);
    }

    @Override
    public @Nullable Verdict classify(Throwable failure, Phase phase) {
        Verdict known = jdbc.classify(failure, phase);
        boolean stale = known == null && retriesStaleData && phase != Phase.COMMIT && isStaleData(failure);
        return stale ? Verdict.RETRY_TRANSACTION : known;
    }

    private static boolean isStaleData(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MOST; depth++) {
            if (at instanceof DataChangedException) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }
}
