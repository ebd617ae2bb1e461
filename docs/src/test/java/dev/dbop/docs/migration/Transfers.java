package dev.dbop.docs.migration;

import java.sql.SQLException;

/** Moves money between accounts, each time in one transaction. */
@FunctionalInterface
interface Transfers {
    void transfer(int from, int to, int amount) throws SQLException;
}
