package dev.dbop;

import java.util.regex.Pattern;

/**
 * A failure in one line, for logs: the simple name of its class and the first line of its message, cut where it is long,
 * without what looks like a password.
 */
final class FailureLine {
    private static final int LONGEST = 300;
    private static final int MOST_READ = 3000;
    private static final String HIDDEN = "$1***";

    private static final Pattern LINE_END = Pattern.compile("\\R");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");
    /** {@code password=…} in a URL, which a driver manager quotes when it finds no driver, or in a list of properties. */
    private static final Pattern SETTING =
            Pattern.compile("(?i)((?:password|passwd|pwd|passphrase|secret)\\s{0,9}[=:]\\s{0,9})[^\\s&;,)}\\]]+");
    /** In a statement a server quotes: {@code PASSWORD '…'}, {@code IDENTIFIED BY '…'}. */
    private static final Pattern LITERAL = Pattern.compile("(?i)((?:password|identified by)\\s{1,9}')[^']*");
    /** {@code //user:password@host}. */
    private static final Pattern USER_INFO = Pattern.compile("(//[^\\s/:@]{0,99}:)[^\\s/]{1,999}(?=@)");

    private FailureLine() {}

    static String of(Throwable failure) {
        String message = failure.getMessage();
        String name = failure.getClass().getSimpleName();
        if (name.isEmpty()) {
            name = failure.getClass().getName();
        }
        if (message == null || message.isBlank()) {
            return name;
        }
        return name + ": " + cut(withoutPasswords(firstLine(message)), LONGEST);
    }

    private static String firstLine(String message) {
        String line = LINE_END.split(cut(message, MOST_READ).strip(), 2)[0];
        return CONTROL.matcher(line).replaceAll(" ");
    }

    private static String withoutPasswords(String text) {
        String settings = SETTING.matcher(text).replaceAll(HIDDEN);
        String literals = LITERAL.matcher(settings).replaceAll(HIDDEN);
        return USER_INFO.matcher(literals).replaceAll(HIDDEN);
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }
}
