package dev.dbop.jdbc.tools;

import dev.dbop.Sleeper;
import dev.dbop.Ticker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Time that passes only in sleeps, and what others do meanwhile: one act in each sleep, in order. */
final class ScriptedSleep implements Sleeper, Ticker {
    private final Deque<Act> acts = new ArrayDeque<>();
    private final List<Duration> sleeps = new ArrayList<>();
    private long nanos;

    /** What another client does. */
    @FunctionalInterface
    interface Act {
        void play() throws SQLException, InterruptedException;
    }

    /** Adds what happens in the first sleep that has nothing yet. */
    ScriptedSleep then(Act act) {
        acts.add(act);
        return this;
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        sleeps.add(duration);
        nanos += duration.toNanos();
        Act act = acts.poll();
        try {
            if (act != null) {
                act.play();
            }
        } catch (SQLException failure) {
            throw new AssertionError("the other client failed", failure);
        }
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    List<Duration> sleeps() {
        return sleeps;
    }
}
