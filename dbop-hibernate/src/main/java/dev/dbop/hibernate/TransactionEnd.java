package dev.dbop.hibernate;

import java.util.function.Consumer;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.resource.transaction.spi.TransactionCoordinator;
import org.hibernate.resource.transaction.spi.TransactionObserver;

/**
 * Waits for the end of a session's transaction. Not by way of {@code jakarta.transaction}, whose module asks for CDI, which
 * hardly anybody has on a module path.
 */
final class TransactionEnd implements TransactionObserver {
    private final TransactionCoordinator coordinator;
    private final Consumer<Boolean> action;

    private TransactionEnd(TransactionCoordinator coordinator, Consumer<Boolean> action) {
        this.coordinator = coordinator;
        this.action = action;
    }

    /**
     * Has something done once, when the transaction has ended.
     *
     * @param session in a transaction
     * @param action is told whether the transaction was committed
     */
    static void await(SharedSessionContractImplementor session, Consumer<Boolean> action) {
        TransactionCoordinator coordinator = session.getTransactionCoordinator();
        TransactionEnd end = new TransactionEnd(coordinator, action);
        coordinator.addObserver(end);
        SessionConnection own = SessionConnection.of(session);
        if (own != null) {
            own.await(end);
        }
    }

    @Override
    public void afterBegin() {}

    @Override
    public void beforeCompletion() {}

    @Override
    public void afterCompletion(boolean successful, boolean delayed) {
        coordinator.removeObserver(this);
        action.accept(successful);
    }
}
