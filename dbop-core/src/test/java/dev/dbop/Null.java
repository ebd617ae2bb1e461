package dev.dbop;

import java.lang.reflect.Array;

/** Null where none belongs, as callers who have no null checker pass it. */
final class Null {
    private Null() {}

    static <T> T of(Class<T> type) {
        return type.cast(Array.get(new Object[1], 0));
    }
}
