package dev.dbop.examples.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The report: one HTML file that needs no other, well-formed as XML. */
final class HtmlReport {
    private final Setting setting;
    private final List<RoundResult> results;
    private final Conclusion conclusion;
    private final Duration scale;
    private final Throughput throughput;

    HtmlReport(Setting setting, List<RoundResult> results, Conclusion conclusion) {
        this.setting = setting;
        this.results = results;
        this.conclusion = conclusion;
        this.scale = results.stream()
                .map(RoundResult::elapsed)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
        this.throughput = new Throughput(results, scale);
    }

    void write(Path file) throws IOException {
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, html());
    }

    private String html() {
        return resource("report.html")
                .replace("{style}", resource("report.css"))
                .replace("{setting}", escaped(setting.text()))
                .replace("{troubles}", escaped((troubles() + " " + setting.hint()).strip()))
                .replace("{legend}", legend())
                .replace("{ways}", results.stream().map(this::way).collect(Collectors.joining("\n")))
                .replace("{table}", table())
                .replace("{conclusion}", conclusion());
    }

    private String troubles() {
        return setting.hasTroubles()
                ? "Meanwhile sessions are killed, and connections are cut after the server has committed and before its"
                        + " answer arrives."
                : "SQLite has no sessions to kill and no network to cut: here the connections only contend for the file.";
    }

    private String way(RoundResult result) {
        return """
                <section class="way">
                  <div class="head">
                    <h2>%s</h2>
                    <p>%s</p>
                    <dl>%s</dl>
                  </div>
                  %s
                  %s
                  <div class="axis">%s</div>
                </section>""".formatted(
                result.approach().title(),
                result.approach().summary(),
                Figure.HEADLINE.stream().map(figure -> tile(figure, result)).collect(Collectors.joining()),
                throughput.svg(result),
                Timeline.svg(result, scale),
                axis());
    }

    private String conclusion() {
        return conclusion
                .text()
                .lines()
                .map(line -> "<p>" + escaped(Character.toUpperCase(line.charAt(0)) + line.substring(1)) + ".</p>")
                .collect(Collectors.joining("\n"));
    }

    private static String tile(Figure figure, RoundResult result) {
        return "<div%s><dt>%s</dt><dd>%s</dd></div>"
                .formatted(alarm(figure, result), figure.label(), figure.of(result));
    }

    private String axis() {
        StringBuilder ticks = new StringBuilder();
        for (long second = 0; second <= scale.toSeconds(); second += Timeline.tick(scale)) {
            double place = second * 1e11 / scale.toNanos();
            ticks.append(String.format(Locale.ROOT, "<span style=\"left:%.1f%%\">%d s</span>", place, second));
        }
        return ticks.toString();
    }

    private String legend() {
        StringBuilder entries =
                new StringBuilder(entry("<path class=\"rate\" d=\"M0 13v-6h5v-4h6v3h6v-5h5v12z\"/>", "transfers done"));
        for (Mark mark : marks()) {
            String bar = String.format(Locale.ROOT, "M0 %.1fh22v%.1fh-22z", 7 - 6 * mark.height(), 12 * mark.height());
            entries.append(entry("<path class=\"" + mark.style() + "\" d=\"" + bar + "\"/>", mark.text()));
        }
        entries.append(entry("<path class=\"lost\" d=\"M11 7h.01\"/>", "lost work"));
        entries.append(entry("<path class=\"doubled\" d=\"M11 7h.01\"/>", "doubled work"));
        return entries.toString();
    }

    /** Those there are, in order. */
    private Set<Mark> marks() {
        return results.stream()
                .flatMap(result -> result.lanes().stream())
                .flatMap(lane -> lane.segments().stream())
                .map(Segment::mark)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Mark.class)));
    }

    private static String entry(String swatch, String text) {
        return "<li><svg viewBox=\"0 0 22 14\" width=\"22\" height=\"14\" aria-hidden=\"true\">" + swatch + "</svg> "
                + escaped(text) + "</li>\n";
    }

    private String table() {
        StringBuilder table = new StringBuilder("<thead><tr><td></td>");
        results.forEach(result -> table.append("<th scope=\"col\">")
                .append(result.approach().title())
                .append("</th>"));
        table.append("</tr></thead>\n");
        for (List<Figure> group : Figure.GROUPS) {
            table.append("<tbody>\n");
            group.forEach(figure -> table.append(row(figure)));
            table.append("</tbody>\n");
        }
        return table.toString();
    }

    private String row(Figure figure) {
        String cells = results.stream()
                .map(result -> "<td%s>%s</td>".formatted(alarm(figure, result), figure.of(result)))
                .collect(Collectors.joining());
        return "<tr><th scope=\"row\">" + escaped(figure.label()) + "</th>" + cells + "</tr>\n";
    }

    private static String alarm(Figure figure, RoundResult result) {
        return figure.isAlarming(result) ? " class=\"wrong\"" : "";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(HtmlReport.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " of the report cannot be read", e);
        }
    }
}
