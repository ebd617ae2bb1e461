package dev.dbop.moduletests;

import dev.dbop.Verdict;
import dev.dbop.jdbc.JdbcClassifier;
import java.io.File;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;

/** Where the modules under test are: jars after {@code package}, folders of classes before. */
final class Modules {

    static final String CORE = "dev.dbop.core";
    static final String JDBC = "dev.dbop.jdbc";
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

    static ModuleFinder all() {
        return ModuleFinder.of(core(), jdbc(), slf4j(), caller());
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
