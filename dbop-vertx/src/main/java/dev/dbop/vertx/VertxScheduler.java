package dev.dbop.vertx;

import dev.dbop.Scheduler;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tasks on a context of Vert.x, by its timers. They have milliseconds; what is less is rounded up. */
final class VertxScheduler implements Scheduler {
    private final Context context;

    VertxScheduler(Context context) {
        this.context = context;
    }

    @Override
    public Cancellable schedule(Runnable task, Duration delay) {
        Vertx vertx = context.owner();
        Task scheduled = new Task(vertx, task);
        long millis = delay.plusNanos(999_999).toMillis();
        if (millis <= 0) {
            context.runOnContext(now -> scheduled.run());
        } else if (context.equals(Vertx.currentContext())) {
            scheduled.timer = vertx.setTimer(millis, id -> scheduled.run());
        } else {
            // a timer belongs to the context that sets it
            context.runOnContext(now -> {
                if (!scheduled.cancelled) {
                    scheduled.timer = vertx.setTimer(millis, id -> scheduled.run());
                }
            });
        }
        return scheduled;
    }

    private static final class Task implements Cancellable {
        private final Vertx vertx;
        private volatile @Nullable Runnable task;
        private volatile @Nullable Long timer;
        private volatile boolean cancelled;

        Task(Vertx vertx, Runnable task) {
            this.vertx = vertx;
            this.task = task;
        }

        void run() {
            Runnable due = task;
            if (!cancelled && due != null) {
                task = null;
                due.run();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            // what the task holds on to need not wait for the timer
            task = null;
            Long set = timer;
            if (set != null) {
                vertx.cancelTimer(set);
            }
        }
    }
}
