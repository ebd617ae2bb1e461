package dev.dbop.moduletests;

import dev.dbop.DbopRunner;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/** Run without OpenTelemetry and Micrometer: looks at the core as frameworks do that scan for annotations. */
public final class Scanner {
    private Scanner() {}

    /**
     * Loads and looks through every public type but those for the two libraries, then makes a call.
     *
     * @param args the jar of the core, or its folder
     */
    public static void main(String[] args) throws IOException, ReflectiveOperationException, SQLException {
        for (String name : typesOf(Path.of(args[0]))) {
            Class<?> type = Class.forName(name);
            int found = type.getAnnotations().length + type.getMethods().length + type.getDeclaredFields().length;
            if (found == 0 && !type.isInterface()) {
                System.out.println(name + " is empty");
            }
        }
        System.out.println("every public type but those of dev.dbop.observe was scanned");
        System.out.println("io.opentelemetry is " + presence("io.opentelemetry.api.OpenTelemetry"));
        System.out.println("io.micrometer is " + presence("io.micrometer.core.instrument.MeterRegistry"));
        System.out.println(Caller.call(DbopRunner.create()) + " runs");
    }

    private static String presence(String type) {
        try {
            return "present as " + Class.forName(type);
        } catch (ClassNotFoundException missing) {
            return "absent";
        }
    }

    private static List<String> typesOf(Path core) throws IOException {
        if (Files.isDirectory(core)) {
            return typesUnder(core);
        }
        try (FileSystem jar = FileSystems.newFileSystem(core)) {
            return typesUnder(jar.getPath("/"));
        }
    }

    private static List<String> typesUnder(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .filter(file -> !file.startsWith("dev/dbop/observe/"))
                    .map(file ->
                            file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .toList();
        }
    }
}
