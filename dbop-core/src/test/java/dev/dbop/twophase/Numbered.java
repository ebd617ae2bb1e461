package dev.dbop.twophase;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives equal values one small number, so that a state can hold the number. */
final class Numbered<T> {
    private final int most;
    private final Map<T, Integer> numbers = new HashMap<>();
    private final List<T> values = new ArrayList<>();

    Numbered(int bits) {
        this.most = 1 << bits;
    }

    int of(T value) {
        Integer number = numbers.get(value);
        if (number != null) {
            return number;
        }
        if (values.size() == most) {
            throw new IllegalStateException("more than " + most + " values such as " + value + ": give them more bits");
        }
        numbers.put(value, values.size());
        values.add(value);
        return values.size() - 1;
    }

    T get(int number) {
        return values.get(number);
    }

    int size() {
        return values.size();
    }
}
