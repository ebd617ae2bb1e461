package dev.dbop.benchmarks.scale;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Virtual threads where there are any; this is compiled for a JDK without. */
final class Threads {
    private static final @Nullable Method START = find();

    private Threads() {}

    private static @Nullable Method find() {
        try {
            // final from JDK 21 on, a preview before
            return Runtime.version().feature() < 21
                    ? null
                    : Thread.class.getMethod("startVirtualThread", Runnable.class);
        } catch (NoSuchMethodException none) {
            return null;
        }
    }

    static boolean areVirtual() {
        return START != null;
    }

    static Thread start(Runnable task) {
        if (START == null) {
            throw new IllegalStateException(
                    "JDK " + Runtime.version() + " has no virtual threads: must be 21 or newer");
        }
        try {
            return (Thread) START.invoke(null, task);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("no virtual thread was started", impossible);
        }
    }
}
