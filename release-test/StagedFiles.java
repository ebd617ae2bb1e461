import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Checks the files of a staged release: {@code java StagedFiles.java FOLDER VERSION MODULE,...}. That nothing else is
 * there, that each pom has what Maven Central asks for and needs no parent, that each jar brings the licence, that each
 * SBOM lists what the pom needs and nothing for tests, and that no link in the Javadoc is dead.
 */
final class StagedFiles {
    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]+)\"");
    private static final Pattern ANCHOR = Pattern.compile("(?:id|name)=\"([^\"]+)\"");

    private final Path staged;
    private final String version;
    private final List<String> faults = new ArrayList<>();
    private int links;

    private StagedFiles(Path staged, String version) {
        this.staged = staged;
        this.version = version;
    }

    public static void main(String[] arguments) throws Exception {
        StagedFiles files = new StagedFiles(Path.of(arguments[0], "dev", "dbop"), arguments[1]);
        files.check(new TreeSet<>(List.of(arguments[2].split(","))));
        files.faults.forEach(fault -> System.err.println("staged: " + fault));
        if (!files.faults.isEmpty()) {
            System.exit(1);
        }
        System.out.println("staged: " + files.links + " links in Javadoc lead somewhere");
    }

    private void check(Set<String> modules) throws Exception {
        expect(modules.equals(names(staged)), "modules: " + names(staged) + " instead of " + modules);
        for (String module : modules) {
            Path folder = staged.resolve(module).resolve(version);
            Path pom = folder.resolve(module + "-" + version + ".pom");
            Element project = parse(pom);
            checkPom(pom, project);
            Set<String> expected = new TreeSet<>(Set.of(".pom"));
            if (!children(project, "packaging").anyMatch(node -> text(node).equals("pom"))) {
                expected.addAll(Set.of(".jar", "-sources.jar", "-javadoc.jar"));
            }
            if (!module.equals("dbop-bom")) {
                expected.addAll(Set.of("-cyclonedx.json", "-cyclonedx.xml"));
                checkSbom(folder.resolve(module + "-" + version + "-cyclonedx.xml"), project);
            }
            Set<String> found = names(folder).stream()
                    .filter(name -> !name.matches(".*\\.(asc|md5|sha1|sha256|sha512)"))
                    .map(name -> name.substring((module + "-" + version).length()))
                    .collect(Collectors.toCollection(TreeSet::new));
            expect(found.equals(expected), module + ": " + found + " instead of " + expected);
            for (String kind : found) {
                if (kind.endsWith(".jar")) {
                    checkJar(folder.resolve(module + "-" + version + kind), kind);
                }
            }
        }
    }

    private void checkPom(Path pom, Element project) throws IOException {
        for (String name : List.of("groupId", "version", "name", "description", "url", "licenses", "developers", "scm")) {
            expect(children(project, name).anyMatch(node -> !text(node).isBlank()), pom + " has no " + name);
        }
        for (String name : List.of("parent", "build", "repositories", "properties")) {
            expect(children(project, name).findAny().isEmpty(), pom + " has " + name + ", which its users need not");
        }
        String all = Files.readString(pom);
        expect(!all.replace("${project.version}", version).contains("${") && !all.contains("-SNAPSHOT"), pom + " is not resolved");
        expect(!all.contains("<scope>test</scope>"), pom + " names what only tests need");
    }

    /** What the pom needs directly is in the SBOM; what only tests need is not. */
    private void checkSbom(Path sbom, Element project) throws Exception {
        Element bom = parse(sbom);
        Set<String> listed = children(bom, "components")
                .flatMap(components -> children((Element) components, "component"))
                .map(component -> only((Element) component, "group") + ":" + only((Element) component, "name"))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> needed = children(project, "dependencies")
                .flatMap(dependencies -> children((Element) dependencies, "dependency"))
                .filter(dependency -> !only((Element) dependency, "scope").equals("provided"))
                .map(dependency -> only((Element) dependency, "groupId") + ":" + only((Element) dependency, "artifactId"))
                .collect(Collectors.toCollection(TreeSet::new));
        expect(listed.containsAll(needed), sbom + " lists " + listed + ", not all of " + needed);
        for (String tests : List.of("junit-jupiter-engine", "logback-classic", "archunit", "jqwik", "awaitility", "HikariCP")) {
            expect(listed.stream().noneMatch(name -> name.endsWith(":" + tests)), sbom + " lists " + tests);
        }
        expect(needed.size() > 1 || !listed.isEmpty(), sbom + " lists nothing");
    }

    private void checkJar(Path jar, String kind) throws IOException {
        try (FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of())) {
            Path root = files.getPath("/");
            expect(Files.exists(root.resolve("META-INF/LICENSE")), jar + " has no META-INF/LICENSE");
            if (kind.equals(".jar")) {
                expect(Files.exists(root.resolve("module-info.class")), jar + " is no module");
            }
            if (kind.equals("-javadoc.jar")) {
                try (Stream<Path> pages = Files.walk(root)) {
                    pages.filter(page -> page.toString().endsWith(".html")).forEach(page -> checkLinks(jar, page));
                }
            }
        }
    }

    private void checkLinks(Path jar, Path page) {
        Matcher link = LINK.matcher(read(page));
        while (link.find()) {
            String target = link.group(1).replace("&amp;", "&");
            if (target.matches("[a-z]+:.*")) {
                continue;
            }
            links++;
            String[] parts = target.split("#", 2);
            Path to = parts[0].isEmpty() ? page : page.resolveSibling(decode(parts[0].split("\\?")[0])).normalize();
            boolean there = Files.exists(to)
                    && (parts.length < 2 || parts[1].isEmpty() || Files.isDirectory(to) || hasAnchor(to, decode(parts[1])));
            expect(there, jar.getFileName() + " " + page + ": dead link " + target);
        }
    }

    private static boolean hasAnchor(Path page, String anchor) {
        return ANCHOR.matcher(read(page))
                .results()
                .map(id -> id.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
                .anyMatch(anchor::equals);
    }

    private static String decode(String part) {
        return java.net.URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void expect(boolean holds, String fault) {
        if (!holds) {
            faults.add(fault);
        }
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Element parse(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
    }

    private static Stream<Node> children(Element parent, String name) {
        return IntStream.range(0, parent.getChildNodes().getLength())
                .mapToObj(parent.getChildNodes()::item)
                .filter(node -> node.getNodeName().equals(name));
    }

    private static String only(Element parent, String name) {
        return children(parent, name).map(StagedFiles::text).findFirst().orElse("");
    }

    private static String text(Node node) {
        return node.getTextContent().trim();
    }
}
