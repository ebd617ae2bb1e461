package dev.dbop.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Calendar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a prepared statement that may be set once more, on the statement that takes the prologue along. Only
 * values that read the same twice: no streams, nothing whose type the driver would ask the server for.
 */
final class Parameters {
    private static final Set<Class<?>> IMMUTABLE = Set.of(
            String.class,
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigDecimal.class,
            BigInteger.class,
            UUID.class);

    private record Setter(Method method, List<@Nullable Object> arguments) {}

    private final Map<Integer, Setter> setters = new HashMap<>();
    private boolean incomplete;

    /** Whether a setter can be repeated; anything else has to be done on the plain statement, when all is as it would be. */
    static boolean repeatable(Method method, @Nullable Object @Nullable [] arguments) {
        if (arguments == null || arguments.length < 2 || !(arguments[0] instanceof Integer)) {
            return false;
        }
        for (Object argument : arguments) {
            if (!repeatable(argument)) {
                return false;
            }
        }
        // A type's name may have to be looked up.
        return !(method.getName().equals("setNull") && arguments.length > 2);
    }

    private static boolean repeatable(@Nullable Object value) {
        return value == null
                || IMMUTABLE.contains(value.getClass())
                || value instanceof byte[]
                || value instanceof Enum<?>
                || isTime(value);
    }

    /** The JDK's own only: of another class nobody knows what it does when it is asked. */
    private static boolean isTime(Object value) {
        boolean time = value instanceof Temporal
                || value instanceof Calendar
                || value instanceof Date
                || value instanceof Time
                || value instanceof Timestamp;
        return time && value.getClass().getName().startsWith("java.");
    }

    /** Keeps a repeatable setter. */
    void keep(Method method, @Nullable Object[] arguments) {
        @Nullable Object[] kept = arguments.clone();
        for (int i = 0; i < kept.length; i++) {
            kept[i] = copy(kept[i]);
        }
        setters.put((Integer) Objects.requireNonNull(kept[0]), new Setter(method, Arrays.asList(kept)));
    }

    /** The driver has read the value by now; what the operation does with it afterwards must not count. */
    private static @Nullable Object copy(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return bytes.clone();
        }
        if (value instanceof Date date) {
            return date.clone();
        }
        if (value instanceof Time time) {
            return time.clone();
        }
        if (value instanceof Timestamp timestamp) {
            return timestamp.clone();
        }
        return value instanceof Calendar calendar ? calendar.clone() : value;
    }

    /** Something was set that another statement would lack. */
    void lose() {
        incomplete = true;
    }

    void clear() {
        setters.clear();
    }

    /**
     * Whether all parameters of a text are known. The driver has accepted each index, and there are as many as the text has
     * question marks: then none of those is anything but a parameter, and none is unset, over which the driver would fail
     * halfway.
     */
    boolean areAllOf(String sql) {
        return !incomplete && sql.chars().filter(c -> c == '?').count() == setters.size();
    }

    /** Sets the parameters on another statement of the same text. */
    void setOn(PreparedStatement other) throws SQLException {
        for (Setter setter : setters.values()) {
            try {
                setter.method.invoke(other, setter.arguments.toArray());
            } catch (InvocationTargetException | IllegalAccessException refused) {
                throw new SQLException(refused);
            }
        }
    }
}
