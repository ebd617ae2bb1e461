package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The public API as a text a review can see: {@code public-api.txt} lists every public type and member, and changes only
 * on purpose, with {@code -Ddbop.api.update=true}.
 */
class PublicApiTest {
    private static final Path LIST = Path.of("src", "test", "resources", "public-api.txt");

    @Test
    void isTheOneThatWasReviewed() throws Exception {
        List<String> actual = publicTypes().stream()
                .flatMap(type -> PublicApi.lines(type).stream())
                .toList();

        if (Boolean.getBoolean("dbop.api.update")) {
            Files.write(LIST, actual);
        }

        assertThat(Files.readAllLines(LIST))
                .as("%s against the classes: if the change is meant, run with -Ddbop.api.update=true", LIST)
                .containsExactlyElementsOf(actual);
    }

    private static List<Class<?>> publicTypes() throws Exception {
        Path classes = Path.of(
                Dbop.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(PublicApiTest::isType).toList()) {
                String path = classes.relativize(file).toString();
                String name =
                        path.substring(0, path.length() - ".class".length()).replace(File.separatorChar, '.');
                types.add(Class.forName(name, false, Dbop.class.getClassLoader()));
            }
        }
        return types.stream()
                .filter(PublicApiTest::isPublic)
                .sorted(Comparator.comparing(Class::getName))
                .toList();
    }

    private static boolean isType(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".class") && !name.endsWith("-info.class");
    }

    private static boolean isPublic(Class<?> type) {
        Class<?> enclosing = type.getEnclosingClass();
        return Modifier.isPublic(type.getModifiers())
                && !type.isAnonymousClass()
                && (enclosing == null || isPublic(enclosing));
    }
}
