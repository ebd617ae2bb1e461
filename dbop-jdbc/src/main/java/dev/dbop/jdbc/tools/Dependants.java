package dev.dbop.jdbc.tools;

import dev.dbop.sql.TableName;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tables and the foreign keys between them, as {@code TruncateSql.foreignKeys} gives them. */
final class Dependants {
    /** A table as the database tells it from others. */
    private record Key(String schema, String name) {}

    private final String schema;
    private final boolean caseCounts;
    private final Map<Key, Set<Key>> dependants = new LinkedHashMap<>();
    private final Map<Key, TableName> names = new LinkedHashMap<>();

    private Dependants(String schema, boolean caseCounts) {
        this.schema = schema;
        this.caseCounts = caseCounts;
    }

    /** Takes rows of child's schema and name, parent's schema and name, the schema without a name, 0 if case counts. */
    static Dependants of(List<List<String>> rows) {
        Dependants all = rows.isEmpty()
                ? new Dependants("", true)
                : new Dependants(rows.get(0).get(4), isZero(rows));
        for (List<String> row : rows) {
            Key child = all.key(row.get(0), row.get(1));
            all.names.putIfAbsent(child, TableName.of(row.get(0), row.get(1)));
            all.dependants
                    .computeIfAbsent(all.key(row.get(2), row.get(3)), parent -> new LinkedHashSet<>())
                    .add(child);
        }
        return all;
    }

    private static boolean isZero(List<List<String>> rows) {
        return rows.get(0).get(5).equals("0");
    }

    private Key key(String in, String name) {
        return caseCounts ? new Key(in, name) : new Key(in.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
    }

    private Key key(TableName table) {
        List<String> parts = table.parts();
        int last = parts.size() - 1;
        return key(last == 0 ? schema : parts.get(last - 1), parts.get(last));
    }

    /** Whether a table refers to one of these, be it one of them itself. */
    boolean exist(List<TableName> tables) {
        return tables.stream().anyMatch(table -> dependants.containsKey(key(table)));
    }

    /** These tables and all that refer to them, directly or not, those that refer before those referred to. */
    List<TableName> with(List<TableName> tables) {
        Map<Key, TableName> named = named(tables);
        Map<Key, TableName> found = new LinkedHashMap<>();
        Set<Key> seen = new HashSet<>();
        named.keySet().forEach(key -> add(key, named, seen, found));
        return List.copyOf(found.values());
    }

    /** A table that refers to one of these, and is none of them; null if there is none. */
    @Nullable
    TableName unnamed(List<TableName> tables) {
        Set<Key> named = named(tables).keySet();
        return named.stream()
                .flatMap(key -> dependants.getOrDefault(key, Set.of()).stream())
                .filter(dependant -> !named.contains(dependant))
                .map(names::get)
                .findFirst()
                .orElse(null);
    }

    private Map<Key, TableName> named(List<TableName> tables) {
        Map<Key, TableName> named = new LinkedHashMap<>();
        tables.forEach(table -> named.putIfAbsent(key(table), table));
        return named;
    }

    private void add(Key key, Map<Key, TableName> named, Set<Key> seen, Map<Key, TableName> found) {
        if (!seen.add(key)) {
            return;
        }
        dependants.getOrDefault(key, Set.of()).forEach(dependant -> add(dependant, named, seen, found));
        TableName name = named.containsKey(key) ? named.get(key) : names.get(key);
        if (name != null) {
            found.put(key, name);
        }
    }
}
