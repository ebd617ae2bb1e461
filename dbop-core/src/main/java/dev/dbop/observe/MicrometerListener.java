package dev.dbop.observe;

import dev.dbop.RunEvent;
import dev.dbop.RunListener;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Counts and times calls through Micrometer. Add it to a runner with {@link dev.dbop.DbopRunner#listener}.
 *
 * <table>
 *   <caption>Meters; each has the tags {@code name} and {@code database}</caption>
 *   <tr><th>meter</th><th>type</th><th>further tags</th><th>meaning</th></tr>
 *   <tr><td>{@code dbop.calls}</td><td>timer</td><td>{@code outcome}, {@code reason}</td>
 *     <td>calls that ended, and how long they took, waits included</td></tr>
 *   <tr><td>{@code dbop.attempts}</td><td>counter</td><td></td><td>attempts of calls that ended</td></tr>
 *   <tr><td>{@code dbop.retries}</td><td>counter</td><td>{@code verdict}</td>
 *     <td>attempts that failed and are made again</td></tr>
 *   <tr><td>{@code dbop.backoff}</td><td>timer</td><td></td><td>waits before a retry, as decided</td></tr>
 *   <tr><td>{@code dbop.commit.probes}</td><td>counter</td><td>{@code status}</td>
 *     <td>what databases said became of a COMMIT without an answer</td></tr>
 * </table>
 *
 * <p>Every tag but {@code name} has few values, known beforehand. The {@code name} is the call's own: name calls after what
 * they do, never after what they do it to, since each name makes meters that stay. Nothing is capped here; a {@code
 * MeterFilter} of the registry can.
 *
 * <p>Thread-safe. A meter is looked up once for each combination of tags and then kept; hearing an event makes no garbage.
 */
public final class MicrometerListener implements RunListener {
    private final MeterRegistry registry;
    private final ConcurrentMap<String, NamedMeters> meters = new ConcurrentHashMap<>();

    private MicrometerListener(MeterRegistry registry) {
        this.registry = Objects.requireNonNull(registry, "registry");
    }

    /**
     * Returns a listener.
     *
     * @param registry where the meters are registered
     * @return the listener; one for all runners is enough
     */
    public static MicrometerListener of(MeterRegistry registry) {
        return new MicrometerListener(registry);
    }

    @Override
    public boolean wants(Class<? extends RunEvent> type) {
        return type != RunEvent.AttemptStarted.class;
    }

    @Override
    public void on(RunEvent event) {
        CallMeters of = meters(event.name()).of(event.database());
        if (event instanceof RunEvent.Ended ended) {
            of.ended(ended);
        } else if (event instanceof RunEvent.AttemptFailed failed) {
            of.failed(failed);
        } else if (event instanceof RunEvent.Probed probed) {
            of.probed(probed);
        }
    }

    private NamedMeters meters(String name) {
        NamedMeters known = meters.get(name);
        return known != null ? known : meters.computeIfAbsent(name, added -> new NamedMeters(registry, added));
    }
}
