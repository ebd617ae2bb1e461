package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoggingListenerTest {
    private final VirtualTime time = new VirtualTime();
    private final RecordingScope scope = new RecordingScope(time);
    private final DbopRunner runner =
            EveryEngine.runner(time, new ArrayList<>()).named("rename").listeners(LoggingListener.defaults());
    private final CapturedLog log = CapturedLog.of("dev.dbop");

    @BeforeEach
    void logEverything() {
        log.at(Level.TRACE);
    }

    @AfterEach
    void stopLogging() {
        log.close();
    }

    @Test
    void logsASuccessAtInfo() throws Exception {
        runner.call(scope.blocking(), attempt -> {
            time.pass(EveryEngine.millis(12));
            return "done";
        });

        assertThat(log.lines()).containsExactly("INFO call \"rename\" done");
        assertThat(log.pairs()).containsExactly(pairs("name", "rename", "attempt", 1, "elapsed", "12ms"));
        assertThat(log.failures()).isEmpty();
    }

    @Test
    void logsARetryAtWarn() throws Exception {
        DbFailure failure = DbFailure.of(Verdict.RETRY_TRANSACTION);

        runner.call(scope.blocking(), EveryEngine.failing(failure));

        assertThat(log.lines())
                .containsExactly("WARN call \"rename\" failed, trying again", "INFO call \"rename\" done");
        assertThat(log.pairs().get(0))
                .isEqualTo(pairs(
                        "name",
                        "rename",
                        "attempt",
                        1,
                        "phase",
                        Phase.OPERATION,
                        "verdict",
                        Verdict.RETRY_TRANSACTION,
                        "delay",
                        "100ms"));
        assertThat(log.failures()).containsExactly(failure);
    }

    @Test
    void logsAFinalFailureAtErrorOnceAndWithTheReason() {
        DbFailure failure = DbFailure.of(Verdict.GIVE_UP);

        assertThat(catchThrowable(() -> runner.call(scope.blocking(), EveryEngine.failing(failure))))
                .isSameAs(failure);

        assertThat(log.lines()).containsExactly("ERROR call \"rename\" failed: trying again cannot help");
        assertThat(log.pairs())
                .containsExactly(
                        pairs("name", "rename", "attempt", 1, "verdict", Verdict.GIVE_UP, "reason", "NOT_RETRYABLE"));
        assertThat(log.failures()).containsExactly(failure);
    }

    @Test
    void logsWhatAnEnclosingCallMayRetryAtWarn() {
        scope.reach(Reach.SAVEPOINT);

        assertThat(catchThrowable(() ->
                        runner.call(scope.blocking(), EveryEngine.failing(DbFailure.of(Verdict.RETRY_TRANSACTION)))))
                .isNotNull();

        assertThat(log.lines())
                .containsExactly("WARN call \"rename\" failed: the verdict goes beyond the scope's reach");
    }

    @Test
    void logsAnUnknownOutcomeAtError() {
        scope.database(null).onCommit(context -> {
            throw DbFailure.unclassified();
        });

        Throwable thrown = catchThrowable(() -> runner.call(scope.blocking(), attempt -> "done"));

        assertThat(log.lines()).containsExactly("ERROR call \"rename\" ended, outcome unknown");
        Map<String, Object> expected = pairs("name", "rename", "attempt", 1, "verdict", Verdict.OUTCOME_UNKNOWN);
        expected.put("database", "unknown");
        assertThat(log.pairs()).containsExactly(expected);
        assertThat(log.failures()).containsExactly(thrown);
    }

    @Test
    void logsAtLevelsOfOnesOwn() {
        DbopRunner quiet = runner.listeners(LoggingListener.at(
                org.slf4j.event.Level.TRACE, org.slf4j.event.Level.DEBUG, org.slf4j.event.Level.INFO));

        quiet.tryCall(scope.blocking(), EveryEngine.failing(DbFailure.of(Verdict.RETRY_SAVEPOINT)));
        quiet.tryCall(scope.blocking(), EveryEngine.failing(DbFailure.of(Verdict.GIVE_UP)));

        assertThat(log.lines())
                .containsExactly(
                        "DEBUG call \"rename\" failed, trying again",
                        "TRACE call \"rename\" done",
                        "INFO call \"rename\" failed: trying again cannot help");
    }

    @Test
    void doesNotWantWhatWouldNotBeLogged() {
        LoggingListener listener = LoggingListener.defaults();
        assertThat(listener.wants(RunEvent.AttemptStarted.class)).isFalse();
        assertThat(listener.wants(RunEvent.Succeeded.class)).isTrue();
        assertThat(listener.wants(RunEvent.AttemptFailed.class)).isTrue();

        log.at(Level.WARN);

        assertThat(listener.wants(RunEvent.Succeeded.class)).isFalse();
        assertThat(listener.wants(RunEvent.GaveUp.class)).isTrue();
    }

    @Test
    void isThereUnlessToldOtherwise() throws Exception {
        DbopRunner.create().named("plain").call(scope.blocking(), attempt -> "done");

        assertThat(log.lines()).containsExactly("INFO call \"plain\" done");
    }

    /** Key, value, key, value; the database comes second, as the recording scope names it. */
    private static Map<String, Object> pairs(Object... keysAndValues) {
        Map<String, Object> pairs = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            pairs.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        pairs.put("database", dev.dbop.sql.Database.POSTGRESQL);
        return pairs;
    }
}
