package dev.dbop.vertx;

import dev.dbop.Scheduler;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;

/** A statement timeout kept by us, on servers that end SELECTs only; COMMIT has it too. */
final class StatementLimit {
    private static final Duration AGAIN = Duration.ofMillis(500);

    private final Session session;
    private volatile boolean passed;
    private volatile boolean over;
    private volatile Scheduler.Cancellable next = () -> {};

    private StatementLimit(Session session) {
        this.session = session;
    }

    /** Runs something that fails with {@link StatementTimeout} if it was stopped for taking longer. */
    static <T> Future<T> keeping(Session session, Duration limit, Supplier<Future<T>> start) {
        StatementLimit kept = new StatementLimit(session);
        kept.next = session.after(limit, kept::stop);
        return session.run(start).transform((value, failure) -> {
            kept.over = true;
            kept.next.cancel();
            if (failure == null) {
                return Future.succeededFuture(value);
            }
            return Future.failedFuture(kept.passed ? new StatementTimeout(limit, failure) : failure);
        });
    }

    private void stop() {
        if (over) {
            return;
        }
        if (!passed) {
            passed = true;
            session.after(Session.GRACE, () -> {
                if (!over) {
                    session.cut();
                }
            });
        }
        session.stop();
        next = session.after(AGAIN, this::stop);
        if (over) {
            next.cancel();
        }
    }
}
