package dev.dbop.jdbc.tools;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.Deadline;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.Scope;
import dev.dbop.Verdict;

/**
 * Gives what a scope is told about an attempt, for attempts that are not a call's: a call whose only attempt has its own
 * description as its resource.
 */
final class AttemptContexts implements AttemptScope<AttemptContext, RuntimeException> {
    private final Scope meant;

    private AttemptContexts(Scope meant) {
        this.meant = meant;
    }

    /** The description of a first attempt, without the limits of a call, but within those of the work around the scope. */
    static AttemptContext of(DbopRunner runner, Scope scope) {
        return runner.listeners().call(new AttemptContexts(scope), context -> context);
    }

    @Override
    public Reach reach() {
        return meant.reach();
    }

    @Override
    public Deadline deadline() {
        return meant.deadline();
    }

    @Override
    public Attempt<AttemptContext, RuntimeException> open(AttemptContext context) {
        return new Described(context);
    }

    private record Described(AttemptContext resource) implements Attempt<AttemptContext, RuntimeException> {
        @Override
        public void commit() {
            // There is nothing to make durable.
        }

        @Override
        public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            return verdict;
        }
    }
}
