package dev.dbop.moduletests;

import dev.dbop.Verdict;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.jdbc.JdbcClassifier;
import dev.dbop.jooq.JooqScope;
import dev.dbop.testkit.TestServers;
import dev.dbop.vertx.VertxScope;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.context.Context;
import io.r2dbc.spi.ConnectionFactory;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import jakarta.persistence.EntityManager;
import java.io.File;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.jooq.DSLContext;
import org.jspecify.annotations.NullMarked;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;

/** Where the modules under test are: jars after {@code package}, folders of classes before. */
final class Modules {

    static final String CORE = "dev.dbop.core";
    static final String JDBC = "dev.dbop.jdbc";
    static final String JOOQ = "dev.dbop.jooq";
    static final String HIBERNATE = "dev.dbop.hibernate";
    static final String VERTX = "dev.dbop.vertx";
    static final String TESTKIT = "dev.dbop.testkit";
    static final String CALLER = "dev.dbop.moduletests";

    private Modules() {}

    static Path core() {
        return locationOf(Verdict.class);
    }

    static Path jdbc() {
        return locationOf(JdbcClassifier.class);
    }

    static Path slf4j() {
        return locationOf(Logger.class);
    }

    static Path caller() {
        return locationOf(Caller.class);
    }

    /** Where a published module is. */
    static Path location(String module) {
        return switch (module) {
            case CORE -> core();
            case JDBC -> jdbc();
            case JOOQ -> locationOf(JooqScope.class);
            case HIBERNATE -> locationOf(HibernateScope.class);
            case VERTX -> locationOf(VertxScope.class);
            case TESTKIT -> locationOf(TestServers.class);
            default -> throw new IllegalArgumentException(module + " is no published module");
        };
    }

    static Path tests() {
        return locationOf(Modules.class);
    }

    /** The libraries that only dev.dbop.observe needs, with what they need. */
    static List<Path> optional() {
        return List.of(
                locationOf(OpenTelemetry.class),
                locationOf(Context.class),
                locationOf(MeterRegistry.class),
                locationOf(KeyValue.class),
                locationOf(Observation.class),
                locationOf(ComponentLoader.class),
                locationOf(NullMarked.class));
    }

    static ModuleFinder all() {
        return ModuleFinder.of(
                core(),
                jdbc(),
                slf4j(),
                caller(),
                location(JOOQ),
                locationOf(DSLContext.class),
                locationOf(ConnectionFactory.class),
                locationOf(Publisher.class),
                location(HIBERNATE),
                locationOf(Session.class),
                locationOf(EntityManager.class),
                location(VERTX),
                locationOf(Vertx.class),
                locationOf(Pool.class));
    }

    static String modulePath() {
        return Stream.of(core(), jdbc(), slf4j(), caller())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    static ModuleDescriptor descriptor(String module) {
        return all().find(module).orElseThrow().descriptor();
    }

    static Set<String> requires(String module, Requires.Modifier modifier) {
        return descriptor(module).requires().stream()
                .filter(required -> required.modifiers().contains(modifier))
                .map(Requires::name)
                .collect(Collectors.toSet());
    }

    private static Path locationOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path holds " + type + " at no path", e);
        }
    }
}
