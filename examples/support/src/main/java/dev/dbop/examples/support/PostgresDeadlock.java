package dev.dbop.examples.support;

import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A deadlock on PostgreSQL whose victim is the call: a session looks for a deadlock once, {@code deadlock_timeout} after
 * it has begun to wait (PostgreSQL documentation, 19.12 "Lock Management"), and ends itself if it finds one.
 */
public final class PostgresDeadlock {
    private static final String LOCK = "UPDATE account SET balance = balance WHERE id = ";

    private PostgresDeadlock() {}

    /**
     * Starts a call that changes account 1 and then account 2, lets it wait for account 1 until a rival that has account
     * 2 waits behind it, and then lets both go on.
     *
     * @param database its user is a superuser, who may set {@code deadlock_timeout}
     * @param call starts the call
     * @throws SQLException if the database refuses
     */
    public static void provoke(TestDatabase database, Supplier<? extends CompletionStage<?>> call) throws SQLException {
        try (TestSession gate = TestSession.open(database);
                TestSession rival = TestSession.open(database)) {
            gate.run("BEGIN", LOCK + 1);
            rival.run("SET deadlock_timeout = '1min'", "BEGIN", LOCK + 2);
            CompletableFuture<?> called = call.get().toCompletableFuture();
            database.awaitBlocked();
            CompletableFuture<Boolean> crossing = rival.start(LOCK + 1, "COMMIT");
            rival.awaitBlocked();
            // Not COMMIT: the call would have to queue for the new row version, and the rival might be before it.
            gate.run("ROLLBACK");
            CompletableFuture.allOf(called, crossing).join();
        }
    }
}
