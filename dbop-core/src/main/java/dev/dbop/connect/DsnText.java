package dev.dbop.connect;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a connection string that knows where it stands: what is wrong is said by its place, for it may be a
 * secret.
 */
record DsnText(String text, int start) {
    private static final String UNRESERVED = "-._~";

    IllegalArgumentException refused(int at, String rule) {
        return new IllegalArgumentException("connection string, character " + (start + at + 1) + ": " + rule);
    }

    IllegalArgumentException refused(String rule) {
        return refused(0, rule);
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    int indexOf(char c) {
        return text.indexOf(c);
    }

    boolean has(char c) {
        return text.indexOf(c) >= 0;
    }

    DsnText to(int end) {
        return new DsnText(text.substring(0, end), start);
    }

    DsnText from(int begin) {
        return new DsnText(text.substring(begin), start + begin);
    }

    /** What comes before the character, or all. */
    DsnText before(char c) {
        int at = indexOf(c);
        return at < 0 ? this : to(at);
    }

    /** What comes after the character, or nothing, at the end. */
    DsnText after(char c) {
        int at = indexOf(c);
        return from(at < 0 ? text.length() : at + 1);
    }

    List<DsnText> split(char c) {
        List<DsnText> pieces = new ArrayList<>();
        DsnText rest = this;
        while (rest.has(c)) {
            pieces.add(rest.before(c));
            rest = rest.after(c);
        }
        pieces.add(rest);
        return pieces;
    }

    void refuse(char c, String rule) {
        if (has(c)) {
            throw refused(indexOf(c), rule);
        }
    }

    /** With the escapes of the syntax resolved. */
    String decoded(DsnSyntax syntax) {
        String decoded = syntax.hasEscapes() ? unescaped(syntax.plusIsSpace()) : text;
        String wrong = fault(decoded);
        if (wrong != null) {
            throw refused(wrong);
        }
        return decoded;
    }

    private String unescaped(boolean plusIsSpace) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '%') {
                int end = endOfEscapes(at);
                out.append(utf8(at, end));
                at = end;
            } else {
                out.append(c == '+' && plusIsSpace ? ' ' : c);
                at++;
            }
        }
        return out.toString();
    }

    private int endOfEscapes(int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) == '%') {
            if (at + 2 >= text.length() || hex(at + 1) < 0 || hex(at + 2) < 0) {
                throw refused(at, "a '%' must be followed by two hexadecimal digits: write %25 for a percent sign");
            }
            at += 3;
        }
        return at;
    }

    private int hex(int at) {
        char c = text.charAt(at);
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    private String utf8(int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate((to - from) / 3);
        for (int at = from; at < to; at += 3) {
            bytes.put((byte) (hex(at + 1) * 16 + hex(at + 2)));
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException notUtf8) {
            throw refused(from, "the escaped bytes are not UTF-8");
        }
    }

    /** Why a value cannot be part of any connection string; the value itself is not repeated. */
    static @Nullable String fault(String value) {
        if (value.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            return "must not have half of a surrogate pair";
        }
        return value.codePoints().anyMatch(c -> c < ' ' || c == 0x7f) ? "must not have control characters" : null;
    }

    static String escaped(String value) {
        StringBuilder out = new StringBuilder();
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }
}
