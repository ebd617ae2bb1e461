package dev.dbop.jdbc;

import java.sql.SQLException;
import java.util.Arrays;

/** What a failure does not say itself, suppressed into it so that it is thrown as it is: why it surfaces, what helps. */
final class Note extends Exception {
    /** The stack trace leads to code that has caught the failure, which alone would puzzle whoever reads it. */
    private static final String SWALLOWED =
            "the operation swallowed this failure and returned, but the transaction did not survive it; let it leave the"
                    + " operation, or run the statement that may fail in a savepoint scope";

    private static final String STANDBY =
            "the server is a standby (in_hot_standby is on), where nobody can write; another connection may lead to the"
                    + " primary";

    private static final long serialVersionUID = 1;

    private Note(String text) {
        super(text, null, false, false);
    }

    /** Leaves a note in a failure, once, and returns the failure. */
    static SQLException in(SQLException failure, String text) {
        if (!isIn(failure, text)) {
            failure.addSuppressed(new Note(text));
        }
        return failure;
    }

    private static boolean isIn(SQLException failure, String text) {
        return Arrays.stream(failure.getSuppressed())
                .anyMatch(known -> known instanceof Note && text.equals(known.getMessage()));
    }

    /** Notes that a write was refused by a standby, not by the transaction's own wish. */
    static void standby(SQLException failure) {
        in(failure, STANDBY);
    }

    /** Whether a write was refused by a standby. */
    static boolean saysStandby(SQLException failure) {
        return isIn(failure, STANDBY);
    }

    /** Notes that the operation has swallowed a failure that ends the attempt all the same. */
    static SQLException swallowed(SQLException failure) {
        return in(failure, SWALLOWED);
    }
}
