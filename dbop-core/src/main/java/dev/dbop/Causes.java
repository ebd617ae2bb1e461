package dev.dbop;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Walks a failure and its causes, bounded, so that a cycle of causes cannot hang a call. */
final class Causes {
    private static final int DEPTH = 32;
    private static final int MOST_FOUND = 256;

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

    /** Tells whether one failure is another, or leads to it through causes and suppressed ones. */
    static boolean leadsTo(Throwable from, Throwable to) {
        Set<Throwable> found = Collections.newSetFromMap(new IdentityHashMap<>());
        collect(from, found);
        return found.contains(to);
    }

    private static void collect(@Nullable Throwable failure, Set<Throwable> found) {
        if (failure == null || found.size() >= MOST_FOUND || !found.add(failure)) {
            return;
        }
        collect(failure.getCause(), found);
        for (Throwable suppressed : failure.getSuppressed()) {
            collect(suppressed, found);
        }
    }

    /** Suppresses one failure into another, unless that would make a cycle or say the same twice. */
    static void suppress(Throwable failure, Throwable other) {
        if (!leadsTo(failure, other) && !leadsTo(other, failure)) {
            failure.addSuppressed(other);
        }
    }
}
