package dev.dbop.benchmarks;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The settings of a run, given as {@code name=value}. Immutable. */
public final class Arguments {
    private final Map<String, String> values;
    private final Set<String> given;

    private Arguments(Map<String, String> values, Set<String> given) {
        this.values = values;
        this.given = given;
    }

    /**
     * Reads settings.
     *
     * @param defaults every name that may be given, with its default
     * @param given {@code name=value} each
     * @return the defaults, overridden by what is given
     * @throws IllegalArgumentException if one is not of that form, or its name is unknown
     */
    public static Arguments of(Map<String, String> defaults, List<String> given) {
        Map<String, String> values = new LinkedHashMap<>(defaults);
        Set<String> names = new HashSet<>();
        for (String argument : given) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (equals < 0 || !defaults.containsKey(name)) {
                throw new IllegalArgumentException(
                        "argument " + argument + ": must be name=value with a name of " + defaults);
            }
            values.put(name, argument.substring(equals + 1));
            names.add(name);
        }
        return new Arguments(values, names);
    }

    /**
     * Returns these settings with others for what was not given.
     *
     * @param preset names and values
     * @return a changed copy
     */
    public Arguments withPreset(Map<String, String> preset) {
        Map<String, String> merged = new LinkedHashMap<>(values);
        preset.forEach((name, value) -> {
            if (!given.contains(name)) {
                merged.put(name, value);
            }
        });
        return new Arguments(merged, given);
    }

    /**
     * Returns all settings.
     *
     * @return in the order of the defaults
     */
    public Map<String, String> all() {
        return Map.copyOf(values);
    }

    /**
     * Returns a setting as it was written.
     *
     * @param name of the setting
     * @return the value
     */
    public String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("setting " + name + ": must be one of " + values.keySet());
        }
        return value;
    }

    /**
     * Returns the parts of a setting between its commas.
     *
     * @param name of the setting
     * @return the parts, none if the setting is empty
     */
    public List<String> list(String name) {
        String value = text(name);
        return value.isEmpty() ? List.of() : List.of(value.split(","));
    }

    /**
     * Returns the constants that a setting names between its commas.
     *
     * @param <E> the enumeration
     * @param name of the setting
     * @param type the enumeration
     * @return the constants
     */
    public <E extends Enum<E>> List<E> constants(String name, Class<E> type) {
        return list(name).stream()
                .map(value -> Enum.valueOf(type, value.toUpperCase(Locale.ROOT)))
                .toList();
    }

    /**
     * Returns a whole number.
     *
     * @param name of the setting
     * @return the number
     */
    public int number(String name) {
        return Integer.parseInt(text(name));
    }

    /**
     * Returns a duration.
     *
     * @param name of the setting
     * @return the duration, see {@link #duration}
     */
    public Duration time(String name) {
        return duration(text(name));
    }

    /**
     * Reads a duration.
     *
     * @param value a number of milliseconds, or of seconds if it ends with a bare {@code s}: 8ms, 8, 2s, 0.5s
     * @return the duration
     */
    public static Duration duration(String value) {
        if (value.endsWith("ms")) {
            return Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)));
        }
        if (value.endsWith("s")) {
            return Duration.ofNanos((long) (Double.parseDouble(value.substring(0, value.length() - 1)) * 1e9));
        }
        return Duration.ofMillis(Long.parseLong(value));
    }
}
