package dev.dbop;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Walks a failure and its causes, bounded, so that a cycle of causes cannot hang a call. */
final class Causes {
    private static final int DEPTH = 32;
    private static final int MOST_SEEN = 256;

    private Causes() {}

    static boolean anyIn(Throwable failure, List<Class<? extends Throwable>> types) {
        return any(failure, cause -> types.stream().anyMatch(type -> type.isInstance(cause)));
    }

    static boolean any(Throwable failure, Predicate<Throwable> test) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEPTH; depth++) {
            if (test.test(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** Tells whether one failure is, causes or suppresses another, over any number of steps. */
    static boolean leadsTo(Throwable from, Throwable to) {
        return leadsTo(from, to, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static boolean leadsTo(@Nullable Throwable from, Throwable to, Set<Throwable> seen) {
        if (from == null || from == to) {
            return from == to;
        }
        if (seen.size() >= MOST_SEEN || !seen.add(from)) {
            return false;
        }
        return leadsTo(from.getCause(), to, seen)
                || Arrays.stream(from.getSuppressed()).anyMatch(suppressed -> leadsTo(suppressed, to, seen));
    }
}
