package dev.dbop.connect;

import dev.dbop.sql.Database;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parameter, or a value of one, by the name dbop gives it and by those it has in each syntax.
 *
 * @param name libpq's for PostgreSQL, Connector/J's for MySQL and MariaDB
 * @param spellings by syntax, the first of a list is what is written; none: cannot be said there
 * @param secret whether the value is
 */
record DsnWord(String name, Map<DsnSyntax, List<String>> spellings, boolean secret) {
    private static final List<List<DsnSyntax>> POSTGRESQL_COLUMNS =
            List.of(List.of(DsnSyntax.LIBPQ), List.of(DsnSyntax.PGJDBC));
    private static final List<List<DsnSyntax>> MYSQL_COLUMNS = List.of(
            List.of(DsnSyntax.MYSQL, DsnSyntax.MARIADB),
            List.of(DsnSyntax.CONNECTOR_J),
            List.of(DsnSyntax.CONNECTOR_MARIADB));

    /**
     * Reads a table: a row is a name (with a star: secret) and a spelling per column; {@code =} is the name itself,
     * {@code -} none, a bar separates alternatives.
     */
    static List<DsnWord> table(Database.Family family, String rows) {
        List<List<DsnSyntax>> columns = family == Database.Family.POSTGRESQL ? POSTGRESQL_COLUMNS : MYSQL_COLUMNS;
        return rows.lines().map(row -> row(columns, row.trim().split("\\s+"))).toList();
    }

    private static DsnWord row(List<List<DsnSyntax>> columns, String[] cells) {
        boolean secret = cells[0].startsWith("*");
        String name = secret ? cells[0].substring(1) : cells[0];
        Map<DsnSyntax, List<String>> spellings = new EnumMap<>(DsnSyntax.class);
        for (int column = 0; column < columns.size(); column++) {
            String cell = cells[column + 1];
            if (!cell.equals("-")) {
                for (DsnSyntax syntax : columns.get(column)) {
                    spellings.put(syntax, alternatives(name, cell));
                }
            }
        }
        return new DsnWord(name, Map.copyOf(spellings), secret);
    }

    private static List<String> alternatives(String name, String cell) {
        List<String> alternatives = new ArrayList<>();
        for (String one : cell.split("\\|", -1)) {
            alternatives.add(one.equals("=") ? name : one);
        }
        return List.copyOf(alternatives);
    }

    /** How to write it, or null if it cannot be said there. */
    @Nullable
    String spelling(DsnSyntax syntax) {
        List<String> known = spellings.get(syntax);
        return known == null ? null : known.get(0);
    }

    /** Whether this is what the text means. MySQL's and MariaDB's drivers do not mind the case, and know aliases. */
    boolean isMeantBy(DsnSyntax syntax, String text) {
        List<String> known = spellings.getOrDefault(syntax, List.of());
        if (syntax.isPostgreSql()) {
            return known.contains(text);
        }
        return !known.isEmpty()
                && (name.equalsIgnoreCase(text) || known.stream().anyMatch(text::equalsIgnoreCase));
    }

    static @Nullable DsnWord meantBy(List<DsnWord> words, DsnSyntax syntax, String text) {
        return words.stream()
                .filter(word -> word.isMeantBy(syntax, text))
                .findFirst()
                .orElse(null);
    }

    static @Nullable DsnWord named(List<DsnWord> words, String name) {
        return words.stream().filter(word -> word.name.equals(name)).findFirst().orElse(null);
    }
}
