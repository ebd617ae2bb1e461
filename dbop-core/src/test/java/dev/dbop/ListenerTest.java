package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.sql.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What listeners hear, in which order, and that they can do no harm. */
class ListenerTest extends EveryEngine {
    private static final String NAME = "rename";

    private final DbopRunner named = runner.named(NAME);
    private final DbFailure failure = DbFailure.of(Verdict.RETRY_SAVEPOINT);

    @Test
    void hearOfEveryAttemptAndOfTheSuccess() throws Exception {
        Operation<Integer, String, Exception> op = failing(failure);
        call(named, attempt -> {
            time.pass(millis(7));
            return op.run(attempt);
        });

        Call call = events.get(0).call();
        assertThat(call.name()).isEqualTo(NAME);
        assertThat(events)
                .containsExactly(
                        new RunEvent.AttemptStarted(call, Database.POSTGRESQL, 1),
                        new RunEvent.AttemptFailed(
                                call,
                                Database.POSTGRESQL,
                                1,
                                Phase.OPERATION,
                                Verdict.RETRY_SAVEPOINT,
                                failure,
                                millis(100)),
                        new RunEvent.AttemptStarted(call, Database.POSTGRESQL, 2),
                        new RunEvent.Succeeded(call, Database.POSTGRESQL, 2, millis(114)));
    }

    @Test
    void hearOfTheEndWithTheFailureTheCallerGets() {
        scope.database(null);
        DbFailure last = DbFailure.of(Verdict.GIVE_UP);

        failureOf(named, failing(last));

        Call call = events.get(0).call();
        assertThat(events)
                .containsExactly(
                        new RunEvent.AttemptStarted(call, null, 1),
                        new RunEvent.AttemptFailed(call, null, 1, Phase.OPERATION, Verdict.GIVE_UP, last, null),
                        new RunEvent.GaveUp(
                                call,
                                null,
                                1,
                                Phase.OPERATION,
                                GiveUpReason.NOT_RETRYABLE,
                                Verdict.GIVE_UP,
                                last,
                                millis(0)));
    }

    @Test
    void hearAnAttemptsFailureOnlyWhenItIsUndone() {
        List<String> journal = new ArrayList<>();
        DbopRunner observed = named.listeners(event -> {
            if (event instanceof RunEvent.AttemptFailed) {
                journal.addAll(scope.journal());
            }
        });

        failureOf(observed, failing(DbFailure.of(Verdict.GIVE_UP)));

        assertThat(journal).endsWith("rollback 1 OPERATION GIVE_UP");
    }

    @Test
    void hearOneAfterTheOther() throws Exception {
        List<String> heard = new ArrayList<>();
        DbopRunner two = named.listeners(event -> heard.add("first")).listener(event -> heard.add("second"));

        this.<String>call(two, attempt -> "done");

        assertThat(heard).containsExactly("first", "second", "first", "second");
    }

    @Test
    void areNotBotheredWithWhatTheyDoNotWant() {
        Wanting failures = new Wanting(RunEvent.AttemptFailed.class);
        Wanting ends = new Wanting(RunEvent.GaveUp.class);

        failureOf(named.listeners(failures, ends), failing(failure, DbFailure.of(Verdict.GIVE_UP)));

        assertThat(failures.heard).hasSize(2).allMatch(RunEvent.AttemptFailed.class::isInstance);
        assertThat(ends.heard).hasSize(1).allMatch(RunEvent.GaveUp.class::isInstance);
    }

    @Test
    void thatWantNothingCostNoReadingOfTheClock() throws Exception {
        Ticker unread = () -> {
            throw new AssertionError("the clock was read");
        };
        DbopRunner silent = named.ticker(unread).listeners(new Wanting(RunEvent.Probed.class));

        assertThat(this.<String>call(silent, attempt -> "done")).isEqualTo("done");
        assertThat(this.<String>call(silent.listeners(), attempt -> "done")).isEqualTo("done");
    }

