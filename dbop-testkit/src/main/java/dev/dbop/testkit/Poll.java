package dev.dbop.testkit;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Asks again until there is an answer, with a limit. */
final class Poll {

    private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

    private Poll() {}

    /** A question that has an answer only once something happened. */
    @FunctionalInterface
    interface Question<T, X extends Exception> {
        Optional<T> ask() throws X;
    }

    /** Returns the first answer, or nothing when the limit passes without one. */
    static <T, X extends Exception> Optional<T> within(Duration limit, Question<T, X> question) throws X {
        return within(limit, Duration.ofNanos(PAUSE_NANOS), question);
    }

    /** Returns the first answer, asking no more often than the pause allows. */
    static <T, X extends Exception> Optional<T> within(Duration limit, Duration pause, Question<T, X> question)
            throws X {
        long end = System.nanoTime() + limit.toNanos();
        Optional<T> answer = question.ask();
        while (answer.isEmpty()
                && System.nanoTime() - end < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(pause.toNanos());
            answer = question.ask();
        }
        return answer;
    }

    /** Waits until a condition holds; throws what the message says when the limit passes first. */
    static <X extends Exception> void until(Duration limit, Condition<X> condition, Supplier<String> message) throws X {
        until(limit, Duration.ofNanos(PAUSE_NANOS), condition, message);
    }

    /** Waits until a condition holds, asking no more often than the pause allows. */
    static <X extends Exception> void until(
            Duration limit, Duration pause, Condition<X> condition, Supplier<String> message) throws X {
        Optional<Boolean> met = within(limit, pause, () -> condition.holds() ? Optional.of(true) : Optional.empty());
        if (met.isEmpty()) {
            throw new AssertionError(message.get() + " within " + limit.toMillis() + " ms");
        }
    }

    /** Something that is true or not yet. */
    @FunctionalInterface
    interface Condition<X extends Exception> {
        boolean holds() throws X;
    }
}
