package dev.dbop.sql;

import dev.dbop.Verdict;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Spells one {@link Fault} out, so that a table reads like one: code, kind, handling, name, source; because. */
final class Row {
    private final @Nullable String sqlState;
    private final int vendorCode;
    private final FaultKind kind;
    private final Handling handling;
    private final String name;
    private final String source;
    private final Verdict atCommit;
    private final @Nullable String routine;
    private final @Nullable String fragment;

    private Row(
            @Nullable String sqlState,
            int vendorCode,
            FaultKind kind,
            Handling handling,
            String name,
            String source,
            Verdict atCommit,
            @Nullable String routine,
            @Nullable String fragment) {
        this.sqlState = sqlState;
        this.vendorCode = vendorCode;
        this.kind = kind;
        this.handling = handling;
        this.name = name;
        this.source = source;
        this.atCommit = atCommit;
        this.routine = routine;
        this.fragment = fragment;
    }

    /** Begins a row found by a SQLSTATE of five characters or a class of two. */
    static Row state(String sqlState, FaultKind kind, Handling handling, String name, String source) {
        return new Row(sqlState, 0, kind, handling, name, source, handling.atCommit, null, null);
    }

    /** Begins a row found by a vendor code. */
    static Row code(int vendorCode, FaultKind kind, Handling handling, String name, String source) {
        return new Row(null, vendorCode, kind, handling, name, source, handling.atCommit, null, null);
    }

    /** Wants this SQLSTATE as well as the vendor code. */
    Row withState(String state) {
        return new Row(state, vendorCode, kind, handling, name, source, atCommit, routine, fragment);
    }

    /** Wants the error raised by this server function, or the message of {@link #when}. */
    Row raisedBy(String function) {
        return new Row(sqlState, vendorCode, kind, handling, name, source, atCommit, function, fragment);
    }

    /** Wants this in the message, or the function of {@link #raisedBy}. */
    Row when(String inMessage) {
        return new Row(sqlState, vendorCode, kind, handling, name, source, atCommit, routine, inMessage);
    }

    /** Departs from the handling's verdict at COMMIT. */
    Row atCommit(Verdict verdict) {
        return new Row(sqlState, vendorCode, kind, handling, name, source, verdict, routine, fragment);
    }

    /** Ends the row. */
    Fault because(String reason) {
        return new Fault(
                sqlState,
                vendorCode,
                routine,
                fragment,
                name,
                kind,
                handling.verdict,
                atCommit,
                handling.undone,
                reason,
                source);
    }

    /** Joins the parts of one table; no two rows in them may ask for the same things. */
    @SafeVarargs
    static List<Fault> join(List<Fault>... parts) {
        Map<List<@Nullable Object>, Fault> rows = new LinkedHashMap<>();
        for (List<Fault> part : parts) {
            for (Fault fault : part) {
                if (rows.put(asks(fault), fault) != null) {
                    throw new IllegalStateException("fault " + fault.code() + " '" + fault.name()
                            + "' stands twice in one table: keep one row, or tell them apart by a message");
                }
            }
        }
        return List.copyOf(rows.values());
    }

    /** Puts a database's own rows over those it inherits; where both ask for the same things, its own stands. */
    static List<Fault> override(List<Fault> inherited, List<Fault> own) {
        Map<List<@Nullable Object>, Fault> rows = new LinkedHashMap<>();
        inherited.forEach(fault -> rows.put(asks(fault), fault));
        own.forEach(fault -> rows.put(asks(fault), fault));
        return List.copyOf(rows.values());
    }

    private static List<@Nullable Object> asks(Fault fault) {
        return Arrays.asList(fault.sqlState(), fault.vendorCode(), fault.routine(), fault.fragment());
    }
}
