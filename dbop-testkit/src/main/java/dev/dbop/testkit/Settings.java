package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** What the outside decides: system property first, then environment. */
final class Settings {

    private Settings() {}

    static Optional<String> url(Database database) {
        return value(database.name().toLowerCase(Locale.ROOT) + ".url");
    }

    static boolean requireAll() {
        return value("requireAll").map(Boolean::parseBoolean).orElse(false);
    }

    static boolean dockerAllowed() {
        return value("docker").map(Boolean::parseBoolean).orElse(true);
    }

    /** Servers notice a closed socket a moment later, and on a busy machine later still. */
    static Duration leakGrace() {
        return Duration.ofMillis(value("leakGraceMillis").map(Long::parseLong).orElse(20_000L));
    }

    static Path logFolder() {
        return Path.of(value("logs").orElse("target/dbop-testkit")).toAbsolutePath();
    }

    static Path cacheFolder() {
        Optional<String> xdg =
                Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).filter(s -> !s.isBlank());
        Path caches = xdg.map(Path::of).orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
        return caches.resolve("dbop-testkit").toAbsolutePath();
    }

    /** {@code requireAll} is {@code dbop.test.requireAll} or {@code DBOP_TEST_REQUIRE_ALL}. */
    private static Optional<String> value(String name) {
        String variable = "DBOP_TEST_"
                + name.replaceAll("([A-Z])", "_$1").replace('.', '_').toUpperCase(Locale.ROOT);
        String property = System.getProperty("dbop.test." + name);
        return Optional.ofNullable(property != null ? property : System.getenv(variable))
                .filter(s -> !s.isBlank());
    }
}
