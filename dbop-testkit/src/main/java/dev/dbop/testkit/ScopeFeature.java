package dev.dbop.testkit;

/**
 * Names what a scope may do for an attempt beside beginning and ending it. A contract suite skips, with the reason, the
 * tests of what a scope declares not to do; it must then refuse {@link #READ_ONLY} and {@link #ISOLATION} instead of
 * ignoring them, because its caller relies on them.
 */
public enum ScopeFeature {
    /** Keeps a call that is declared read-only from writing, on the server. */
    READ_ONLY("read-only calls"),
    /** Runs the attempt's transaction at the isolation level that is asked for. */
    ISOLATION("an isolation level"),
    /** Limits on the server how long a statement waits for a lock. */
    LOCK_TIMEOUT("a lock timeout"),
    /** Waits for locks as briefly as {@link dev.dbop.AttemptContext#timeouts(dev.dbop.Reach)} says where more attempts follow. */
    GROWING_LOCK_TIMEOUT("a lock timeout that grows with the attempts"),
    /** Limits how long a statement runs. */
    STATEMENT_TIMEOUT("a statement timeout"),
    /** Stops the work under way when the attempt's time is up. */
    CANCEL("stopping an attempt whose time is up"),
    /** Hands each attempt a resource of its own, dead when the attempt ends, on a caller's connection too. */
    OWN_RESOURCE("a resource of its own for each attempt on a caller's connection");

    private final String text;

    ScopeFeature(String text) {
        this.text = text;
    }

    /** Returns the feature in words. */
    @Override
    public String toString() {
        return text;
    }
}