    @Test
    void thatThrowChangeNothingAndKeepNobodyFromHearing() throws Exception {
        DbopRunner two = named.listeners(event -> {
                    throw new IllegalStateException("broken");
                })
                .listener(events::add);

        assertThat(call(two, failing(failure))).isEqualTo("done");
        assertThat(events).hasSize(4);
        assertThat(scope.journal()).endsWith("commit 2");
        assertThat(failure).hasNoSuppressedExceptions();
    }

    @Test
    void thatThrowAnErrorAfterTheCommitDoNotMakeTheCallFail() throws Exception {
        DbopRunner broken = named.listeners(event -> {
            throw new NoClassDefFoundError("io/example/Metrics");
        });

        assertThat(this.<String>call(broken, attempt -> "done")).isEqualTo("done");
        assertThat(scope.journal()).endsWith("commit 1");
    }

    @Test
    void thatThrowWhenAskedWhatTheyWantDoNotMakeTheCallFail() throws Exception {
        DbopRunner broken = named.listeners(new Wanting(RunEvent.Succeeded.class) {
            @Override
            public boolean wants(Class<? extends RunEvent> type) {
                throw new IllegalStateException("broken");
            }
        });

        try (CapturedLog log = CapturedLog.of(DbopRunner.class.getName())) {
            assertThat(call(broken, failing(failure))).isEqualTo("done");
            assertThat(log.lines()).isNotEmpty().allMatch(line -> line.startsWith("WARN a listener failed"));
        }
        assertThat(scope.journal()).endsWith("commit 2");
    }

    @Test
    void thatThrowAreLogged() throws Exception {
        RuntimeException thrown = new IllegalStateException("broken");
        DbopRunner broken = named.listeners(event -> {
            throw thrown;
        });

        try (CapturedLog log = CapturedLog.of(DbopRunner.class.getName())) {
            this.<String>call(broken, attempt -> "done");

            assertThat(log.lines())
                    .containsOnly("WARN a listener failed on an event of call \"rename\"; the call goes on");
            assertThat(log.failures()).containsOnly(thrown);
        }
    }

    @Test
    void hearEveryEventOnceHoweverOftenTheyAreAdded() throws Exception {
        List<String> heard = new ArrayList<>();
        RunListener first = event -> heard.add("first " + event.getClass().getSimpleName());
        RunListener second = event -> heard.add("second " + event.getClass().getSimpleName());

        call(named.listeners(first, second, first).listener(second).listener(first), attempt -> 1);

        assertThat(heard)
                .containsExactly(
                        "first AttemptStarted", "second AttemptStarted", "first Succeeded", "second Succeeded");
    }

    @Test
    void thatAreEqualAndNotTheSameAreTwo() throws Exception {
        List<RunEvent> heard = new ArrayList<>();

        call(named.listeners(new Recorder(heard)).listener(new Recorder(heard)), attempt -> 1);

        assertThat(heard).hasSize(4);
    }

    @Test
    void cannotBeChangedThroughTheArrayTheyCameIn() throws Exception {
        RunListener[] array = {events::add};
        DbopRunner fixed = named.listeners(array);
        Consumer<RunEvent> never = event -> {
            throw new AssertionError("not asked for");
        };
        array[0] = never::accept;

        this.<String>call(fixed, attempt -> "done");

        assertThat(events).hasSize(2);
        assertThatThrownBy(() -> named.listeners(Null.of(RunListener.class))).isInstanceOf(NullPointerException.class);
    }

    /** Hears events of one type. */
    private static class Wanting implements RunListener {
        final List<RunEvent> heard = new ArrayList<>();
        private final Class<? extends RunEvent> type;

        Wanting(Class<? extends RunEvent> type) {
            this.type = type;
        }

        @Override
        public boolean wants(Class<? extends RunEvent> offered) {
            return offered == type;
        }

        @Override
        public void on(RunEvent event) {
            heard.add(event);
        }
    }

    /** Equal to another that records into an equal list. */
    private record Recorder(List<RunEvent> heard) implements RunListener {
        @Override
        public void on(RunEvent event) {
            heard.add(event);
        }
    }
}
