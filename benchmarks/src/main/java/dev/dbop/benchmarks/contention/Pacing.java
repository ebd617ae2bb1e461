package dev.dbop.benchmarks.contention;

import dev.dbop.Backoff;
import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.benchmarks.peers.Pace;
import dev.dbop.jdbc.JdbcClassifier;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The delays of a cell: one pace, or one for those that the server has chosen as a victim (deadlocks, serialization
 * failures) and another for those that have waited long enough for a lock: {@code victim/full:1ms:20ms+full:5ms:200ms}.
 *
 * @param text as it was written
 * @param victim of those whom the server has chosen; null for one pace only
 * @param others of everybody else
 */
record Pacing(String text, @Nullable Pace victim, Pace others) {
    private static final ThreadLocal<@Nullable Throwable> LAST = new ThreadLocal<>();

    static Pacing of(String text) {
        if (!text.startsWith("victim/")) {
            return new Pacing(text, null, Pace.of(text));
        }
        String[] both = text.substring("victim/".length()).split("\\+", 2);
        return new Pacing(text, Pace.of(both[0]), Pace.of(both[1]));
    }

    /** dbop's back-off does not know the failure it comes after; on the thread of a blocking call this does. */
    Backoff backoff() {
        return step -> {
            Throwable failure = LAST.get();
            Pace quick = Objects.requireNonNull(victim);
            return Duration.ofMillis(
                    (failure != null && isVictim(failure) ? quick : others).millisBefore(step.retry()));
        };
    }

    Classifier classifier() {
        return (failure, phase) -> remembering(failure, phase);
    }

    private static dev.dbop.@Nullable Verdict remembering(Throwable failure, Phase phase) {
        LAST.set(failure);
        return JdbcClassifier.standard().classify(failure, phase);
    }

    private static boolean isVictim(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql) {
                String state = sql.getSQLState();
                return sql.getErrorCode() != 1205 && state != null && state.startsWith("40");
            }
        }
        return false;
    }
}
