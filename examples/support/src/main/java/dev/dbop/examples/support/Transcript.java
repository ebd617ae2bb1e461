package dev.dbop.examples.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What an example prints, and what its README says it prints; the version of the server left out of both. */
public final class Transcript {
    private static final String MARK = "<!-- output -->";
    private static final String FENCE = "```";

    private Transcript() {}

    /**
     * Runs an example.
     *
     * @param example its main method
     * @return the lines it printed
     * @throws Exception if it fails
     */
    public static List<String> of(Task example) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            example.run();
        } finally {
            System.setOut(before);
        }
        String text = printed.toString(StandardCharsets.UTF_8);
        before.print(text);
        return withoutVersions(text.lines().toList());
    }

    /**
     * Reads the README of the project whose tests run.
     *
     * @return the lines of the block behind the mark {@value #MARK}
     * @throws IOException if there is no such README
     */
    public static List<String> ofReadme() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("README.md"));
        int mark = lines.indexOf(MARK);
        if (mark < 0 || !lines.get(mark + 1).equals(FENCE)) {
            throw new IllegalStateException("README.md has no line " + MARK + " right before a block: mark the output");
        }
        List<String> block = lines.subList(mark + 2, lines.size());
        return withoutVersions(block.subList(0, block.indexOf(FENCE)));
    }

    private static List<String> withoutVersions(List<String> lines) {
        return lines.stream().filter(line -> !line.startsWith("on ")).toList();
    }
}
