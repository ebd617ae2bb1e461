package dev.dbop.jdbc;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What an attempt has to send before anything of its operation, held back so that it can travel in one text with the
 * operation's first statement. It leaves once: with that statement, or alone before whatever it cannot travel with.
 */
final class Prologue {
    /** Something the attempt does about its beginning. */
    @FunctionalInterface
    interface Step {
        void run() throws SQLException;
    }

    /** Takes what the queries among the riding statements gave. */
    @FunctionalInterface
    interface Answers {
        void take(List<String> values) throws SQLException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final List<String> riding;
    private final Step check;
    private final Step alone;
    private final Answers answers;
    private volatile boolean held = true;
    private volatile boolean leaving;

    /**
     * Holds statements back.
     *
     * @param riding what goes in front of the first statement; empty if there is nothing to set
     * @param check throws if it would come too late
     * @param alone sends what does the same without a statement behind it
     * @param answers gets every column of the one row that each query among the riding statements gives
     */
    Prologue(List<String> riding, Step check, Step alone, Answers answers) {
        this.riding = riding;
        this.check = check;
        this.alone = alone;
        this.answers = answers;
    }

    boolean isHeld() {
        return held;
    }

    boolean isEmpty() {
        return riding.isEmpty();
    }

    /** How many results come before the first statement's own. */
    int size() {
        return riding.size();
    }

    /** The text that runs the prologue and then a statement. */
    String before(String sql) {
        return String.join(";", riding) + ";" + sql;
    }

    /** Whether it is on its way in front of a statement: what others send now comes after it, whatever they send it by. */
    boolean isLeaving() {
        return leaving;
    }

    /** It goes out in front of a statement, or has come back from the attempt. */
    void leaving(boolean now) {
        leaving = now;
    }

    /** No other thread's statement may overtake the one that takes the prologue along. */
    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Sends the prologue alone, if it is still here. */
    void send() throws SQLException {
        lock.lock();
        try {
            if (take() && !riding.isEmpty()) {
                check.run();
                alone.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Fails if a statement has run that the prologue should have come before. */
    void check() throws SQLException {
        check.run();
    }

    /** The prologue has left with a statement. */
    void gone() {
        held = false;
    }

    /** What came back for a prologue that has left with a statement. */
    void answered(List<String> values) throws SQLException {
        answers.take(values);
    }

    /** Nothing needs it any more; returns whether it was still here. */
    boolean drop() {
        lock.lock();
        try {
            return take();
        } finally {
            lock.unlock();
        }
    }

    private boolean take() {
        boolean was = held;
        held = false;
        return was;
    }
}
