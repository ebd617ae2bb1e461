package dev.dbop;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Suppressed into the failure of a call that has ended for good, with its history in one line. An enclosing call that
 * meets it does not retry: attempts of nested calls never multiply, and what one attempt found out (work already
 * committed by DDL, say) is not forgotten on the way up.
 */
final class CallEnded extends Exception {
    private static final long serialVersionUID = 1;

    private static final int MOST_TOLD = 16;

    private final GiveUpReason reason;
    private final Verdict verdict;

    CallEnded(String name, GiveUpReason reason, Verdict verdict, List<AttemptRecord> records) {
        super(
                "call \"" + name + "\" ended after " + records.size()
                        + (records.size() == 1 ? " attempt: " : " attempts: ") + reason + ": "
                        + records.stream()
                                .limit(MOST_TOLD)
                                .map(AttemptRecord::toString)
                                .collect(Collectors.joining("; "))
                        + (records.size() > MOST_TOLD ? "; and so on" : ""),
                null,
                false,
                false);
        this.reason = reason;
        this.verdict = verdict;
    }

    /** The verdict an inner call left in a failure or one of its causes, or null. */
    static @Nullable Verdict verdictIn(Throwable failure) {
        Verdict[] found = {null};
        Causes.any(failure, cause -> {
            if (cause instanceof OutcomeUnknownException) {
                found[0] = Verdict.OUTCOME_UNKNOWN;
                return true;
            }
            for (Throwable suppressed : cause.getSuppressed()) {
                if (suppressed instanceof CallEnded ended) {
                    found[0] = ended.verdict;
                    return true;
                }
            }
            return false;
        });
        return found[0];
    }

    /** Whether an inner call left word in a failure or its causes that it ended for more than want of time. */
    static boolean forGoodIn(Throwable failure) {
        return Causes.any(
                failure,
                cause -> Arrays.stream(cause.getSuppressed())
                        .anyMatch(suppressed ->
                                suppressed instanceof CallEnded ended && ended.reason != GiveUpReason.DEADLINE));
    }
}
