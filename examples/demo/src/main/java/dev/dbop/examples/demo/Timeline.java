package dev.dbop.examples.demo;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one way as SVG, a lane for each worker. Time is divided into a thousand cells; of several attempts in
 * a cell the gravest shows. One path per kind of mark keeps the picture small.
 */
final class Timeline {
    static final int LANE_HEIGHT = 12;

    private static final int CELLS = 1000;
    private static final double GAP = 2;

    private final RoundResult result;
    private final double nanosPerCell;
    private final Map<Mark, StringBuilder> bars = new EnumMap<>(Mark.class);
    private final StringBuilder lost = new StringBuilder();
    private final StringBuilder doubled = new StringBuilder();

    private Timeline(RoundResult result, Duration scale) {
        this.result = result;
        this.nanosPerCell = (double) scale.toNanos() / CELLS;
    }

    /** A picture of a thousand units wide, to be stretched; the marks keep their shape. */
    static String svg(RoundResult result, Duration scale) {
        Timeline timeline = new Timeline(result, scale);
        List<Lane> lanes = result.lanes();
        for (int i = 0; i < lanes.size(); i++) {
            timeline.addBars(lanes.get(i), i * LANE_HEIGHT);
            timeline.addWrongs(lanes.get(i), i * LANE_HEIGHT);
        }
        return timeline.svg(scale);
    }

    private void addBars(Lane lane, int top) {
        @Nullable Mark[] cells = new Mark[CELLS];
        for (Segment segment : lane.segments()) {
            int last = cell(segment.to());
            for (int cell = cell(segment.from()); cell <= last; cell++) {
                Mark there = cells[cell];
                cells[cell] = there == null || there.compareTo(segment.mark()) < 0 ? segment.mark() : there;
            }
        }
        int from = 0;
        for (int cell = 1; cell <= CELLS; cell++) {
            Mark mark = cells[from];
            if (cell == CELLS || cells[cell] != mark) {
                if (mark != null) {
                    addBar(mark, from, cell - from, top);
                }
                from = cell;
            }
        }
    }

    private void addBar(Mark mark, int from, int width, int top) {
        double height = mark.height() * (LANE_HEIGHT - GAP);
        double y = top + (LANE_HEIGHT - height) / 2;
        bars.computeIfAbsent(mark, any -> new StringBuilder())
                .append(String.format(Locale.ROOT, "M%d %.1fh%dv%.1fh-%dz", from, y, width, height, width));
    }

    private void addWrongs(Lane lane, int top) {
        for (Told told : lane.told()) {
            Audit.Finding finding = result.audit().finding(told);
            if (finding == Audit.Finding.LOST || finding == Audit.Finding.DOUBLED) {
                StringBuilder path = finding == Audit.Finding.LOST ? lost : doubled;
                path.append(String.format(Locale.ROOT, "M%d %dh.01", cell(told.to()), top + LANE_HEIGHT / 2));
            }
        }
    }

    private int cell(long nanos) {
        return (int) Math.min(CELLS - 1, nanos / nanosPerCell);
    }

    private String svg(Duration scale) {
        int height = result.lanes().size() * LANE_HEIGHT;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" height=\"%d\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%s\">",
                CELLS,
                height,
                height,
                "attempts of each worker over time, " + result.approach().title()));
        for (long second = 0; second <= scale.toSeconds(); second += tick(scale)) {
            path(svg, "tick", String.format(Locale.ROOT, "M%d 0v%d", cell(second * 1_000_000_000L), height));
        }
        bars.forEach((mark, path) -> path(svg, mark.style(), path));
        for (Map.Entry<String, StringBuilder> wrong : List.of(Map.entry("lost", lost), Map.entry("doubled", doubled))) {
            path(svg, wrong.getKey() + " halo", wrong.getValue());
            path(svg, wrong.getKey(), wrong.getValue());
        }
        return svg.append("</svg>").toString();
    }

    private static void path(StringBuilder svg, String style, CharSequence path) {
        if (path.length() > 0) {
            svg.append("<path class=\"")
                    .append(style)
                    .append("\" d=\"")
                    .append(path)
                    .append("\"/>");
        }
    }

    /** The seconds between two lines of the grid. */
    static long tick(Duration scale) {
        long seconds = scale.toSeconds();
        return seconds <= 6 ? 1 : seconds <= 12 ? 2 : seconds <= 40 ? 5 : 30;
    }
}
