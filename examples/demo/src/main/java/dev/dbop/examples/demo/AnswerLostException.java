package dev.dbop.examples.demo;

import java.sql.SQLException;

/** The careful loop's way to say that a COMMIT got no answer: the transfer may be done. */
final class AnswerLostException extends SQLException {
    private static final long serialVersionUID = 1L;

    /** The standard's "transaction resolution unknown". */
    private static final String UNKNOWN = "08007";

    AnswerLostException(SQLException cause) {
        super("COMMIT got no answer: the transfer may be done; look before you repeat it", UNKNOWN, cause);
    }
}
