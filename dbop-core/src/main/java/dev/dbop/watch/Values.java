package dev.dbop.watch;

import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/** Values as drivers give them: immutable, but for arrays. */
final class Values {
    private Values() {}

    /** A copy of an array, down to the innermost; anything else is itself. */
    static @Nullable Object copy(@Nullable Object value) {
        if (value == null || !value.getClass().isArray()) {
            return value;
        }
        int length = Array.getLength(value);
        Object copy = Array.newInstance(value.getClass().getComponentType(), length);
        for (int i = 0; i < length; i++) {
            Array.set(copy, i, copy(Array.get(value, i)));
        }
        return copy;
    }
}
