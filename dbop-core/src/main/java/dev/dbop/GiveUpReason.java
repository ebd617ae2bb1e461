package dev.dbop;

/** Why a call ended without success. */
public enum GiveUpReason {
    /** The verdict was {@link Verdict#GIVE_UP}: trying again cannot help. */
    NOT_RETRYABLE("trying again cannot help"),
    /**
     * The operation or the hook failed with something that is no failure of the database: no classifier knows it, and no
     * {@code SQLException} is among its causes. An application's own exception, as a rule: the way to roll back.
     */
    NOT_OF_THE_DATABASE("the failure is not of the database"),
    /** The verdict goes beyond the scope's reach; an enclosing call with a wider scope may retry. */
    BEYOND_REACH("the verdict goes beyond the scope's reach"),
    /** {@link RetryPolicy#maxRetries()} were made. */
    RETRIES_EXHAUSTED("retries are exhausted"),
    /** The next delay would cross {@link RetryPolicy#maxDuration()}, or an enclosing deadline. */
    DEADLINE("the next delay would cross the deadline"),
    /** The {@link RetryBudget} is empty. */
    BUDGET_EMPTY("the retry budget is empty"),
    /** The calling thread was interrupted, or the future was cancelled. */
    INTERRUPTED("the caller was interrupted"),
    /** An {@link Error} was thrown: it is passed on at once, whatever the verdict. */
    ERROR("an error was thrown"),
    /** The work may have become durable and must not be repeated blindly. */
    OUTCOME_UNKNOWN("the outcome is unknown");

    private final String text;

    GiveUpReason(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
