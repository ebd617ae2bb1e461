package dev.dbop.jdbc.faults;

import dev.dbop.sql.Isolation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a step runs: in a savepoint of a transaction at one of the levels, in a transaction of its own, in none. */
enum Level {
    SAVEPOINT_AT_READ_COMMITTED(Isolation.READ_COMMITTED),
    SAVEPOINT_AT_REPEATABLE_READ(Isolation.REPEATABLE_READ),
    SAVEPOINT_AT_SERIALIZABLE(Isolation.SERIALIZABLE),
    TRANSACTION(null),
    AUTOCOMMIT(null);

    private final @Nullable Isolation outer;

    Level(@Nullable Isolation outer) {
        this.outer = outer;
    }

    /** The isolation level of the transaction around the savepoint, or null if there is none. */
    @Nullable
    Isolation outer() {
        return outer;
    }

    boolean isSavepoint() {
        return outer != null;
    }

    private boolean keepsSnapshot() {
        return outer == Isolation.REPEATABLE_READ || outer == Isolation.SERIALIZABLE;
    }

    /**
     * The history of a fault that undoing the statement heals, unless the transaction's snapshot stands against it: then
     * the savepoint passes it on, and the transaction around it, which can undo more than enough, need not say so.
     */
    List<String> healsInSavepoint(String code) {
        return keepsSnapshot()
                ? List.of(line("step", code, "RETRY_TRANSACTION"), line("outer", code, "RETRY_SAVEPOINT"))
                : List.of(line("step", code, "RETRY_SAVEPOINT"));
    }

    /** The history of a fault that a savepoint cannot heal. */
    List<String> goesUp(String code, String verdict) {
        List<String> lines = new ArrayList<>(List.of(line("step", code, verdict)));
        if (isSavepoint()) {
            lines.add(line("outer", code, verdict));
        }
        return lines;
    }

    private static String line(String call, String code, String verdict) {
        return call + " #1 OPERATION " + code + " " + verdict;
    }
}
