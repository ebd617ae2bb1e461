package dev.dbop.docs.tutorial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that the tutorial has its reader write. In the page a line {@code <!-- file: path -->} stands right before the
 * block that is the whole file.
 *
 * @param files the files, in the page's order; a path may come again, with another text
 */
record TutorialPage(List<File> files) {
    private static final Pattern FILE = Pattern.compile("<!-- file: (\\S+) -->\n```\\w+\n(.*?\n)```\n", Pattern.DOTALL);

    /**
     * One file.
     *
     * @param path where the reader puts it
     * @param text what is in it
     */
    record File(String path, String text) {}

    /** Tests run in the folder of their module, which is that of the pages. */
    static TutorialPage read() throws IOException {
        String page = Files.readString(Path.of("tutorial/surviving-service.md"));
        List<File> files = new ArrayList<>();
        Matcher file = FILE.matcher(page);
        while (file.find()) {
            files.add(new File(file.group(1), file.group(2)));
        }
        return new TutorialPage(files);
    }

    String text(String path) {
        return files.stream().filter(file -> file.path.equals(path)).findFirst().orElseThrow().text;
    }

    /** Writes the files as they are after the given number of them has been written, and returns the Java ones. */
    List<Path> write(Path folder, int count) throws IOException {
        for (File file : files.subList(0, count)) {
            Path path = folder.resolve(file.path);
            Files.createDirectories(path.resolveSibling("."));
            Files.writeString(path, file.text);
        }
        return files.subList(0, count).stream()
                .map(file -> folder.resolve(file.path))
                .filter(path -> path.toString().endsWith(".java"))
                .distinct()
                .toList();
    }
}
