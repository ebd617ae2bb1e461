package dev.dbop.jooq;

import dev.dbop.Attempt;
import dev.dbop.LayeredAttempt;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.TransactionListener;
import org.jooq.TransactionListenerProvider;
import org.jooq.conf.InvocationOrder;
import org.jooq.exception.DataAccessException;
import org.slf4j.LoggerFactory;

/** A transaction or savepoint, of which the caller's transaction listeners hear. */
final class DslAttempt extends LayeredAttempt<Connection, DSLContext, DataAccessException> {
    private final OwnTransactionContext context;
    private final List<TransactionListener> listeners;

    private DslAttempt(DslScope scope, Attempt<Connection, ?> below, Configuration own) {
        super(scope, below, own.dsl());
        this.context = new OwnTransactionContext(own);
        this.listeners = Arrays.stream(own.transactionListenerProviders())
                .map(TransactionListenerProvider::provide)
                .toList();
    }

    static DslAttempt open(DslScope scope, Attempt<Connection, ?> below, Configuration own) {
        DslAttempt attempt = new DslAttempt(scope, below, own);
        attempt.starts(TransactionListener::beginStart);
        attempt.ends(TransactionListener::beginEnd);
        return attempt;
    }

    private void starts(BiConsumer<TransactionListener, OwnTransactionContext> event) {
        tell(context.settings().getTransactionListenerStartInvocationOrder(), event);
    }

    private void ends(BiConsumer<TransactionListener, OwnTransactionContext> event) {
        tell(context.settings().getTransactionListenerEndInvocationOrder(), event);
    }

    private void tell(InvocationOrder order, BiConsumer<TransactionListener, OwnTransactionContext> event) {
        List<TransactionListener> ordered = new ArrayList<>(listeners);
        if (order == InvocationOrder.REVERSE) {
            Collections.reverse(ordered);
        }
        ordered.forEach(listener -> event.accept(listener, context));
    }

    /** A listener may still write, or refuse: while nothing is committed. */
    @Override
    public void beforeCommit() {
        starts(TransactionListener::commitStart);
        super.beforeCommit();
    }

    @Override
    public void commit() {
        super.commit();
        try {
            ends(TransactionListener::commitEnd);
        } catch (Throwable broken) {
            LoggerFactory.getLogger(JooqScope.class)
                    .warn("a transaction listener failed in commitEnd, the work is committed", broken);
        }
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
        context.causeThrowable(cause);
        told(cause, () -> starts(TransactionListener::rollbackStart));
        Verdict raised = super.rollback(cause, phase, verdict);
        told(cause, () -> ends(TransactionListener::rollbackEnd));
        return raised;
    }

    private static void told(Throwable cause, Runnable telling) {
        try {
            telling.run();
        } catch (Throwable broken) {
            if (!broken.equals(cause)) {
                cause.addSuppressed(broken);
            }
        }
    }
}
