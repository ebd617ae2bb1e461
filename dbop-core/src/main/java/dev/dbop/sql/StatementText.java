package dev.dbop.sql;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the first words of a statement, past spaces and comments: enough to tell what it would do to the transaction
 * around it. Never parses; a procedure that commits inside is beyond it.
 */
public final class StatementText {
    private static final Set<String> READS = Set.of("SELECT", "SHOW", "EXPLAIN", "DESCRIBE", "DESC", "VALUES", "TABLE");

    /** What MySQL and MariaDB commit before (manuals, "Statements That Cause an Implicit Commit"; measured on both). */
    private static final Set<String> IMPLICIT_COMMITS = Set.of(
            "ALTER",
            "ANALYZE",
            "CACHE",
            "CHANGE",
            "CHECK",
            "CREATE",
            "DROP",
            "FLUSH",
            "GRANT",
            "INSTALL",
            "LOCK",
            "OPTIMIZE",
            "RENAME",
            "REPAIR",
            "RESET",
            "REVOKE",
            "START",
            "STOP",
            "TRUNCATE",
            "UNINSTALL",
            "UNLOCK");

    /** Switched on, it commits what is open (measured on MySQL and MariaDB). */
    private static final Pattern AUTOCOMMIT = Pattern.compile("\\bautocommit`?\\s*:?=", Pattern.CASE_INSENSITIVE);

    /** What may run statements of its own. */
    private static final Set<String> SEVERAL = Set.of("CALL", "BEGIN", "EXECUTE");

    private StatementText() {}

    /**
     * Tells whether a statement would begin or end the transaction around it.
     *
     * @param sql the statement
     * @return true for BEGIN, START TRANSACTION, COMMIT, END, ABORT, PREPARE TRANSACTION, SET AUTOCOMMIT and for
     *     ROLLBACK, but not for ROLLBACK TO
     */
    public static boolean controlsTransaction(String sql) {
        String[] words = words(sql);
        return switch (words[0]) {
            case "COMMIT", "ABORT" -> true;
            case "BEGIN" -> !words[1].equals("NOT");
            case "END" -> true;
            case "START", "PREPARE" -> words[1].equals("TRANSACTION");
            case "SET" -> AUTOCOMMIT.matcher(sql).find();
            case "ROLLBACK" ->
                !words[1].equals("TO")
                        && !((words[1].equals("WORK") || words[1].equals("TRANSACTION")) && words[2].equals("TO"));
            default -> false;
        };
    }

    /**
     * Tells whether a statement commits the transaction around it implicitly, as most DDL does on MySQL's family.
     *
     * @param database where it is run
     * @param sql the statement
     * @return always false for families whose DDL is transactional
     */
    public static boolean commitsImplicitly(Database database, String sql) {
        if (database.family() != Database.Family.MYSQL) {
            return false;
        }
        String[] words = words(sql);
        boolean temporary = words[1].equals("TEMPORARY") || words[2].equals("TEMPORARY");
        boolean password = words[0].equals("SET") && words[1].equals("PASSWORD");
        boolean index = words[0].equals("LOAD") && words[1].equals("INDEX");
        return password || index || (IMPLICIT_COMMITS.contains(words[0]) && !temporary);
    }

    /**
     * Tells whether a statement may be several on MySQL's family, each committed on its own in autocommit mode, so that it
     * can fail with a part of it done.
     *
     * @param database where it is run
     * @param sql the statement
     * @return true for a procedure call, a block and anything with a semicolon inside, even in a literal; always false
     *     for the other families, where what is sent at once is one transaction
     */
    public static boolean mayBeSeveral(Database database, String sql) {
        if (database.family() != Database.Family.MYSQL) {
            return false;
        }
        String text = sql.strip();
        int semicolon = text.indexOf(';');
        boolean call = text.startsWith("{") || SEVERAL.contains(words(text)[0]);
        return call || (semicolon >= 0 && semicolon < text.length() - 1);
    }

    /**
     * Tells whether a statement begins like one that only reads. A function it calls may write all the same.
     *
     * @param sql the statement
     * @return true for SELECT, SHOW, EXPLAIN and the like
     */
    public static boolean reads(String sql) {
        return READS.contains(words(sql)[0]);
    }

    /** The first three words in capitals; empty where there are fewer. */
    private static String[] words(String sql) {
        String[] words = {"", "", ""};
        int at = 0;
        for (int i = 0; i < words.length; i++) {
            at = skip(sql, at);
            int end = at;
            while (end < sql.length() && (Character.isLetter(sql.charAt(end)) || sql.charAt(end) == '_')) {
                end++;
            }
            words[i] = sql.substring(at, end).toUpperCase(Locale.ROOT);
            at = end;
        }
        return words;
    }

    /** Past spaces, parentheses and comments. */
    private static int skip(String sql, int from) {
        int at = from;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c) || c == '(' || c == ';') {
                at++;
            } else if (sql.startsWith("/*", at)) {
                int end = sql.indexOf("*/", at + 2);
                at = end < 0 ? sql.length() : end + 2;
            } else if (sql.startsWith("--", at) || c == '#') {
                int end = sql.indexOf('\n', at);
                at = end < 0 ? sql.length() : end + 1;
            } else {
                return at;
            }
        }
        return at;
    }
}
