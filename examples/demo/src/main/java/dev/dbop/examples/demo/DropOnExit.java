package dev.dbop.examples.demo;

import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;

/** Drops a database should the process be stopped: it may be on a server that lives on. */
final class DropOnExit {
    private final Thread hook;

    DropOnExit(TestDatabase database) {
        hook = new Thread(() -> drop(database), "drop-on-exit");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private static void drop(TestDatabase database) {
        try {
            database.close();
        } catch (SQLException | RuntimeException serverIsGone) {
            // and the database with it
        }
    }

    /** The database is dropped, or about to be, in the ordinary way. */
    void cancel() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException exiting) {
            // the hook is at work
        }
    }
}
