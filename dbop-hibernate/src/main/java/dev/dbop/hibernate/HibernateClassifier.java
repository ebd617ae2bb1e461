package dev.dbop.hibernate;

import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.sql.Database;
import jakarta.persistence.OptimisticLockException;
import org.hibernate.StaleStateException;
import org.hibernate.dialect.lock.OptimisticEntityLockException;
import org.jspecify.annotations.Nullable;

/**
 * Classifies what Hibernate throws by the {@code SQLException} underneath, as {@link JdbcClassifier} does. The exception
 * Hibernate makes of it does not tell: {@code OptimisticLockException} is a deadlock and a lock wait as well as a stale
 * version. Thread-safe, no I/O.
 */
public final class HibernateClassifier implements Classifier {
    private static final HibernateClassifier STANDARD = new HibernateClassifier(JdbcClassifier.standard(), false);

    private final JdbcClassifier jdbc;
    private final boolean retriesStaleData;

    private HibernateClassifier(JdbcClassifier jdbc, boolean retriesStaleData) {
        this.jdbc = jdbc;
        this.retriesStaleData = retriesStaleData;
    }

    /**
     * Returns the classifier that recognises the database by the exception. The scopes use {@link #of} as soon as they know
     * the database.
     *
     * @return a shared instance; stale data is given up
     */
    public static HibernateClassifier standard() {
        return STANDARD;
    }

    /**
     * Returns the classifier of one database.
     *
     * @param database whose fault table counts
     * @return the classifier; stale data is given up
     */
    public static HibernateClassifier of(Database database) {
        return new HibernateClassifier(JdbcClassifier.of(database), false);
    }

    /**
     * Returns a classifier that has the transaction retried when a row was changed, or deleted, since the entity was read
     * ({@code StaleObjectStateException}, or a version checked at the end). Right for operations that read what they change; useless for entities that were
     * read before the call, which every attempt finds stale.
     *
     * @return a changed copy
     */
    public HibernateClassifier retryingStaleData() {
        return new HibernateClassifier(jdbc, true);
    }

    @Override
    public @Nullable Verdict classify(Throwable failure, Phase phase) {
        Verdict verdict = jdbc.classify(failure, phase);
        if (verdict == null && isStale(failure)) {
            // Noticed by the session before it commits, so nothing is.
            return retriesStaleData ? Verdict.RETRY_TRANSACTION : Verdict.GIVE_UP;
        }
        return verdict;
    }

    private static boolean isStale(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < 16; depth++) {
            if (at instanceof StaleStateException
                    || at instanceof OptimisticLockException
                    || at instanceof OptimisticEntityLockException) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }
}
