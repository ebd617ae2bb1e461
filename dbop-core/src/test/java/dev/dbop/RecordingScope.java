package dev.dbop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.sql.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A scope of our own for both engines. It does what the test tells it to and writes down, in order, what the engine asks
 * of it. The resource of an attempt is its number.
 */
final class RecordingScope {
    /** What a test lets happen in one step of an attempt. */
    @FunctionalInterface
    interface Step {
        void run(AttemptContext context) throws Exception;
    }

    /** What a test lets a rollback answer. */
    @FunctionalInterface
    interface Undo {
        Verdict run(Throwable cause, Phase phase, Verdict verdict);
    }

    private final VirtualTime time;
    private final List<String> journal = Collections.synchronizedList(new ArrayList<>());
    private final List<AttemptContext> contexts = new ArrayList<>();
    private final List<Duration> openedAt = new ArrayList<>();
    private final List<Recorded> attempts = new ArrayList<>();
    private final Semaphore cancels = new Semaphore(0);
    private Reach reach = Reach.CONNECTION;
    private Classifier classifier = DbFailure.CLASSIFIER;
    private Deadline deadline = Deadline.none();
    private @Nullable Database database = Database.POSTGRESQL;
    private Step onOpen = context -> {};
    private Step onCheck = context -> {};
    private Step onCommit = context -> {};
    private Undo onRollback = (cause, phase, verdict) -> verdict;
    private Runnable onCancel = () -> {};
    private @Nullable CommitProbe probe;

    RecordingScope(VirtualTime time) {
        this.time = time;
    }

    RecordingScope reach(Reach value) {
        reach = value;
        return this;
    }

    RecordingScope classifier(Classifier value) {
        classifier = value;
        return this;
    }

    RecordingScope deadline(Deadline value) {
        deadline = value;
        return this;
    }

    RecordingScope database(@Nullable Database value) {
        database = value;
        return this;
    }

    RecordingScope onOpen(Step step) {
        onOpen = step;
        return this;
    }

    RecordingScope onCheck(Step step) {
        onCheck = step;
        return this;
    }

    RecordingScope onCommit(Step step) {
        onCommit = step;
        return this;
    }

    RecordingScope onRollback(Undo undo) {
        onRollback = undo;
        return this;
    }

    RecordingScope onCancel(Runnable step) {
        onCancel = step;
        return this;
    }

    /** Makes the attempts able to tell whether they were committed. */
    RecordingScope onProbe(CommitProbe value) {
        probe = value;
        return this;
    }

    /** What was asked of the scope, in order, with what hook and operation wrote between. */
    List<String> journal() {
        return journal;
    }

    void write(String entry) {
        journal.add(entry);
    }

    /** The contexts of the attempts, those whose opening failed included. */
    List<AttemptContext> contexts() {
        return contexts;
    }

    /** How many attempts were begun. */
    int opened() {
        return contexts.size();
    }

    /** When the attempts were begun, after the start of the clock. */
    List<Duration> openedAt() {
        return openedAt;
    }

