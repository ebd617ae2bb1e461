package dev.dbop;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What comes after a delay, or at once when the delay is cut short: whichever is first, and only once. */
final class Wait implements Runnable {
    private final Runnable step;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Scheduler.@Nullable Cancellable timer;

    Wait(Runnable step) {
        this.step = step;
    }

    void begin(Scheduler scheduler, Duration delay) {
        timer = scheduler.schedule(this, delay);
    }

    /** Cuts the delay short. */
    void end() {
        Scheduler.Cancellable scheduled = timer;
        if (scheduled != null) {
            scheduled.cancel();
        }
        run();
    }

    @Override
    public void run() {
        if (over.compareAndSet(false, true)) {
            step.run();
        }
    }
}
