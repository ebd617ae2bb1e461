package dev.dbop.examples.demo;

import dev.dbop.sql.Database;
import dev.dbop.testkit.TestServer;
import java.sql.SQLException;
import java.util.Locale;

/**
 * Under what conditions the ways were compared.
 *
 * @param plan what was run
 * @param version of the server, without what the vendor adds to it
 */
record Setting(Plan plan, String version) {

    static Setting of(Plan plan, TestServer server) throws SQLException {
        return new Setting(plan, server.version().replaceFirst("[- ].*", ""));
    }

    /** One line. */
    String text() {
        return String.format(
                Locale.ROOT,
                "%s %s, %d workers on %d accounts, %d s each way, seed %d",
                plan.database().productName(),
                version,
                plan.workers(),
                Bank.ACCOUNTS,
                plan.perWay().toSeconds(),
                plan.seed());
    }

    /** Whether sessions are killed and connections cut. */
    boolean hasTroubles() {
        return plan.database() != Database.SQLITE;
    }
}
