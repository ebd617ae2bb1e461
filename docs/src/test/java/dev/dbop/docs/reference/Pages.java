package dev.dbop.docs.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The pages, seen from the folder of this module, in which tests run. */
final class Pages {
    static final Path ROOT = Path.of("..");

    private static final String REMEDY = "stale; run the tests of the module docs with -Ddbop.docs.update=true";

    private Pages() {}

    /** Fails where a page is not what its generator says, or writes it where that is asked for. */
    static void check(String page, String text) throws IOException {
        Path path = Path.of("reference", page);
        if (Boolean.getBoolean("dbop.docs.update")) {
            Files.writeString(path, text);
        }
        assertThat(path).as(REMEDY).exists().hasContent(text);
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The Java files right in a folder, by name. */
    static List<Path> javaFilesIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
