package dev.dbop.sql;

import static dev.dbop.sql.FaultKind.CONNECTION;
import static dev.dbop.sql.FaultKind.CONSTRAINT;
import static dev.dbop.sql.FaultKind.STATEMENT_TIMEOUT;
import static dev.dbop.sql.Handling.HOPELESS;
import static dev.dbop.sql.Handling.LOST_CONNECTION;
import static dev.dbop.sql.Handling.STATEMENT_ONLY;
import static dev.dbop.sql.Row.code;

import java.util.List;

/** What MariaDB reports beside {@link InnoDbFaults}. */
final class MariaDbFaults {
    private static final String CODES = "MariaDB docs, Error Codes";
    private static final String MEASURED = "MariaDB docs, max_statement_time; measured on MariaDB 10.11 and 11.8";

    private MariaDbFaults() {}

    static List<Fault> rows() {
        return List.of(
                code(1969, STATEMENT_TIMEOUT, STATEMENT_ONLY, "ER_STATEMENT_TIMEOUT", MEASURED)
                        .because("max_statement_time stopped the statement, which may have been COMMIT; the code tells"
                                + " it from somebody's cancel, so it is retried whoever has set the limit."),
                code(1927, CONNECTION, LOST_CONNECTION, "ER_CONNECTION_KILLED", CODES)
                        .because("The session was killed."),
                code(4025, CONSTRAINT, HOPELESS, "ER_CONSTRAINT_FAILED", CODES)
                        .because("The data would have violated a check constraint."));
    }
}
