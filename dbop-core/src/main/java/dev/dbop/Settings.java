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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads policy and timeouts from text. Every setting has one name; the environment writes it in capitals. */
final class Settings {
    private static final String PREFIX = "dbop.";
    private static final String ENVIRONMENT_PREFIX = "DBOP_";
    private static final String TEST_KIT_PREFIX = "DBOP_TEST_";
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,18})(ms|s|m|h)");

    /** Names as written after the prefix. */
    enum Key {
        MAX_RETRIES,
        INITIAL_DELAY,
        MAX_DELAY,
        JITTER,
        BACKOFF,
        MAX_DURATION,
        ATTEMPT_TIMEOUT,
        LOCK_TIMEOUT,
        STATEMENT_TIMEOUT;

        String property() {
            return PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        String variable() {
            return ENVIRONMENT_PREFIX + name();
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
        integer(Key.MAX_RETRIES, builder::maxRetries);
        duration(Key.INITIAL_DELAY, builder::initialDelay);
        duration(Key.MAX_DELAY, builder::maxDelay);
        read(Key.JITTER, "a number from 0 to 1, such as 0.2", Double::valueOf, builder::jitter);
        read(Key.BACKOFF, "one of " + backoffNames(), Settings::backoff, builder::backoff);
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

    private static String backoffNames() {
        return Arrays.stream(Backoffs.values()).map(Backoffs::settingName).collect(Collectors.joining(", "));
    }

    private static Backoff backoff(String name) {
        return Arrays.stream(Backoffs.values())
                .filter(backoff -> backoff.settingName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }

    private void integer(Key key, Consumer<Integer> target) {
        read(key, "a whole number, such as 5", Integer::valueOf, target);
    }

    private void duration(Key key, Consumer<Duration> target) {
        read(key, "a duration, such as 250ms, 5s, 2m, 1h or PT0.25S", Settings::duration, target);
    }

    private static Duration duration(String text) {
        var matcher = SHORT_DURATION.matcher(text);
        if (!matcher.matches()) {
            return Duration.parse(text);
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /** What cannot be read is reported with its form; what is read but refused keeps the refusal, name first. */
    private <V> void read(Key key, String form, Function<String, V> parser, Consumer<V> target) {
        String name = nameOf.apply(key);
        String text = values.get(name);
        if (text == null) {
            return;
        }
        V value = parse(name, text.strip(), form, parser);
        try {
            target.accept(value);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(name + ": " + refused.getMessage(), refused);
        }
    }

    private static <V> V parse(String name, @Nullable String text, String form, Function<String, V> parser) {
        try {
            return parser.apply(String.valueOf(text));
        } catch (IllegalArgumentException | DateTimeParseException | ArithmeticException unreadable) {
            throw new IllegalArgumentException(name + " is \"" + text + "\": must be " + form, unreadable);
        }
    }
}
