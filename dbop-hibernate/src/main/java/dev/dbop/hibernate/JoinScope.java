package dev.dbop.hibernate;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.Deadline;
import dev.dbop.Reach;
import dev.dbop.sql.Database;
import jakarta.persistence.PersistenceException;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** A savepoint where the caller's session has a transaction open, else a transaction of its own. */
final class JoinScope implements RidingScope<Session> {
    private final Session caller;
    private final boolean riding;
    private final AttemptScope<Session, PersistenceException> step;

    JoinScope(Session caller) {
        this(caller, new StepScope(caller), false);
    }

    private JoinScope(Session caller, AttemptScope<Session, PersistenceException> step, boolean riding) {
        this.caller = caller;
        this.riding = riding;
        this.step = step;
    }

    @Override
    public JoinScope riding() {
        return new JoinScope(caller, new StepScope(caller).riding(), true);
    }

    /** A transaction that is marked for rollback, or in an unknown state, is not nothing: a step in it is refused. */
    private AttemptScope<Session, PersistenceException> scope() {
        if (!caller.isOpen()) {
            return step;
        }
        return switch (caller.getTransaction().getStatus()) {
            case NOT_ACTIVE, COMMITTED, ROLLED_BACK -> transaction();
            default -> step;
        };
    }

    private AttemptScope<Session, PersistenceException> transaction() {
        Object tenant = caller.getTenantIdentifierValue();
        if (tenant != null) {
            throw new IllegalStateException(
                    "the session is a tenant's and in no transaction: a transaction of its own would be"
                            + " the current tenant's, as the factory resolves it; use HibernateScope.transaction");
        }
        AttemptScope<Session, PersistenceException> own = HibernateScope.transaction(caller.getSessionFactory());
        return riding ? HibernateScope.ridingPrologue(own) : own;
    }

    @Override
    public Reach reach() {
        return scope().reach();
    }

    @Override
    public Classifier classifier() {
        return scope().classifier();
    }

    @Override
    public Deadline deadline() {
        return scope().deadline();
    }

    @Override
    public @Nullable Database database() {
        return scope().database();
    }

    @Override
    public void beforeCall() {
        scope().beforeCall();
    }

    @Override
    public Attempt<Session, PersistenceException> open(AttemptContext context) {
        return scope().open(context);
    }

    @Override
    public String toString() {
        return "join on a session";
    }
}
