package dev.dbop.sql;

import java.util.List;

/** Qualified names, given part by part. */
final class Identifiers {
    private Identifiers() {}

    /** Refuses a name that no database can store. */
    static void check(String what, List<String> name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException(
                    what + " is []: must not be empty; pass the name, after that of its schema if it has one");
        }
        name.forEach(Database.POSTGRESQL::quote);
    }

    static String quoted(Database database, List<String> name) {
        if (name.size() == 1) {
            return database.quote(name.get(0));
        }
        return String.join(".", name.stream().map(database::quote).toList());
    }
}
