package dev.dbop.jdbc;

import java.util.BitSet;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Numbers for what attempts keep in the variables of one session, so that attempts inside one another, known to each
 * other or not, do not overwrite what the outer one kept. The lowest free number is taken, because such a variable lives
 * as long as its session.
 */
final class Slots {
    /** Only bits are set under this lock. What is not given back goes with its session. */
    private static final Map<Object, BitSet> TAKEN = Collections.synchronizedMap(new WeakHashMap<>());

    private Slots() {}

    /** Takes a number in a session. */
    static int take(Object session) {
        int[] slot = {0};
        TAKEN.compute(session, (key, taken) -> {
            BitSet bits = taken == null ? new BitSet() : taken;
            slot[0] = bits.nextClearBit(0);
            bits.set(slot[0]);
            return bits;
        });
        return slot[0];
    }

    /** Gives a number back. */
    static void giveBack(Object session, int slot) {
        TAKEN.computeIfPresent(session, (key, taken) -> without(taken, slot));
    }

    private static @Nullable BitSet without(BitSet taken, int slot) {
        taken.clear(slot);
        return taken.isEmpty() ? null : taken;
    }
}
