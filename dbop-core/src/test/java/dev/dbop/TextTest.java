package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is printed of values and failures holds nothing of the caller's data. */
class TextTest {
    private static final String SECRET = "password=hunter2";

    private final DbFailure failure = new DbFailure(SECRET, Verdict.RETRY_SAVEPOINT);

    @Test
    void anAttemptIsToldWithoutTheMessageOfItsFailure() {
        assertThat(new AttemptRecord(1, Phase.OPERATION, Verdict.RETRY_SAVEPOINT, failure, Duration.ofMillis(100)))
                .hasToString("#1 OPERATION RETRY_SAVEPOINT DbFailure, then 100 ms");
        assertThat(new AttemptRecord(2, Phase.COMMIT, Verdict.GIVE_UP, failure, null))
                .hasToString("#2 COMMIT GIVE_UP DbFailure");
    }

    @Test
    void dbopsOwnMessagesDoNotRepeatThoseOfTheClient() {
        List<AttemptRecord> attempts =
                List.of(new AttemptRecord(1, Phase.COMMIT, Verdict.OUTCOME_UNKNOWN, failure, null));

        List<Throwable> ours = List.of(
                new OutcomeUnknownException("rename", failure, attempts),
                new AttemptTimeoutException("rename", 1, RetryPolicy.defaults(), failure, attempts),
                new CallEnded("rename", 1, GiveUpReason.RETRIES_EXHAUSTED, attempts));

        assertThat(ours)
                .allSatisfy(exception -> assertThat(exception.getMessage())
                        .contains("\"rename\"")
                        .doesNotContain("hunter2")
                        .doesNotContain("\n"));
    }

    @Test
    void everyReasonReadsAsTheEndOfASentence() {
        assertThat(GiveUpReason.values())
                .allSatisfy(reason -> assertThat(reason.toString()).matches("[a-z][a-z ']+[a-z]"));
    }

    @Test
    void aCallInProgressSaysNothingOfTheOperation() {
        var call = EveryEngine.runner(new VirtualTime(), new ArrayList<>())
                .callAsync(
                        new RecordingScope(new VirtualTime()).async(),
                        attempt -> new java.util.concurrent.CompletableFuture<String>());

        assertThat(call.toString()).contains("Not completed").doesNotContain(SECRET);
        assertThat(call.cancel(true)).isTrue();
    }
}
