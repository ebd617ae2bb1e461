package dev.dbop.benchmarks.peers;

import java.sql.SQLException;
import java.util.Set;

/** Knows the failures that come of others doing the same, on every database measured: what everybody but dbop is told. */
public final class Contended {
    private static final Set<String> STATES = Set.of("40001", "40P01", "55P03");
    /** Lock wait timeout, deadlock, and a record changed since it was read (MariaDB). */
    private static final Set<Integer> CODES = Set.of(1205, 1213, 1020);

    private Contended() {}

    /**
     * Tells whether another attempt makes sense.
     *
     * @param failure anything, wrapped or not
     * @return true if a cause is one of them
     */
    public static boolean is(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql
                    && (STATES.contains(String.valueOf(sql.getSQLState())) || CODES.contains(sql.getErrorCode()))) {
                return true;
            }
        }
        return false;
    }
}
