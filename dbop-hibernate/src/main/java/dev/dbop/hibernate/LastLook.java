package dev.dbop.hibernate;

import org.hibernate.SharedSessionContract;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.transaction.spi.TransactionObserver;
import org.jspecify.annotations.Nullable;

/**
 * A look at the mark for rollback right before COMMIT is sent. Hibernate looks before it asks its listeners, any of which may
 * set the mark; observers are asked after them.
 */
final class LastLook implements TransactionObserver {
    private final Runnable refuseMarked;
    private @Nullable RuntimeException refusal;

    private LastLook(Runnable refuseMarked) {
        this.refuseMarked = refuseMarked;
    }

    /**
     * Has a look taken when a session commits.
     *
     * @param session about to commit
     * @param refuseMarked throws if the session's transaction is marked
     */
    static LastLook at(SharedSessionContract session, Runnable refuseMarked) {
        LastLook look = new LastLook(refuseMarked);
        ((SharedSessionContractImplementor) session).getTransactionCoordinator().addObserver(look);
        return look;
    }

    /** The refusal as it was thrown, which is wrapped on its way through the session; else the failure. */
    RuntimeException refusalOr(RuntimeException failure) {
        return refusal == null ? failure : refusal;
    }

    @Override
    public void afterBegin() {}

    @Override
    public void beforeCompletion() {
        try {
            refuseMarked.run();
        } catch (RuntimeException marked) {
            refusal = marked;
            throw marked;
        }
    }

    @Override
    public void afterCompletion(boolean successful, boolean delayed) {}
}
