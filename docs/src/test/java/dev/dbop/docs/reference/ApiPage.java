package dev.dbop.docs.reference;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Renders the map of the public API from the first sentences of its Javadoc. */
final class ApiPage {
    private static final List<String> MODULES =
            List.of("dbop-core", "dbop-jdbc", "dbop-jooq", "dbop-hibernate", "dbop-vertx", "dbop-testkit");
    private static final Pattern EXPORT = Pattern.compile("(?m)^ *exports ([\\w.]+);");
    private static final Pattern TYPE = Pattern.compile(
            "(?s)/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:@\\w+(?:\\([^)]*\\))?\\s*)*public (?:abstract |final |sealed"
                    + " |non-sealed )*(?:class|interface|record|enum|@interface) (\\w+)");
    private static final Pattern PACKAGE = Pattern.compile("(?s)/\\*\\*((?:(?!\\*/).)*)\\*/");
    private static final String INTRODUCTION = """
        # API map

        Every public type, with the first sentence of its Javadoc, which says the rest. This page is generated from the
        sources; to bring it up to date, run the tests of the module `docs` with `-Ddbop.docs.update=true`.

        Packages that are not named here are internal, in all modules: they are not exported, and may change at any time.
        """;

    private ApiPage() {}

    static String render() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (String module : MODULES) {
            page.append("\n## ").append(module).append('\n');
            Path sources = Pages.ROOT.resolve(module).resolve("src/main/java");
            Matcher exports = EXPORT.matcher(Pages.read(sources.resolve("module-info.java")));
            while (exports.find()) {
                page.append(packageSection(sources, exports.group(1)));
            }
        }
        return page.toString();
    }

    private static String packageSection(Path sources, String name) {
        Path folder = sources.resolve(name.replace('.', '/'));
        StringBuilder section = new StringBuilder("\n### " + name + "\n\n");
        Matcher documented = PACKAGE.matcher(Pages.read(folder.resolve("package-info.java")));
        if (documented.find()) {
            section.append(firstSentence(documented.group(1))).append("\n\n");
        }
        Map<String, String> types = typesIn(folder);
        for (Map.Entry<String, List<String>> topic :
                topics(name, types.keySet()).entrySet()) {
            section.append("| ").append(topic.getKey()).append(" | |\n| --- | --- |\n");
            topic.getValue()
                    .forEach(type -> section.append("| `" + type + "` | ")
                            .append(types.get(type))
                            .append(" |\n"));
            section.append('\n');
        }
        section.setLength(section.length() - 1);
        return section.toString();
    }

    static Map<String, String> typesIn(Path folder) {
        Map<String, String> types = new TreeMap<>();
        for (Path file : Pages.javaFilesIn(folder)) {
            Matcher type = TYPE.matcher(Pages.read(file));
            if (type.find() && file.endsWith(type.group(2) + ".java")) {
                types.put(type.group(2), firstSentence(type.group(1)));
            }
        }
        return types;
    }

    /** The types of a package under what they are about; what no topic names comes last. */
    private static Map<String, List<String>> topics(String name, Set<String> types) {
        Map<String, List<String>> topics = new LinkedHashMap<>();
        List<String> rest = new ArrayList<>(types);
        ApiTopics.of(name).forEach((topic, members) -> {
            List<String> present = members.stream().filter(types::contains).toList();
            topics.put(topic, present);
            rest.removeAll(present);
        });
        if (!rest.isEmpty()) {
            topics.put(topics.isEmpty() ? "type" : "the rest", rest);
        }
        return topics;
    }

    static String firstSentence(String javadoc) {
        String text = javadoc.replaceAll("(?m)^\\s*\\* ?", "")
                .replaceAll("(?s)<p>.*", "")
                .replaceAll("(?s)\\n\\s*@\\w.*", "")
                .replaceAll("\\s+", " ")
                .strip()
                .replaceAll("\\{@link(?:plain)? [^ }]+ ([^}]+)\\}", "$1")
                .replaceAll("\\{@link(?:plain)? #?([^}]+)\\}", "`$1`")
                .replaceAll("\\{@code ([^}]+)\\}", "`$1`")
                .replaceAll("(`\\w+)#", "$1.")
                .replaceAll("`(?:[a-z]+\\.)+([A-Z])", "`$1")
                .replace("|", "\\|");
        int end = text.indexOf(". ");
        String sentence = end < 0 ? text : text.substring(0, end + 1);
        return sentence.replace("<", "&lt;").replaceAll("`([^`]*)&lt;([^`]*)`", "`$1<$2`");
    }
}
