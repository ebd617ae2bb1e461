package dev.dbop.jooq;

import dev.dbop.Attempt;
import dev.dbop.Phase;
import dev.dbop.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.TransactionProvider;

/** A savepoint right at the beginning of a transaction that a provider of the caller's has begun and ends. */
final class ProviderAttempt implements Attempt<Connection, SQLException> {
    private final Attempt<Connection, SQLException> savepoint;
    private final TransactionProvider provider;
    private final OwnTransactionContext transaction;
    private boolean released;
    private boolean commitSent;

    ProviderAttempt(
            Attempt<Connection, SQLException> savepoint,
            TransactionProvider provider,
            OwnTransactionContext transaction) {
        this.savepoint = savepoint;
        this.provider = provider;
        this.transaction = transaction;
    }

    @Override
    public Connection resource() {
        return savepoint.resource();
    }

    /** Releases the savepoint, too, while it is certain that nothing is committed: it fails where COMMIT would not. */
    @Override
    public void beforeCommit() throws SQLException {
        savepoint.beforeCommit();
        savepoint.commit();
        released = true;
    }

    @Override
    public void commit() {
        commitSent = true;
        provider.commit(transaction);
    }

    @Override
    public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
        Verdict raised = released ? verdict : savepoint.rollback(cause, phase, verdict);
        boolean undone = rollback(provider, transaction, cause);
        if (commitSent) {
            return raised.atLeast(ofCommit(cause));
        }
        return undone ? raised : raised.atLeast(Verdict.RETRY_CONNECTION);
    }

    /** Only a server's answer says that nothing was committed; a framework's own exception may stand for anything. */
    private static Verdict ofCommit(Throwable cause) {
        Verdict answered = JooqClassifier.standard().classify(cause, Phase.COMMIT);
        return answered == null ? Verdict.OUTCOME_UNKNOWN : answered;
    }

    /** Has the provider end the transaction, also after a COMMIT that failed, as jOOQ does; false if it would not. */
    static boolean rollback(TransactionProvider provider, OwnTransactionContext transaction, Throwable cause) {
        transaction.causeThrowable(cause);
        try {
            provider.rollback(transaction);
            return true;
        } catch (Throwable notEnded) {
            if (!notEnded.equals(cause)) {
                cause.addSuppressed(notEnded);
            }
            return false;
        }
    }

    @Override
    public void cancel() {
        savepoint.cancel();
    }
}
