package dev.dbop.moduletests;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The public API as a text a review can see: a file of {@code public-api} for each published module lists every public
 * type and member of the packages it exports, and changes only on purpose, with {@code -Ddbop.api.update=true}.
 */
class PublicApiTest {
    private static final Path LISTS = Path.of("src", "test", "resources", "public-api");

    @ParameterizedTest
    @ValueSource(
            strings = {Modules.CORE, Modules.JDBC, Modules.JOOQ, Modules.HIBERNATE, Modules.VERTX, Modules.TESTKIT})
    void isTheOneThatWasReviewed(String module) throws Exception {
        Path list = LISTS.resolve(module + ".txt");
        List<String> actual = publicTypes(module).stream()
                .flatMap(type -> PublicApi.lines(type).stream())
                .toList();

        if (Boolean.getBoolean("dbop.api.update")) {
            Files.write(list, actual);
        }

        assertThat(Files.readAllLines(list))
                .as("%s against the classes: if the change is meant, run with -Ddbop.api.update=true", list)
                .isNotEmpty()
                .containsExactlyElementsOf(actual);
    }

    private static List<Class<?>> publicTypes(String module) throws Exception {
        ModuleReference reference =
                ModuleFinder.of(Modules.location(module)).find(module).orElseThrow();
        Set<String> exported = reference.descriptor().exports().stream()
                .filter(exports -> !exports.isQualified())
                .map(Exports::source)
                .collect(Collectors.toSet());
        try (ModuleReader reader = reference.open();
                Stream<String> files = reader.list()) {
            return files.filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .map(file ->
                            file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .filter(name -> exported.contains(name.substring(0, name.lastIndexOf('.'))))
                    .<Class<?>>map(PublicApiTest::load)
                    .filter(PublicApiTest::isPublic)
                    .sorted(Comparator.comparing(Class::getName))
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, PublicApiTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isPublic(Class<?> type) {
        Class<?> enclosing = type.getEnclosingClass();
        return Modifier.isPublic(type.getModifiers())
                && !type.isAnonymousClass()
                && (enclosing == null || isPublic(enclosing));
    }
}
