package dev.dbop.testkit;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Holds what a session is set to, so that a test can compare a pooled connection before and after.
 *
 * <p>All of it but {@code autocommit} comes from the server.
 *
 * @param autocommit the driver's {@link java.sql.Connection#getAutoCommit()}
 * @param isolation the isolation level as the server spells it; empty while the transaction is FAILED, when the server
 *     answers no question
 * @param readOnly whether the session refuses writes
 * @param transaction whether a transaction is open
 * @param settings every timeout of the session by the server's own name and spelling ({@code lock_timeout},
 *     {@code innodb_lock_wait_timeout}, {@code busy_timeout}, ...), plus the server's autocommit where it has one;
 *     empty while the transaction is FAILED
 */
public record SessionState(
        boolean autocommit,
        String isolation,
        boolean readOnly,
        Transaction transaction,
        SortedMap<String, String> settings) {

    /** Whether a transaction is open. */
    public enum Transaction {
        /** No transaction is open. */
        NONE,
        /** A transaction is open. On MySQL and MariaDB the server counts it from START TRANSACTION on. */
        OPEN,
        /** A transaction is open and can only be rolled back (PostgreSQL). */
        FAILED
    }

    /**
     * Creates a state with a private copy of the settings.
     *
     * @param autocommit as above
     * @param isolation as above
     * @param readOnly as above
     * @param transaction as above
     * @param settings as above
     */
    public SessionState {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }
}
