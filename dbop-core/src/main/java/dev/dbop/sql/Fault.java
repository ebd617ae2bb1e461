package dev.dbop.sql;

import dev.dbop.Phase;
import dev.dbop.Verdict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row of a {@link FaultTable}: an error a server or driver reports, and what to do about it.
 *
 * <p>The row is found by its vendor code, or by its SQLSTATE or SQLSTATE class; a row with both wants both. Where one
 * code means several things, a routine or a part of the message tells them apart: either of the two is enough.
 *
 * @param sqlState a SQLSTATE of five characters, a class of two, or null for a row found by its vendor code alone
 * @param vendorCode the database's own error number (SQLite: result code), or 0 for a row found by its SQLSTATE
 * @param routine the PostgreSQL server function that must have raised the error, or null for any
 * @param fragment what the message must contain, upper and lower case told apart, or null for any
 * @param name the vendor's name of the error
 * @param kind what went wrong
 * @param verdict the mildest verdict that holds in any phase but COMMIT; the attempt may raise it
 * @param verdictAtCommit the verdict when the error answers a COMMIT
 * @param undone how much the server has already undone when the error arrives outside COMMIT
 * @param reason why the verdict is what it is: one sentence
 * @param source the vendor manual's section, or where it was measured
 */
public record Fault(
        @Nullable String sqlState,
        int vendorCode,
        @Nullable String routine,
        @Nullable String fragment,
        String name,
        FaultKind kind,
        Verdict verdict,
        Verdict verdictAtCommit,
        Undone undone,
        String reason,
        String source) {
    /**
     * Checks the row.
     *
     * @param sqlState five characters, two, or null
     * @param vendorCode positive, or 0
     * @param routine may be null
     * @param fragment may be null
     * @param name not blank
     * @param kind not null
     * @param verdict not null
     * @param verdictAtCommit not null
     * @param undone not null
     * @param reason not blank
     * @param source not blank
     * @throws IllegalArgumentException if it has neither SQLSTATE nor vendor code, the SQLSTATE has neither five
     *     characters nor two, the vendor code is negative, or the name, reason or source is blank
     */
    public Fault {
        if (sqlState == null && vendorCode == 0) {
            throw new IllegalArgumentException("fault '" + name + "' has no code: give a SQLSTATE or a vendor code");
        }
        if (sqlState != null && sqlState.length() != 5 && sqlState.length() != 2) {
            throw new IllegalArgumentException(
                    "sqlState is '" + sqlState + "': must be a SQLSTATE of 5 characters or a class of 2");
        }
        if (vendorCode < 0) {
            throw new IllegalArgumentException("vendorCode is " + vendorCode + ": must be positive, or 0 for none");
        }
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(verdictAtCommit, "verdictAtCommit");
        Objects.requireNonNull(undone, "undone");
        if (name.isBlank() || reason.isBlank() || source.isBlank()) {
            throw new IllegalArgumentException(
                    "fault '" + name + "' lacks a name, a reason or a source: none of them may be blank");
        }
    }

    /**
     * Returns the verdict that holds in a phase. A statement in autocommit mode is its own COMMIT: of an error it met,
     * the verdict at COMMIT holds.
     *
     * @param phase where the error arrived
     * @return {@link #verdictAtCommit()} in {@link Phase#COMMIT}, {@link #verdict()} in any other
     */
    public Verdict verdict(Phase phase) {
        return phase == Phase.COMMIT ? verdictAtCommit : verdict;
    }

    /**
     * Returns the code as a reader would look it up.
     *
     * @return for example {@code 40P01}, {@code 08xxx} for a class, {@code 1213}, {@code 1220/08000}
     */
    public String code() {
        if (sqlState == null) {
            return Integer.toString(vendorCode);
        }
        String state = sqlState.length() == 2 ? sqlState + "xxx" : sqlState;
        return vendorCode == 0 ? state : vendorCode + "/" + state;
    }

    /** How many things beside the code this row asks for; of two rows that match, the one that asks for more is meant. */
    int qualifiers() {
        return (sqlState != null && vendorCode != 0 ? 1 : 0) + (routine != null || fragment != null ? 1 : 0);
    }

    /** Whether the rest of the row fits an error whose leading code is already known to match. */
    boolean fits(ServerError error) {
        if (vendorCode != 0 && sqlState != null && !sqlState.equals(error.sqlState())) {
            return false;
        }
        if (routine == null && fragment == null) {
            return true;
        }
        String message = error.message();
        return (routine != null && routine.equals(error.routine()))
                || (fragment != null && message != null && message.contains(fragment));
    }
}
