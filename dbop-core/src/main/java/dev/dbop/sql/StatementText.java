package dev.dbop.sql;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the first words of a statement, past spaces and comments: enough to tell what it would do to the transaction
 * around it. Never parses: a procedure that commits inside, or a COMMIT after a semicolon, is beyond it.
 */
public final class StatementText {
    private static final Set<String> READS = Set.of("SELECT", "SHOW", "EXPLAIN", "DESCRIBE", "DESC", "VALUES", "TABLE");

    private static final Set<String> EXPLAINS = Set.of("EXPLAIN", "DESCRIBE", "DESC");

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

    /** What may run statements of its own, and commit between them. */
    private static final Set<String> SEVERAL = Set.of("CALL", "BEGIN", "EXECUTE");

    /** What ends a transaction on PostgreSQL, or may. */
    private static final Set<String> ENDS = Set.of("COMMIT", "END", "ROLLBACK", "ABORT", "PREPARE", "DO");

    /** Without one of these words a DO block commits nothing of its own. */
    private static final Pattern COMMITS =
            Pattern.compile("\\b(COMMIT|ROLLBACK|CALL|EXECUTE)\\b", Pattern.CASE_INSENSITIVE);

    /** Runs the statement it explains. */
    private static final Pattern ANALYZE = Pattern.compile("\\bANALY[ZS]E\\b", Pattern.CASE_INSENSITIVE);

    private StatementText() {}

    /**
     * Tells whether a statement would begin or end the transaction around it.
     *
     * @param sql the statement
     * @return true for BEGIN, START TRANSACTION, COMMIT, END, ABORT, PREPARE TRANSACTION, SET AUTOCOMMIT and for
     *     ROLLBACK, but not for ROLLBACK TO
     */
    public static boolean controlsTransaction(String sql) {
        return switch (keyword(sql)) {
            case "COMMIT", "END", "ABORT" -> true;
            case "BEGIN" -> !words(sql, 2)[1].equals("NOT");
            case "START", "PREPARE" -> words(sql, 2)[1].equals("TRANSACTION");
            case "SET" -> AUTOCOMMIT.matcher(sql).find();
            case "ROLLBACK" -> endsAll(words(sql, 3));
            default -> false;
        };
    }

    private static boolean endsAll(String[] rollback) {
        boolean noise = rollback[1].equals("WORK") || rollback[1].equals("TRANSACTION");
        return !rollback[noise ? 2 : 1].equals("TO");
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
        String[] words = words(sql, 3);
        boolean temporary = words[1].equals("TEMPORARY") || words[2].equals("TEMPORARY");
        boolean password = words[0].equals("SET") && words[1].equals("PASSWORD");
        boolean index = words[0].equals("LOAD") && words[1].equals("INDEX");
        return password || index || (IMPLICIT_COMMITS.contains(words[0]) && !temporary);
    }

    /**
     * Tells whether a statement may be several, some of them committed although a later one failed.
     *
     * @param database where it is run
     * @param sql the statement
     * @return true for a procedure call; for a block that may commit inside; for a text with a semicolon inside, even in a literal, on MySQL's
     *     family, and on PostgreSQL's where COMMIT or another such word follows one, since there the whole text is one
     *     transaction otherwise; always false for SQLite, which runs one statement of a text
     */
    public static boolean mayBeSeveral(Database database, String sql) {
        if (database.family() == Database.Family.SQLITE) {
            return false;
        }
        String text = sql.strip();
        String first = keyword(text);
        if (first.equals("DO")) {
            return COMMITS.matcher(text).find();
        }
        return text.startsWith("{") || SEVERAL.contains(first) || goesOn(database, text);
    }

    private static boolean goesOn(Database database, String text) {
        boolean each = database.family() == Database.Family.MYSQL;
        for (int at = text.indexOf(';'); at >= 0 && at < text.length() - 1; at = text.indexOf(';', at + 1)) {
            String next = keyword(text.substring(at + 1));
            if (each || ENDS.contains(next) || SEVERAL.contains(next)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Tells whether a statement begins like one that only reads. A function it calls may write all the same, and so may
     * SELECT INTO: both pass for reads.
     *
     * @param sql the statement
     * @return true for SELECT, SHOW, EXPLAIN without ANALYZE and the like
     */
    public static boolean reads(String sql) {
        String first = keyword(sql);
        return READS.contains(first)
                && !(EXPLAINS.contains(first) && ANALYZE.matcher(sql).find());
    }

    /**
     * Returns the word a statement begins with, for messages: a whole statement may contain what is nobody's business.
     *
     * @param sql the statement
     * @return the first word in capitals, past spaces and comments; empty if there is none
     */
    public static String keyword(String sql) {
        return words(sql, 1)[0];
    }

    /** The first words in capitals; empty where there are fewer. */
    private static String[] words(String sql, int count) {
        String[] words = new String[count];
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

    /** Past spaces, parentheses and comments, but not past what MySQL and MariaDB run although it stands in one. */
    private static int skip(String sql, int from) {
        int at = from;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c) || c == '(' || c == ';') {
                at++;
            } else if (sql.startsWith("/*!", at) || sql.startsWith("/*M!", at)) {
                at = pastDigits(sql, sql.indexOf('!', at) + 1);
            } else if (sql.startsWith("*/", at)) {
                at += 2;
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

    private static int pastDigits(String sql, int from) {
        int at = from;
        while (at < sql.length() && Character.isDigit(sql.charAt(at))) {
            at++;
        }
        return at;
    }
}
