package dev.dbop.moduletests.observed;

import dev.dbop.DbopRunner;
import dev.dbop.moduletests.Caller;
import dev.dbop.observe.MicrometerListener;
import dev.dbop.observe.OpenTelemetryListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.sql.SQLException;

/** Run in a JVM of its own, with both libraries. */
public final class Observer {
    private Observer() {}

    /** Prints what the listeners of a call have counted. */
    public static void main(String[] args) throws SQLException {
        MeterRegistry registry = new SimpleMeterRegistry();
        Caller.call(DbopRunner.create()
                .listener(OpenTelemetryListener.of(OpenTelemetry.noop()))
                .listener(MicrometerListener.of(registry)));
        long calls =
                registry.get("dbop.calls").tag("outcome", "success").timer().count();
        long attempts = (long) registry.get("dbop.attempts").counter().count();
        String module = MicrometerListener.class.getModule().getName();
        System.out.println("observed by " + module + ": " + calls + " call, " + attempts + " attempts");
    }
}
