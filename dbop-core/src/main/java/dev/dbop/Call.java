package dev.dbop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One call of a {@link DbopRunner}, as its listeners know it: every {@link RunEvent} of a call carries the same instance,
 * and no other call ever does. Calls of one name that run at the same time are told apart by it. Equal to itself only.
 *
 * <p>Made when the first event of the call is; a call nobody listens to has none.
 *
 * <p>A listener may attach what it has to remember between the events of a call, a span for instance. What is attached goes
 * away with the call, even with one that never ends. {@link #attach} and {@link #attached} are for {@link RunListener#on}:
 * the events of a call follow one another, so nothing else is needed between threads.
 */
public final class Call {
    private final String name;
    private final boolean asynchronous;
    private @Nullable Attachment attachments;

    private Call(String name, boolean asynchronous) {
        this.name = Objects.requireNonNull(name, "name");
        this.asynchronous = asynchronous;
    }

    /**
     * Returns a new call, as an engine makes one: for tests of listeners.
     *
     * @param name of the call
     * @param asynchronous whether it is one of {@link DbopRunner#callAsync}
     * @return a call equal to itself only
     */
    public static Call of(String name, boolean asynchronous) {
        return new Call(name, asynchronous);
    }

    /**
     * Returns the name of the call.
     *
     * @return the name given to the runner, or "unnamed"
     */
    public String name() {
        return name;
    }

    /**
     * Tells whether the call is one of {@link DbopRunner#callAsync}: its events come from any thread. Those of other calls
     * all come from the thread that called.
     *
     * @return false for a blocking call
     */
    public boolean isAsynchronous() {
        return asynchronous;
    }

    /**
     * Keeps something for as long as the call lasts, in the place of what was kept under the key before.
     *
     * @param key compared by {@code equals}; the listener itself, usually
     * @param value null to keep nothing any more
     */
    public void attach(Object key, @Nullable Object value) {
        Objects.requireNonNull(key, "key");
        Attachment found = find(key);
        if (found != null) {
            found.value = value;
        } else if (value != null) {
            attachments = new Attachment(key, value, attachments);
        }
    }

    /**
     * Returns what is kept under a key.
     *
     * @param key the one given to {@link #attach}
     * @return the value, or null if there is none
     */
    public @Nullable Object attached(Object key) {
        Attachment found = find(key);
        return found == null ? null : found.value;
    }

    private @Nullable Attachment find(Object key) {
        Attachment at = attachments;
        while (at != null && !at.key.equals(key)) {
            at = at.next;
        }
        return at;
    }

    @Override
    public String toString() {
        return "Call[" + name + "]";
    }

    /** Listeners are few: a list is searched faster than a map, and smaller. */
    private static final class Attachment {
        final Object key;
        final @Nullable Attachment next;

        @Nullable
        Object value;

        Attachment(Object key, @Nullable Object value, @Nullable Attachment next) {
            this.key = key;
            this.value = value;
            this.next = next;
        }
    }
}
