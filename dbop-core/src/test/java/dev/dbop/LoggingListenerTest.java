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

        assertThat(log.lines()).containsExactly("INFO call \"rename\" done in 12ms, attempt 1");
        assertThat(log.pairs()).containsExactly(pairs("name", "rename", "attempt", 1, "elapsed", "12ms"));
        assertThat(log.failures()).isEmpty();
    }

    @Test
    void logsARetryAtWarnInOneLineWithoutAStackTrace() throws Exception {
        DbFailure failure = new DbFailure("deadlock detected\n  Detail: of two", Verdict.RETRY_TRANSACTION);

        runner.call(scope.blocking(), EveryEngine.failing(failure));

        assertThat(log.lines())
                .containsExactly(
                        "WARN call \"rename\" failed, trying again in 100ms: attempt 1, OPERATION, RETRY_TRANSACTION:"
                                + " DbFailure: deadlock detected",
                        "INFO call \"rename\" done in 100ms, attempt 2");
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
                        "100ms",
                        "exception",
                        "DbFailure: deadlock detected"));
        assertThat(log.failures()).isEmpty();
    }

    @Test
    void logsAFinalFailureAtErrorOnceWithTheReasonAndEveryStackTrace() {
        DbFailure first = DbFailure.of(Verdict.RETRY_SAVEPOINT);
        DbFailure last = DbFailure.of(Verdict.GIVE_UP);

        assertThat(catchThrowable(() -> runner.call(scope.blocking(), EveryEngine.failing(first, last))))
                .isSameAs(last)
                .hasSuppressedException(first);

        assertThat(log.lines())
                .hasSize(2)
                .last()
                .isEqualTo("ERROR call \"rename\" failed, trying again cannot help: attempt 2, OPERATION, GIVE_UP:"
                        + " DbFailure: GIVE_UP");
        assertThat(log.pairs().get(1))
                .isEqualTo(pairs(
                        "name",
                        "rename",
                        "attempt",
                        2,
                        "phase",
                        Phase.OPERATION,
                        "verdict",
                        Verdict.GIVE_UP,
                        "reason",
                        "NOT_RETRYABLE",
                        "exception",
                        "DbFailure: GIVE_UP"));
        assertThat(log.failures()).containsExactly(last);
    }

    @Test
    void logsTheApplicationsOwnFailureAtDebugWithoutAStackTrace() {
        IllegalStateException own = new IllegalStateException("out of stock");

        assertThat(catchThrowable(() -> runner.call(scope.blocking(), EveryEngine.failing(own))))
                .isSameAs(own);

        assertThat(log.lines())
                .containsExactly(
                        "DEBUG call \"rename\" failed, the failure is not of the database: attempt 1, OPERATION,"
                                + " GIVE_UP: IllegalStateException: out of stock");
        assertThat(log.failures()).isEmpty();

        log.at(Level.INFO);
        runner.tryCall(scope.blocking(), EveryEngine.failing(own));
        assertThat(log.lines()).hasSize(1);
    }

    @Test
    void logsWhatAnEnclosingCallMayRetryAtWarnWithoutAStackTrace() {
        scope.reach(Reach.SAVEPOINT);

        assertThat(catchThrowable(() ->
                        runner.call(scope.blocking(), EveryEngine.failing(DbFailure.of(Verdict.RETRY_TRANSACTION)))))
                .isNotNull();

        assertThat(log.lines())
                .containsExactly("WARN call \"rename\" failed, the verdict goes beyond the scope's reach: attempt 1,"
                        + " OPERATION, RETRY_TRANSACTION: DbFailure: RETRY_TRANSACTION");
        assertThat(log.failures()).isEmpty();
    }

    @Test
    void logsAnUnknownOutcomeAtError() {
        scope.database(null).onCommit(context -> {
            throw DbFailure.unclassified();
        });

        Throwable thrown = catchThrowable(() -> runner.call(scope.blocking(), attempt -> "done"));

        assertThat(log.lines())
                .containsExactly("ERROR call \"rename\" ended, outcome unknown: attempt 1: DbFailure: unclassified");
        Map<String, Object> expected = pairs("name", "rename", "attempt", 1, "verdict", Verdict.OUTCOME_UNKNOWN);
        expected.put("exception", "DbFailure: unclassified");
        expected.put("database", "unknown");
        assertThat(log.pairs()).containsExactly(expected);
        assertThat(log.failures()).containsExactly(thrown);
    }

    @Test
    void logsAProbedCommitAtWarnWithoutAStackTrace() throws Exception {
        scope.onProbe(deadline -> CommitStatus.COMMITTED).onCommit(context -> {
            throw DbFailure.unclassified();
        });

        runner.call(scope.blocking(), attempt -> "done");

        assertThat(log.lines())
                .containsExactly(
                        "WARN call \"rename\" got no answer to COMMIT, probed: COMMITTED: attempt 1: DbFailure:"
                                + " unclassified",
                        "INFO call \"rename\" done in 0ms, attempt 1");
        assertThat(log.failures()).isEmpty();
    }

    @Test
    void logsNoPassword() {
        DbFailure failure = new DbFailure(
                "No suitable driver found for jdbc:x://app:hunter2@db/shop?user=app&password=hunter2&ssl=on",
                Verdict.RETRY_CONNECTION);

        runner.tryCall(scope.blocking(), EveryEngine.failing(failure));

        assertThat(log.lines()).first().asString().contains("password=***&ssl=on");
        assertThat(log.lines() + "" + log.pairs()).doesNotContain("hunter2");
    }

    @Test
    void logsAtLevelsOfOnesOwn() {
        DbopRunner quiet = runner.listeners(
                LoggingListener.at(org.slf4j.event.Level.TRACE, org.slf4j.event.Level.DEBUG, org.slf4j.event.Level.INFO)
                        .applicationFailuresAt(org.slf4j.event.Level.WARN));

        quiet.tryCall(scope.blocking(), EveryEngine.failing(DbFailure.of(Verdict.RETRY_SAVEPOINT)));
        quiet.tryCall(scope.blocking(), EveryEngine.failing(DbFailure.of(Verdict.GIVE_UP)));
        quiet.tryCall(scope.blocking(), EveryEngine.failing(new IllegalStateException("own")));

        assertThat(log.lines())
                .extracting(line -> line.substring(0, line.indexOf(' ')))
                .containsExactly("DEBUG", "TRACE", "INFO", "WARN");
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

        assertThat(log.lines()).singleElement().asString().startsWith("INFO call \"plain\" done in ");
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
