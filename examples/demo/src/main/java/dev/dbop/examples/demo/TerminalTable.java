package dev.dbop.examples.demo;

import java.util.List;
import java.util.Locale;

/** The figures of the ways side by side, in plain text. */
final class TerminalTable {
    private static final int LABEL_WIDTH = 33;
    private static final int COLUMN_WIDTH = 18;

    private TerminalTable() {}

    static String of(List<RoundResult> results) {
        StringBuilder text = new StringBuilder(" ".repeat(LABEL_WIDTH));
        for (RoundResult result : results) {
            text.append(padded(result.approach().title(), ' '));
        }
        text.append('\n');
        for (List<Figure> group : Figure.GROUPS) {
            text.append('\n');
            for (Figure figure : group) {
                text.append(String.format(Locale.ROOT, "%-" + LABEL_WIDTH + "s", figure.label()));
                results.forEach(
                        result -> text.append(padded(figure.of(result), figure.isAlarming(result) ? '!' : ' ')));
                text.append('\n');
            }
        }
        return text.toString();
    }

    private static String padded(String cell, char flag) {
        return String.format(Locale.ROOT, "%" + (COLUMN_WIDTH - 1) + "s", cell) + flag;
    }
}
