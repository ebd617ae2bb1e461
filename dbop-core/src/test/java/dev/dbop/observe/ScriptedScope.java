package dev.dbop.observe;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.CommitProbe;
import dev.dbop.CommitStatus;
import dev.dbop.Operation;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A scope without a database, whose commits and probes answer as the test says. The resource is the attempt's number. */
final class ScriptedScope implements AttemptScope<Integer, Exception> {
    private final Reach reach;
    private final @Nullable Database database;
    private final Deque<Exception> commits = new ArrayDeque<>();
    private final Deque<CommitStatus> probes = new ArrayDeque<>();

    private ScriptedScope(Reach reach, @Nullable Database database) {
        this.reach = reach;
        this.database = database;
    }

    static ScriptedScope on(@Nullable Database database) {
        return new ScriptedScope(Reach.CONNECTION, database);
    }

    static ScriptedScope reaching(Reach reach) {
        return new ScriptedScope(reach, Database.POSTGRESQL);
    }

    /** The first commits fail with these. */
    ScriptedScope commitsFail(Exception... failures) {
        commits.addAll(List.of(failures));
        return this;
    }

    /** Probes answer with these. */
    ScriptedScope probesSay(CommitStatus... answers) {
        probes.addAll(List.of(answers));
        return this;
    }

    /** An operation that throws the failures in turn and then returns "done". */
    static Operation<Integer, String, Exception> failing(Exception... failures) {
        Deque<Exception> left = new ArrayDeque<>(List.of(failures));
        return attempt -> {
            Exception next = left.poll();
            if (next != null) {
                throw next;
            }
            return "done";
        };
    }

    @Override
    public Reach reach() {
        return reach;
    }

    @Override
    public Classifier classifier() {
        return Fault.CLASSIFIER;
    }

    @Override
    public @Nullable Database database() {
        return database;
    }

    @Override
    public Attempt<Integer, Exception> open(AttemptContext context) {
        return new Scripted(context.number());
    }

    private final class Scripted implements Attempt<Integer, Exception> {
        private final int number;

        Scripted(int number) {
            this.number = number;
        }

        @Override
        public Integer resource() {
            return number;
        }

        @Override
        public void commit() throws Exception {
            Exception failure = commits.poll();
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            return verdict;
        }

        @Override
        public @Nullable CommitProbe commitProbe() {
            return probes.isEmpty() ? null : deadline -> probes.remove();
        }
    }
}
