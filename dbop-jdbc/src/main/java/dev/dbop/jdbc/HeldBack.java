package dev.dbop.jdbc;

import dev.dbop.jdbc.DriverMethods.Carriers;
import dev.dbop.jdbc.DriverMethods.TransactionState;
import dev.dbop.sql.Database;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The prologue that waits on a connection, shared by all attempts on it that know of each other: whatever one of them sends,
 * the prologue of another goes first. One at most, because an attempt that begins inside another has that one's sent.
 */
final class HeldBack {
    private volatile @Nullable Prologue waiting;
    private volatile boolean bypassed;

    /** The prologue to be sent before anything else, or null. */
    @Nullable
    Prologue prologue() {
        Prologue prologue = waiting;
        return prologue != null && prologue.isHeld() ? prologue : null;
    }

    void hold(Prologue prologue) {
        waiting = prologue;
    }

    /** Whether the beginning may wait for the first statement: no other may get past us, nor may the driver split them. */
    boolean mayHoldFor(JdbcAttempt attempt) throws SQLException {
        return !bypassed
                && attempt.server.database == Database.POSTGRESQL
                && attempt.server.driver.carriers(attempt.raw) != Carriers.NONE;
    }

    /** Whether statements of an attempt take along what waits: it must be its own. */
    static boolean mayCarry(JdbcAttempt attempt, Prologue held) {
        return held.isHeld() && !held.isEmpty() && held.equals(attempt.work.prologue());
    }

    /** Sends alone what waits, on behalf of an attempt that is about to send something else. */
    void sendFor(JdbcAttempt attempt) throws SQLException {
        Prologue prologue = prologue();
        if (prologue == null || attempt.hasEnded()) {
            return;
        }
        attempt.checkOpen();
        try {
            prologue.send();
        } catch (SQLException failure) {
            SQLException heard = attempt.heard(failure);
            SQLException thrown = heard == null ? failure : heard;
            attempt.lose(thrown);
            throw thrown;
        }
    }

    /** The operation gets at what is below its connection, where nobody sees what it sends: from now on nothing waits. */
    void bypassedBy(JdbcAttempt attempt) throws SQLException {
        Prologue prologue = prologue();
        if (prologue == null || !prologue.isLeaving()) {
            attempt.sendPrologue();
        }
        bypassed = true;
    }

    /**
     * A statement with the prologue in front of it has failed. Where not even BEGIN has gone out the prologue still waits;
     * a transaction that has failed speaks for itself; in any other what the prologue has done is not known.
     */
    static void failed(JdbcAttempt attempt, Prologue prologue, SQLException failure) {
        TransactionState state;
        try {
            state = attempt.server.driver.transactionState(attempt.raw);
        } catch (SQLException closed) {
            state = TransactionState.UNKNOWN;
        }
        if (state == TransactionState.NONE) {
            return;
        }
        prologue.gone();
        if (state != TransactionState.OPEN || !attempt.server.driver.hasFailedTransaction(attempt.raw)) {
            attempt.lose(failure);
        }
    }
}
