package dev.dbop;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads policy and timeouts from text. Every setting has one name; the environment writes it in capitals. */
final class Settings {
    private static final String PREFIX = "dbop.";
    private static final String ENVIRONMENT_PREFIX = "DBOP_";
    private static final String TEST_KIT_PREFIX = "DBOP_TEST_";

    /** How a value is written, and which values there are. */
    enum Form {
        COUNT("a whole number, such as 5", "0 to 2147483647"),
        PART("a number from 0 to 1, such as 0.2", "0 to 1"),
        BACKOFF("one of " + backoffNames(), backoffNames()),
        DELAY(Durations.FORM, "0 to 292 years"),
        LIMIT(Durations.FORM, "above 0, to 292 years");

        private final String written;
        private final String bounds;

        Form(String written, String bounds) {
            this.written = written;
            this.bounds = bounds;
        }

        String bounds() {
            return bounds;
        }
    }

    /** The settings, named as written after the prefix; with what the reference says of them. */
    enum Key {
        MAX_RETRIES(
                Form.COUNT,
                String.valueOf(RetryPolicy.DEFAULT_MAX_RETRIES),
                "attempts after the first; 0 makes one attempt only",
                "with the default delays five retries take two and a half seconds: most conflicts are over by then, and"
                        + " whoever waits is still there"),
        INITIAL_DELAY(
                Form.DELAY,
                Durations.text(RetryPolicy.DEFAULT_INITIAL_DELAY),
                "the delay before the first retry; at most `max-delay`",
                "long enough for the other side of a conflict to commit; 0 tries again at once, and often meets it again"),
        MAX_DELAY(
                Form.DELAY,
                Durations.text(RetryPolicy.DEFAULT_MAX_DELAY),
                "the longest delay; at least `initial-delay`",
                "doubled delays would soon outlast the trouble they wait for"),
        JITTER(
                Form.PART,
                String.valueOf(RetryPolicy.DEFAULT_JITTER),
                "the part by which a delay varies, up and down; 0 makes delays exact",
                "transactions that met once would meet again after equal delays; 1 is anything from no delay to twice the"
                        + " delay, more would be less than none"),
        BACKOFF(
                Form.BACKOFF,
                Backoff.exponential().toString(),
                "how delays grow from retry to retry",
                "doubled delays burden a database that is in trouble less and less"),
        MAX_DURATION(
                Form.LIMIT,
                "none",
                "limit of the whole call, waits included",
                "only the caller knows how long the result is of use; 0 would end every call before it began"),
        ATTEMPT_TIMEOUT(
                Form.LIMIT,
                "none",
                "limit of one attempt, whose work is stopped on the server",
                "only the caller knows how long the work may take; 0 would stop every attempt"),
        INITIAL_LOCK_TIMEOUT(
                Form.LIMIT,
                "none",
                "longest wait for one lock in the first attempt, for short transactions on hot rows: doubled with each"
                        + " attempt, the last two wait for `lock-timeout`; 8ms was measured best",
                "a wait cut short repeats the whole operation: only the caller knows whether that is cheap; 0 is as for"
                        + " `lock-timeout`"),
        LOCK_TIMEOUT(
                Form.LIMIT,
                "the session's own",
                "longest wait for one lock, on the server",
                "what was set for the server, the user or the pool was set on purpose; 0 is no limit to PostgreSQL, and"
                        + " no wait at all to MariaDB"),
        STATEMENT_TIMEOUT(
                Form.LIMIT,
                "the session's own",
                "longest run of one statement, on the server",
                "as for locks; 0 is no limit to the servers");

        private final Form form;
        private final String ifUnset;
        private final String meaning;
        private final String reason;

        Key(Form form, String ifUnset, String meaning, String reason) {
            this.form = form;
            this.ifUnset = ifUnset;
            this.meaning = meaning;
            this.reason = reason;
        }

