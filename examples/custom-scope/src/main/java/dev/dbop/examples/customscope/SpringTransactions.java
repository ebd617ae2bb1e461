package dev.dbop.examples.customscope;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Transactions that Spring begins and ends. Right at the beginning of each stands a savepoint of dbop's, which does what
 * Spring does not: it sets the attempt's timeouts and puts them back, stops the work when its time is up, and notices when
 * the transaction has not survived a failure that the operation kept to itself.
 */
final class SpringTransactions implements AttemptScope<Connection, SQLException> {
    private final TransactionTemplate template;
    private final PlatformTransactionManager manager;
    private final AttemptScope<Connection, SQLException> savepoints;

    SpringTransactions(TransactionTemplate template, AttemptScope<Connection, SQLException> savepoints) {
        this.template = template;
        this.manager = Objects.requireNonNull(template.getTransactionManager(), "the template's transaction manager");
        this.savepoints = savepoints;
    }

    @Override
    public Reach reach() {
        return Reach.CONNECTION; // each attempt begins anew, on a connection of its own
    }

    /** Looks for the driver's exception in the causes of Spring's. What Spring says it rolled back was never committed. */
    @Override
    public Classifier classifier() {
        Classifier drivers = savepoints.classifier();
        Classifier undone = drivers.orElse((failure, phase) -> Verdict.GIVE_UP);
        return drivers.overriding((failure, phase) ->
                failure instanceof UnexpectedRollbackException ? undone.classify(failure, Phase.OPERATION) : null);
    }

    @Override
    public @Nullable Database database() {
        return savepoints.database();
    }

    @Override
    public Attempt<Connection, SQLException> open(AttemptContext context) throws SQLException {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException(
                    "call \"" + context.name() + "\" is made inside a transaction of Spring's: an"
                            + " attempt begins its own and could not undo what came before; make the call outside, or use"
                            + " SpringScope.savepoint");
        }
        if (context.readOnly() || context.isolation() != null) {
            throw new IllegalStateException("read-only or an isolation level is asked of call \"" + context.name()
                    + "\": it is Spring that begins the transaction; set them on the TransactionTemplate");
        }
        SpringAttempt attempt = new SpringAttempt(manager, manager.getTransaction(template), classifier());
        try {
            attempt.begin(savepoints, context);
            return attempt;
        } catch (Throwable failure) {
            attempt.rollBack(failure);
            throw failure;
        }
    }
}
