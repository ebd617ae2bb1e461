package dev.dbop.moduletests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Java code in Markdown pages that is taken from a tested file. In the page a line {@code <!-- snippet: file#region -->}
 * stands right before the block, the file seen from the root of the repository; in the file the region goes from a line
 * {@code // snippet: region} to the next {@code // end snippet}.
 */
final class Snippets {

    private static final Pattern MARK = Pattern.compile("\\s*<!--\\s*snippet:\\s*(\\S+)#(\\S+)\\s*-->\\s*");
    /** A snippet, or a file of the tutorial, which the test of the tutorial takes from the page. */
    private static final Pattern ORIGIN = Pattern.compile("\\s*<!--\\s*(snippet|file):.*-->\\s*");

    private static final String BLOCK = "```java";
    private static final String END = "```";

    private final Path root;

    Snippets(Path root) {
        this.root = root;
    }

    /** The repository around the folder the build runs in. */
    static Snippets ofRepository() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("docs"))) {
            folder = Objects.requireNonNull(folder.getParent(), "no folder above this one holds docs/");
        }
        return new Snippets(folder);
    }

    /**
     * One block of a page.
     *
     * @param page the page, seen from the root
     * @param line where its mark stands, from 1
     * @param file the file it was taken from, seen from the root
     * @param region the region in that file
     * @param text the block's lines
     */
    record Snippet(Path page, int line, String file, String region, String text) {
        /** Names the page and the region, for messages. */
        @Override
        public String toString() {
            return page + ":" + line + " (" + file + "#" + region + ")";
        }
    }

    /** Every page under a folder, itself seen from the root. */
    List<Path> pagesUnder(String folder) {
        try (Stream<Path> paths = Files.walk(root.resolve(folder))) {
            return paths.filter(path -> path.toString().endsWith(".md"))
                    .map(root::relativize)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the pages under " + folder + " cannot be read", e);
        }
    }

    /** The marked blocks of a page, in their order. */
    List<Snippet> in(Path page) {
        List<String> lines = lines(page);
        List<Snippet> snippets = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher mark = MARK.matcher(lines.get(i));
            if (mark.matches()) {
                String text = blockAt(page, lines, i + 1);
                snippets.add(new Snippet(page, i + 1, mark.group(1), mark.group(2), text));
            } else if (lines.get(i).contains("snippet:")) {
                throw new IllegalArgumentException(
                        page + ":" + (i + 1) + " is '" + lines.get(i).strip()
                                + "': a mark must be <!-- snippet: file#region --> on a line of its own");
            }
        }
        return snippets;
    }

    private static String blockAt(Path page, List<String> lines, int from) {
        if (from >= lines.size() || !lines.get(from).strip().equals(BLOCK)) {
            throw new IllegalArgumentException(
                    page + ":" + (from + 1) + ": a line " + BLOCK + " must follow the mark of a snippet");
        }
        List<String> block = lines.subList(from + 1, lines.size());
        int end = block.indexOf(END);
        if (end < 0) {
            throw new IllegalArgumentException(
                    page + ":" + (from + 1) + ": the block has no end; close it with " + END);
        }
        return String.join("\n", block.subList(0, end));
    }

    /** The lines, from 1, of Java blocks that no mark says the origin of. */
    List<Integer> unmarkedBlocksIn(Path page) {
        List<String> lines = lines(page);
        List<Integer> unmarked = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            boolean marked = i > 0 && ORIGIN.matcher(lines.get(i - 1)).matches();
            if (lines.get(i).strip().equals(BLOCK) && !marked) {
                unmarked.add(i + 1);
            }
        }
        return unmarked;
    }

    /** Fills every marked block of a page with the code it must show; what stands in it may be stale or missing. */
    void fill(Path page) {
        List<String> filled = new ArrayList<>();
        List<String> lines = lines(page);
        for (int i = 0; i < lines.size(); i++) {
            filled.add(lines.get(i));
            Matcher mark = MARK.matcher(lines.get(i));
            if (mark.matches()) {
                blockAt(page, lines, i + 1);
                filled.add(BLOCK);
                filled.add(sourceOf(new Snippet(page, i + 1, mark.group(1), mark.group(2), "")));
                i = lines.subList(i, lines.size()).indexOf(END) + i - 1;
            }
        }
        try {
            Files.writeString(root.resolve(page), String.join("\n", filled) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(page + " cannot be written", e);
        }
    }

    /** The code a snippet must show: its region, the common indentation taken off. */
    String sourceOf(Snippet snippet) {
        List<String> region = new ArrayList<>();
        boolean inside = false;
        boolean ended = false;
        for (String line : lines(Path.of(snippet.file))) {
            String bare = line.strip();
            if (inside && bare.equals("// end snippet")) {
                inside = false;
                ended = true;
            } else if (inside) {
                region.add(line);
            } else if (bare.equals("// snippet: " + snippet.region)) {
                inside = true;
            }
        }
        if (!ended || inside) {
            throw new IllegalArgumentException(snippet + ": the file has no region from '// snippet: " + snippet.region
                    + "' to '// end snippet'; mark it");
        }
        return String.join("\n", region).stripIndent();
    }

    private List<String> lines(Path file) {
        try {
            return Files.readAllLines(root.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: a mark names it, seen from the root", e);
        }
    }
}