        String property() {
            return PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        String variable() {
            return ENVIRONMENT_PREFIX + name();
        }

        Form form() {
            return form;
        }

        /** The default, as it would be written; in words where there is none. */
        String ifUnset() {
            return ifUnset;
        }

        String meaning() {
            return meaning;
        }

        /** Why the default and the bounds are what they are. */
        String reason() {
            return reason;
        }
    }

    private final Map<String, String> values;
    private final Function<Key, String> nameOf;

    private Settings(Map<String, String> values, Function<Key, String> nameOf) {
        this.values = values;
        this.nameOf = nameOf;
        values.keySet().forEach(this::refuseUnknown);
    }

    static Settings of(Map<String, String> settings) {
        return new Settings(only(settings, PREFIX, "\0"), Key::property);
    }

    static Settings of(Properties properties) {
        return of(properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(Function.identity(), properties::getProperty)));
    }

    static Settings ofEnvironment(Map<String, String> environment) {
        return new Settings(only(environment, ENVIRONMENT_PREFIX, TEST_KIT_PREFIX), Key::variable);
    }

    private static Map<String, String> only(Map<String, String> all, String prefix, String exceptPrefix) {
        Map<String, String> ours = new TreeMap<>();
        all.forEach((name, value) -> {
            if (name.startsWith(prefix) && !name.startsWith(exceptPrefix)) {
                ours.put(name, value);
            }
        });
        return ours;
    }

    private void refuseUnknown(String name) {
        if (Arrays.stream(Key.values()).map(nameOf).noneMatch(name::equals)) {
            throw new IllegalArgumentException("unknown setting " + name + ": must be one of "
                    + Arrays.stream(Key.values()).map(nameOf).collect(Collectors.joining(", ")));
        }
    }

    RetryPolicy policy() {
        RetryPolicy.Builder builder = RetryPolicy.builder();
        read(Key.MAX_RETRIES, Integer::valueOf, builder::maxRetries);
        duration(Key.INITIAL_DELAY, builder::initialDelay);
        duration(Key.MAX_DELAY, builder::maxDelay);
        read(Key.JITTER, Double::valueOf, builder::jitter);
        read(Key.BACKOFF, Settings::backoff, builder::backoff);
        duration(Key.MAX_DURATION, builder::maxDuration);
        duration(Key.ATTEMPT_TIMEOUT, builder::attemptTimeout);
        return builder.build();
    }

    Timeouts timeouts() {
        Timeouts[] timeouts = {Timeouts.none()};
        duration(Key.LOCK_TIMEOUT, value -> timeouts[0] = timeouts[0].withLock(value));
        duration(Key.STATEMENT_TIMEOUT, value -> timeouts[0] = timeouts[0].withStatement(value));
        return timeouts[0];
    }

    TimeoutRule timeoutRule() {
        TimeoutRule[] rule = {TimeoutRule.fixed(timeouts())};
        duration(Key.INITIAL_LOCK_TIMEOUT, value -> rule[0] = new GrowingLockTimeout(value, rule[0]));
        return rule[0];
    }

    private static String backoffNames() {
        return Arrays.stream(Backoffs.values()).map(Backoffs::settingName).collect(Collectors.joining(", "));
    }

    private static Backoff backoff(String name) {
        return Arrays.stream(Backoffs.values())
                .filter(backoff -> backoff.settingName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }

    private void duration(Key key, Consumer<Duration> target) {
        read(key, Durations::parse, target);
    }

    /** What cannot be read is reported with its form; what is read but refused keeps the refusal, name first. */
    private <V> void read(Key key, Function<String, V> parser, Consumer<V> target) {
        String name = nameOf.apply(key);
        String text = values.get(name);
        if (text == null) {
            return;
        }
        V value = parse(name, text.strip(), key.form, parser);
        try {
            target.accept(value);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(name + ": " + refused.getMessage(), refused);
        }
    }

    private static <V> V parse(String name, String text, Form form, Function<String, V> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException | DateTimeParseException | ArithmeticException unreadable) {
            throw new IllegalArgumentException(name + " is \"" + text + "\": must be " + form.written, unreadable);
        }
    }
}
