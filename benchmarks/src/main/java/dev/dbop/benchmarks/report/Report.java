package dev.dbop.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a group has measured.
 *
 * @param group its name, and its files'
 * @param settings it was run with
 * @param table its results
 * @param chart what of them is drawn
 */
public record Report(String group, Map<String, String> settings, Table table, Chart chart) {
    /**
     * Prints the table under a line on where it was measured.
     *
     * @param out where to
     */
    public void print(PrintStream out) {
        out.println(group + " on " + machine() + ", " + new TreeMap<>(settings));
        table.print(out);
    }

    /**
     * Writes the table as JSON and the chart as SVG.
     *
     * @param folder made if it is not there
     * @return the files
     * @throws IOException if they cannot be written
     */
    public List<Path> write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("group", group);
        all.put("measured", Instant.now().toString());
        all.put("machine", machine());
        all.put("settings", new TreeMap<>(settings));
        all.put("rows", table.rows());
        Path json = folder.resolve(group + ".json");
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), all);
        Path svg = folder.resolve(group + ".svg");
        chart.write(table, svg);
        return List.of(json, svg);
    }

    private static String machine() {
        return "JDK " + Runtime.version().feature() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch");
    }
}
