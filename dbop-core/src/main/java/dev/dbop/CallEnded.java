package dev.dbop;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Suppressed into the failure of a call that has ended for good, with its history in one line. An enclosing call that
 * meets it does not retry: attempts of nested calls never multiply, and what one attempt found out (work already
 * committed by DDL, say) is not forgotten on the way up.
 *
 * <p>It counts only for calls that began before the one that left it: an application may throw one instance again and
 * again, and what an earlier call made of it says nothing about a later one. Such an instance carries one note, the
 * newest.
 */
final class CallEnded extends Exception {
    private static final long serialVersionUID = 2;

    private static final int MOST_TOLD = 16;
    private static final AtomicLong CALLS = new AtomicLong();

    private final AtomicReference<Note> note;

    /**
     * How a call ended.
     *
     * @param call its number
     * @param reason why there was no further attempt
     * @param text the history
     */
    private record Note(long call, GiveUpReason reason, String text) implements Serializable {}

    CallEnded(String name, long call, GiveUpReason reason, List<AttemptRecord> records) {
        super(null, null, false, false);
        this.note = new AtomicReference<>(new Note(call, reason, text(name, reason, records)));
    }

    /** The number of a call that begins: greater than that of any call around it. */
    static long nextCall() {
        return CALLS.incrementAndGet();
    }

    /** Leaves word in the failure of a call that it has ended for good. */
    static void mark(Throwable failure, String name, long call, GiveUpReason reason, List<AttemptRecord> records) {
        CallEnded ended = new CallEnded(name, call, reason, records);
        for (Throwable suppressed : failure.getSuppressed()) {
            if (suppressed instanceof CallEnded earlier) {
                // Calls may end with one instance at the same time: the number that counts for most must win.
                earlier.note.accumulateAndGet(ended.note(), (one, other) -> one.call > other.call ? one : other);
                return;
            }
        }
        failure.addSuppressed(ended);
    }

    private Note note() {
        return Objects.requireNonNull(note.get());
    }

    private static String text(String name, GiveUpReason reason, List<AttemptRecord> records) {
        return "call \"" + name + "\" ended after " + records.size()
                + (records.size() == 1 ? " attempt: " : " attempts: ") + reason + ": "
                + records.stream().limit(MOST_TOLD).map(AttemptRecord::toString).collect(Collectors.joining("; "))
                + (records.size() > MOST_TOLD ? "; and so on" : "");
    }

    @Override
    public String getMessage() {
        return note().text;
    }

    /** The verdict a call inside the given one left in a failure or one of its causes, or null. */
    static @Nullable Verdict verdictIn(Throwable failure, long call) {
        Verdict[] found = {null};
        Causes.any(failure, cause -> {
            if (cause instanceof OutcomeUnknownException) {
                found[0] = Verdict.OUTCOME_UNKNOWN;
            } else if (endedIn(cause, call, false)) {
                found[0] = Verdict.GIVE_UP;
            }
            return found[0] != null;
        });
        return found[0];
    }

    /** Whether a call inside the given one left word in a failure or its causes that it ended for more than want of time. */
    static boolean forGoodIn(Throwable failure, long call) {
        return Causes.any(failure, cause -> endedIn(cause, call, true));
    }

    private static boolean endedIn(Throwable cause, long call, boolean forGood) {
        return Arrays.stream(cause.getSuppressed())
                .anyMatch(suppressed -> suppressed instanceof CallEnded ended
                        && ended.note().call > call
                        && !(forGood && ended.note().reason == GiveUpReason.DEADLINE));
    }
}
