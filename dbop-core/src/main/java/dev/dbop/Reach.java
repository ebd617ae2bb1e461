package dev.dbop;

/** How far a scope can undo, and so which verdicts it can act on. Each reach includes the ones before it. */
public enum Reach {
    /** Rolls back to a savepoint inside a transaction that belongs to somebody else. */
    SAVEPOINT(Verdict.RETRY_SAVEPOINT),
    /** Rolls back the whole transaction, on a connection that belongs to somebody else. */
    TRANSACTION(Verdict.RETRY_TRANSACTION),
    /** Runs every attempt on a connection of its own. */
    CONNECTION(Verdict.RETRY_CONNECTION);

    private final Verdict furthest;

    Reach(Verdict furthest) {
        this.furthest = furthest;
    }

    /**
     * Tells whether a scope of this reach undoes enough for the verdict.
     *
     * @param verdict what the failure calls for
     * @return true if another attempt in this scope may help; always false for {@link Verdict#GIVE_UP} and {@link
     *     Verdict#OUTCOME_UNKNOWN}
     */
    public boolean covers(Verdict verdict) {
        return verdict.compareTo(furthest) <= 0;
    }
}
