package dev.dbop;

import org.jspecify.annotations.Nullable;

/** A checked exception like those of database clients; carries the verdict {@link #CLASSIFIER} reads. */
class DbFailure extends Exception {
    private static final long serialVersionUID = 1;

    static final Classifier CLASSIFIER = (failure, phase) -> failure instanceof DbFailure known ? known.verdict : null;

    private final @Nullable Verdict verdict;

    /** A failure with a verdict, or with none, as one nobody knows. */
    DbFailure(String message, @Nullable Verdict verdict) {
        super(message);
        this.verdict = verdict;
    }

    private DbFailure(String message, Verdict verdict, boolean enableSuppression) {
        super(message, null, enableSuppression, false);
        this.verdict = verdict;
    }

    static DbFailure of(Verdict verdict) {
        return new DbFailure(verdict.name(), verdict);
    }

    static DbFailure unclassified() {
        return new DbFailure("unclassified", null);
    }

    /** As some clients throw it: one shared instance, without trace and suppression. */
    static DbFailure withoutSuppression(Verdict verdict) {
        return new DbFailure(verdict.name(), verdict, false);
    }
}
