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
                "%s %s, %d workers on %d accounts, %d s and a lock timeout of %d ms each way, seed %d",
                plan.database().productName(),
                version,
                plan.workers(),
                Bank.ACCOUNTS,
                plan.perWay().toSeconds(),
                Patience.lockTimeout(plan.database()).toMillis(),
                plan.seed());
    }

    /** What this database does not show, and which one does; empty if there is nothing to say. */
    String hint() {
        return switch (plan.database().family()) {
            case POSTGRESQL ->
                "PostgreSQL refuses every statement after a failure until the rollback, so that the blind loop loses no work"
                        + " here, it only doubles some; on MariaDB it loses work as well (--db mariadb).";
            case SQLITE -> "SQLite has one writer and no network: nothing is lost or doubled here, only waited for.";
            case MYSQL -> "";
        };
    }

    /** Whether sessions are killed and connections cut. */
    boolean hasTroubles() {
        return plan.database() != Database.SQLITE;
    }
}
