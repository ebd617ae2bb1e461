package dev.dbop.twophase;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explores every state of a model, breadth first, until one is bad or none is left: the trace to the first bad one is a
 * shortest one.
 */
final class StateSearch {
    private static final int NO_PARENT = -1;

    private final Model model;
    private final LongIndex states = new LongIndex();
    private int[] parents = new int[1 << 12];
    private long moves;

    private StateSearch(Model model) {
        this.model = model;
    }

    /** What is searched. A state is one long: whatever does not fit is kept elsewhere, under a number. */
    interface Model {
        long start();

        void moves(long state, Sink sink);

        /** What is wrong with a state, or null. */
        @Nullable
        String wrong(long state);
    }

    /** Takes the moves out of one state; a move is told by its parts, to be put together only for a trace. */
    @FunctionalInterface
    interface Sink {
        void to(long next, String who, Object what, Object how);
    }

    /**
     * How a search ended.
     *
     * @param states how many were reached
     * @param moves how many there were between them
     * @param wrong what is wrong with the first bad state, or null if none is bad
     * @param trace the moves to the first bad state, or empty
     */
    record End(int states, long moves, @Nullable String wrong, List<String> trace) {
        @Override
        public String toString() {
            return states + " states, " + moves + " moves" + (wrong == null ? "" : ": " + wrong + " after " + trace);
        }
    }

    static End run(Model model) {
        return new StateSearch(model).run();
    }

    private End run() {
        add(model.start(), NO_PARENT);
        for (int at = 0; at < states.size(); at++) {
            long state = states.get(at);
            String wrong = model.wrong(state);
            if (wrong != null) {
                return new End(states.size(), moves, wrong, trace(at));
            }
            int parent = at;
            model.moves(state, (next, who, what, how) -> add(next, parent));
        }
        return new End(states.size(), moves, null, List.of());
    }

    private void add(long state, int parent) {
        moves++;
        int before = states.size();
        if (states.indexOf(state) == before) {
            if (before == parents.length) {
                parents = Arrays.copyOf(parents, before * 2);
            }
            parents[before] = parent;
        }
    }

    private List<String> trace(int end) {
        List<String> trace = new ArrayList<>();
        for (int at = end; parents[at] != NO_PARENT; at = parents[at]) {
            trace.add(move(states.get(parents[at]), states.get(at)));
        }
        Collections.reverse(trace);
        return trace;
    }

    private String move(long from, long to) {
        List<String> found = new ArrayList<>();
        model.moves(from, (next, who, what, how) -> {
            if (next == to) {
                found.add((who + ": " + text(what) + " " + text(how)).strip());
            }
        });
        return found.get(0);
    }

    private static String text(Object part) {
        if (part instanceof Step step) {
            return step.getClass().getSimpleName() + " " + step.branch();
        }
        return part instanceof Record ? part.getClass().getSimpleName() : part.toString();
    }

    /** Numbers longs in the order they come in. */
    static final class LongIndex {
        private static final int FREE = -1;

        private long[] keys = new long[1 << 12];
        private int[] table = freeTable(1 << 13);
        private int size;

        /** Returns the number of a key, which is {@link #size} before the call if the key is new. */
        int indexOf(long key) {
            int slot = slot(key);
            if (table[slot] != FREE) {
                return table[slot];
            }
            if (size == keys.length) {
                grow();
                slot = slot(key);
            }
            keys[size] = key;
            table[slot] = size;
            return size++;
        }

        long get(int index) {
            return keys[index];
        }

        int size() {
            return size;
        }

        private int slot(long key) {
            long mixed = key * 0x9E3779B97F4A7C15L;
            int slot = (int) (mixed ^ (mixed >>> 32)) & (table.length - 1);
            while (table[slot] != FREE && keys[table[slot]] != key) {
                slot = (slot + 1) & (table.length - 1);
            }
            return slot;
        }

        private void grow() {
            keys = Arrays.copyOf(keys, size * 2);
            table = freeTable(table.length * 2);
            for (int i = 0; i < size; i++) {
                table[slot(keys[i])] = i;
            }
        }

        private static int[] freeTable(int length) {
            int[] table = new int[length];
            Arrays.fill(table, FREE);
            return table;
        }
    }
}
