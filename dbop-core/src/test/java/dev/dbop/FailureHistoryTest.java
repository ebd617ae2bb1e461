package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The failure the caller gets is the last one, as it was thrown; the earlier ones are in it. */
class FailureHistoryTest extends EveryEngine {
    private final DbopRunner twice = with(RetryPolicy.builder().maxRetries(2));

    @Test
    void earlierFailuresAreSuppressedOldestFirst() {
        DbFailure first = failure("first");
        DbFailure second = failure("second");
        DbFailure third = failure("third");

        assertThat(failureOf(twice, failing(first, second, third))).isSameAs(third);
        assertThat(database(third)).containsExactly(first, second);
        assertThat(first).hasNoSuppressedExceptions();
        assertThat(second).hasNoSuppressedExceptions();
    }

    @Test
    void oneLineTellsHowTheCallWent() {
        Throwable thrown = failureOf(twice.named("rename"), failing(failure("a"), failure("b"), failure("c")));

        assertThat(thrown.getSuppressed())
                .filteredOn(CallEnded.class::isInstance)
                .singleElement()
                .extracting(Throwable::getMessage)
                .isEqualTo("call \"rename\" ended after 3 attempts: retries are exhausted:"
                        + " #1 OPERATION RETRY_SAVEPOINT DbFailure, then 100 ms;"
                        + " #2 OPERATION RETRY_SAVEPOINT DbFailure, then 200 ms;"
                        + " #3 OPERATION RETRY_SAVEPOINT DbFailure");
    }

    @Test
    void theHistoryIsBounded() {
        DbopRunner persistent = with(RetryPolicy.builder().maxRetries(999).initialDelay(Duration.ZERO));
        DbFailure[] failures = IntStream.rangeClosed(1, 1000)
                .mapToObj(number -> failure("failure " + number))
                .toArray(DbFailure[]::new);

        Throwable thrown = failureOf(persistent, failing(failures));

        assertThat(thrown).isSameAs(failures[999]);
        assertThat(database(thrown)).hasSize(16).startsWith(failures[0], failures[1], failures[2]);
        assertThat(thrown.getSuppressed())
                .allSatisfy(suppressed ->
                        assertThat(suppressed.getMessage()).isNotNull().hasSizeLessThan(2000));
    }

    @Test
    void aFailureThatIsNotRetriedIsLeftAsItIs() {
        DbFailure failure = DbFailure.of(Verdict.GIVE_UP);

        assertThat(failureOf(failing(failure))).isSameAs(failure).hasNoSuppressedExceptions();
    }

    @Test
    void oneInstanceThrownByEveryAttemptIsNotSuppressedInItself() {
        DbFailure same = failure("same");

        assertThat(failureOf(twice, failing(same, same, same))).isSameAs(same);
        assertThat(database(same)).isEmpty();
        assertThat(scope.opened()).isEqualTo(3);
    }

    @Test
    void oneInstanceThrownTwiceWithAnotherBetweenIsNotSuppressedInItself() {
        DbFailure same = failure("same");
        DbFailure other = failure("other");

        assertThat(failureOf(twice, failing(same, other, same))).isSameAs(same);
        assertThat(database(same)).containsExactly(other);
    }

    @Test
    void oneInstanceThrownTwiceBeforeTheLastIsSuppressedOnce() {
        DbFailure same = failure("same");
        DbFailure last = failure("last");

        assertThat(failureOf(twice, failing(same, same, last))).isSameAs(last);
        assertThat(database(last)).containsExactly(same);
    }

    @Test
    void anEarlierFailureThatIsTheCauseAlreadyIsNotRepeated() {
        DbFailure first = failure("first");
        DbFailure second = failure("second");
        assertThat(second.initCause(new IllegalStateException(first))).isSameAs(second);

        assertThat(failureOf(with(RetryPolicy.builder().maxRetries(1)), failing(first, second)))
                .isSameAs(second);
        assertThat(database(second)).isEmpty();
    }

    @Test
    void noCycleArisesWhenAnEarlierFailureHasTheLastAsItsCause() {
        DbFailure second = failure("second");
        DbFailure first = failure("first");
        assertThat(first.initCause(second)).isSameAs(first);

        assertThat(failureOf(with(RetryPolicy.builder().maxRetries(1)), failing(first, second)))
                .isSameAs(second);
        assertThat(stackTrace(second)).doesNotContain("CIRCULAR");
    }

    @Test
    void noCycleArisesWhenAnEarlierFailureSuppressesTheLast() {
        DbFailure second = failure("second");
        DbFailure first = failure("first");
        first.addSuppressed(new IllegalStateException(second));

        assertThat(failureOf(with(RetryPolicy.builder().maxRetries(1)), failing(first, second)))
                .isSameAs(second);
        assertThat(stackTrace(second)).doesNotContain("CIRCULAR");
    }

    @Test
    void aCycleOfCausesTheClientMadeDoesNotHangTheCall() {
        DbFailure first = failure("first");
        IllegalStateException back = new IllegalStateException(first);
        assertThat(first.initCause(back)).isSameAs(first);

        assertThat(failureOf(
                        with(RetryPolicy.builder().maxRetries(1).abortOn(IllegalStateException.class)), failing(first)))
                .isSameAs(first);
        assertThat(failureOf(with(RetryPolicy.builder().maxRetries(1)), failing(first, first)))
                .isSameAs(first);
    }

    @Test
    void aFailureThatCannotSuppressIsThrownAsItIs() {
        DbFailure first = failure("first");
        DbFailure shared = DbFailure.withoutSuppression(Verdict.RETRY_SAVEPOINT);

        assertThat(failureOf(twice, failing(first, shared, shared)))
                .isSameAs(shared)
                .hasNoSuppressedExceptions();
    }

    private static DbFailure failure(String message) {
        return new DbFailure(message, Verdict.RETRY_SAVEPOINT);
    }

    /** The suppressed failures without dbop's own note. */
    private static List<Throwable> database(Throwable failure) {
        return Arrays.stream(failure.getSuppressed())
                .filter(suppressed -> !(suppressed instanceof CallEnded))
                .toList();
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
