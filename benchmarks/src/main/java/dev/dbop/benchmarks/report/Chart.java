package dev.dbop.benchmarks.report;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.geom.Rectangle2D;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;

/**
 * What of a table is drawn: horizontal bars on a logarithmic axis, in groups.
 *
 * @param title above
 * @param groups the columns that make a group of bars
 * @param bars the columns that tell the bars of a group apart
 * @param value the column of their length; what is not above zero is not drawn
 */
public record Chart(String title, List<String> groups, List<String> bars, String value) {
    private static final int WIDTH = 900;
    private static final int BAR = 14;

    /** Draws the chart. */
    void write(Table table, Path file) throws IOException {
        System.setProperty("java.awt.headless", "true");
        DefaultCategoryDataset data = data(table);
        SVGGraphics2D graphics = new SVGGraphics2D(empty());
        int height = 140 + BAR * data.getColumnCount() * (data.getRowCount() + 1);
        graphics.setSVGCanvasSize(new Dimension(WIDTH, height));
        if (data.getRowCount() > 0) {
            draw(data).draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height));
        }
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            graphics.stream(out, true);
        }
    }

    private static Document empty() {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument("http://www.w3.org/2000/svg", "svg", null);
        } catch (ParserConfigurationException impossible) {
            throw new IllegalStateException("no XML on this JDK", impossible);
        }
    }

    private DefaultCategoryDataset data(Table table) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        for (Map<String, @Nullable Object> row : table.rows()) {
            if (row.get(value) instanceof Number number && number.doubleValue() > 0) {
                data.addValue(number, joined(row, bars), joined(row, groups));
            }
        }
        return data;
    }

    private static String joined(Map<String, @Nullable Object> row, List<String> columns) {
        return columns.stream()
                .flatMap(column -> Stream.ofNullable(row.get(column)))
                .map(Objects::toString)
                .collect(Collectors.joining(" "));
    }

    private JFreeChart draw(DefaultCategoryDataset data) {
        JFreeChart chart =
                ChartFactory.createBarChart(title, null, null, data, PlotOrientation.HORIZONTAL, true, false, false);
        chart.setBackgroundPaint(Color.WHITE);
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        double least = Double.MAX_VALUE;
        for (int row = 0; row < data.getRowCount(); row++) {
            for (int column = 0; column < data.getColumnCount(); column++) {
                Number cell = data.getValue(row, column);
                least = cell == null ? least : Math.min(least, cell.doubleValue());
            }
        }
        double floor = Math.pow(10, Math.floor(Math.log10(least)) - 1);
        LogAxis axis = new LogAxis(value);
        axis.setTickUnit(new NumberTickUnit(1));
        axis.setNumberFormatOverride(new DecimalFormat("#,##0.####", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        axis.setSmallestValue(floor);
        plot.setRangeAxis(axis);
        BarRenderer renderer = (BarRenderer) plot.getRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setBase(floor);
        renderer.setItemMargin(0);
        return chart;
    }
}
