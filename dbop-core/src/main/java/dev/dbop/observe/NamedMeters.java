package dev.dbop.observe;

import dev.dbop.sql.Database;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/** The meters of calls of one name, by database. */
final class NamedMeters {
    private final MeterRegistry registry;
    private final String name;
    private final MeterOf<Database, CallMeters> known;
    private volatile @Nullable CallMeters unknown;

    NamedMeters(MeterRegistry registry, String name) {
        this.registry = registry;
        this.name = name;
        this.known = new MeterOf<>(database -> new CallMeters(registry, name, Words.of(database)));
    }

    CallMeters of(@Nullable Database database) {
        if (database != null) {
            return known.of(database);
        }
        CallMeters meters = unknown;
        if (meters == null) {
            // Two at once get the same meters from the registry: either will do.
            meters = new CallMeters(registry, name, Words.UNKNOWN);
            unknown = meters;
        }
        return meters;
    }
}