    /** Waits until so many cancels more have arrived; they may come from another thread. */
    void awaitCancels(int count) {
        try {
            assertThat(cancels.tryAcquire(count, 20, TimeUnit.SECONDS))
                    .as("%s cancels arrive", count)
                    .isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Every attempt that was opened has ended, exactly once. */
    void assertNothingLeftOpen() {
        assertThat(attempts)
                .as("attempts that did not end once, after %s", journal)
                .noneMatch(attempt -> attempt.ends.get() != 1);
    }

    AttemptScope<Integer, Exception> blocking() {
        return new BlockingView();
    }

    /** The asynchronous view; its stages are complete when they are returned. */
    AsyncAttemptScope<Integer> async() {
        return new AsyncView(Stages.AT_ONCE);
    }

    /** The asynchronous view; the stages decide when steps are run. */
    AsyncAttemptScope<Integer> async(Stages stages) {
        return new AsyncView(stages);
    }

    private Recorded open(AttemptContext context) throws Exception {
        write("open " + context.number());
        contexts.add(context);
        openedAt.add(time.elapsed());
        onOpen.run(context);
        Recorded attempt = new Recorded(context);
        attempts.add(attempt);
        return attempt;
    }

    /** When and where the steps of asynchronous attempts are run. */
    @FunctionalInterface
    interface Stages {
        /** A step runs when it is asked for, and its stage is complete when it is returned. */
        Stages AT_ONCE = new Stages() {
            @Override
            public <T extends @Nullable Object> CompletionStage<T> run(Throwing<T> step) {
                CompletableFuture<T> future = new CompletableFuture<>();
                complete(future, step);
                return future;
            }
        };

        <T extends @Nullable Object> CompletionStage<T> run(Throwing<T> step);

        /** Runs the step and completes the future with what it returned or threw. */
        static <T extends @Nullable Object> void complete(CompletableFuture<T> future, Throwing<T> step) {
            try {
                future.complete(step.run());
            } catch (Throwable failure) {
                future.completeExceptionally(failure);
            }
        }
    }

    /** A supplier that may throw. */
    @FunctionalInterface
    interface Throwing<T extends @Nullable Object> {
        T run() throws Exception;
    }

    /** One attempt, whichever engine runs it. */
    private final class Recorded {
        final AttemptContext context;
        final int number;
        final AtomicInteger ends = new AtomicInteger();

        Recorded(AttemptContext context) {
            this.context = context;
            this.number = context.number();
        }

        void check() throws Exception {
            write("check " + number);
            onCheck.run(context);
        }

        void commit() throws Exception {
            write("commit " + number);
            onCommit.run(context);
            ends.incrementAndGet();
        }

        Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            write("rollback " + number + " " + phase + " " + verdict);
            ends.incrementAndGet();
            return onRollback.run(cause, phase, verdict);
        }

        @Nullable
        CommitProbe commitProbe() {
            CommitProbe asked = probe;
            return asked == null
                    ? null
                    : limit -> {
                        write("probe " + number);
                        return asked.probe(limit);
                    };
        }

        void cancel() {
            write(ends.get() == 0 ? "cancel " + number : "cancel " + number + " too late");
            try {
                onCancel.run();
            } finally {
                cancels.release();
            }
        }
    }

    private final class BlockingView implements AttemptScope<Integer, Exception> {
        @Override
        public Reach reach() {
            return reach;
        }

        @Override
        public Classifier classifier() {
            return classifier;
        }

        @Override
        public Deadline deadline() {
            return deadline;
        }

        @Override
        public @Nullable Database database() {
            return database;
        }

        @Override
        public Attempt<Integer, Exception> open(AttemptContext context) throws Exception {
            return new BlockingAttemptView(RecordingScope.this.open(context));
        }
    }

    private record BlockingAttemptView(Recorded attempt) implements Attempt<Integer, Exception> {
        @Override
        public Integer resource() {
            return attempt.number;
        }

        @Override
        public void beforeCommit() throws Exception {
            attempt.check();
        }

        @Override
        public void commit() throws Exception {
            attempt.commit();
        }

        @Override
        public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            return attempt.rollback(cause, phase, verdict);
        }

        @Override
        public @Nullable CommitProbe commitProbe() {
            return attempt.commitProbe();
        }

        @Override
        public void cancel() {
            attempt.cancel();
        }
    }

    private final class AsyncView implements AsyncAttemptScope<Integer> {
        private final Stages stages;

        AsyncView(Stages stages) {
            this.stages = stages;
        }

        @Override
        public Reach reach() {
            return reach;
        }

        @Override
        public Classifier classifier() {
            return classifier;
        }

        @Override
        public Deadline deadline() {
            return deadline;
        }

        @Override
        public @Nullable Database database() {
            return database;
        }

        @Override
        public CompletionStage<AsyncAttempt<Integer>> open(AttemptContext context) {
            return stages.run(() -> new AsyncAttemptView(RecordingScope.this.open(context), stages));
        }
    }

    private record AsyncAttemptView(Recorded attempt, Stages stages) implements AsyncAttempt<Integer> {
        @Override
        public Integer resource() {
            return attempt.number;
        }

        @Override
        public @Nullable CompletionStage<?> beforeCommit() {
            try {
                attempt.check();
                return null;
            } catch (Exception lost) {
                return CompletableFuture.failedStage(lost);
            }
        }

        @Override
        public CompletionStage<?> commit() {
            return stages.run(() -> {
                attempt.commit();
                return attempt;
            });
        }

        @Override
        public CompletionStage<Verdict> rollback(Throwable cause, Phase phase, Verdict verdict) {
            return stages.run(() -> attempt.rollback(cause, phase, verdict));
        }

        @Override
        public @Nullable AsyncCommitProbe commitProbe() {
            CommitProbe asked = attempt.commitProbe();
            return asked == null ? null : limit -> stages.run(() -> asked.probe(limit));
        }

        @Override
        public void cancel() {
            attempt.cancel();
        }
    }
}
