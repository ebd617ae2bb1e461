package dev.dbop.jdbc;

import dev.dbop.AttemptScope;
import java.sql.Connection;
import java.sql.SQLException;

/** A scope whose attempts may have their beginning travel with the operation's first statement. */
interface RidingScope extends AttemptScope<Connection, SQLException> {
    /** Whether there is a beginning that can: an autocommit attempt's would end with the first statement. */
    boolean hasPrologue();

    /** The same scope, with riding prologues. */
    AttemptScope<Connection, SQLException> riding();
}
