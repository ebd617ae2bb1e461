package dev.dbop.twophase;

import dev.dbop.twophase.StateSearch.LongIndex;
import java.util.Arrays;
import java.util.function.IntSupplier;

/** Remembers what the real classes have answered, so that a search asks them each thing once. */
final class Memo {
    private final LongIndex keys = new LongIndex();
    private int[] values = new int[1 << 10];

    int of(long key, IntSupplier compute) {
        int before = keys.size();
        int index = keys.indexOf(key);
        if (index == before) {
            if (index == values.length) {
                values = Arrays.copyOf(values, index * 2);
            }
            values[index] = compute.getAsInt();
        }
        return values[index];
    }
}
