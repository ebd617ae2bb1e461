package dev.dbop.testkit;

/**
 * Tells what the server says about one of its sessions.
 *
 * @param id the number that {@link TestDatabase#kill} takes: the backend's process id on PostgreSQL, the connection id
 *     on MySQL and MariaDB, a running number of the kit on SQLite
 * @param user who is logged in; empty on SQLite
 * @param state what the session does
 * @param query the running statement, or the last one on PostgreSQL; empty where the server does not tell
 */
public record ServerSession(long id, String user, State state, String query) {

    /** What a session does. */
    public enum State {
        /** Connected, nothing running, no transaction known. */
        IDLE,
        /** Running a statement. */
        ACTIVE,
        /** Running a statement that waits for a lock. */
        BLOCKED,
        /**
         * Nothing running, a transaction open. MySQL and MariaDB list a transaction only once it has touched an InnoDB
         * table.
         */
        IN_TRANSACTION,
        /** Nothing running, a transaction open that has failed and can only be rolled back (PostgreSQL). */
        IN_FAILED_TRANSACTION
    }

    /** Whether the session does nothing and holds nothing. */
    boolean isIdle() {
        return state == State.IDLE;
    }
}
