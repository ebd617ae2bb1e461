package dev.dbop.sql;

/**
 * PostgreSQL's modes of a table lock, weakest first. What each one keeps others from is told by its manual, "Explicit
 * Locking"; every one conflicts with {@link #ACCESS_EXCLUSIVE}, which DROP, TRUNCATE and most of ALTER TABLE take.
 */
public enum LockMode {
    /** What SELECT takes: keeps the table from being dropped, truncated or altered. */
    ACCESS_SHARE,
    /** What SELECT FOR UPDATE takes. */
    ROW_SHARE,
    /** What INSERT, UPDATE and DELETE take. */
    ROW_EXCLUSIVE,
    /** One holder at a time, beside any reader and writer: what VACUUM takes. */
    SHARE_UPDATE_EXCLUSIVE,
    /** Nobody writes; several may hold it. */
    SHARE,
    /** Nobody else writes; one holder at a time. */
    SHARE_ROW_EXCLUSIVE,
    /** Nobody else writes, or locks rows to write them later; plain SELECT goes on. */
    EXCLUSIVE,
    /** Nobody else does anything, plain SELECT included. */
    ACCESS_EXCLUSIVE;

    /**
     * Returns the mode as SQL spells it.
     *
     * @return for example {@code SHARE UPDATE EXCLUSIVE}, for use between {@code IN} and {@code MODE}
     */
    public String sql() {
        return name().replace('_', ' ');
    }
}
