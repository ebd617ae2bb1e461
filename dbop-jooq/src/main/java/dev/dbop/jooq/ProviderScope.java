package dev.dbop.jooq;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.Deadline;
import dev.dbop.Reach;
import dev.dbop.jdbc.ConnectionSource;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.TransactionProvider;
import org.jooq.impl.DefaultTransactionProvider;
import org.jooq.impl.NoTransactionProvider;
import org.jspecify.annotations.Nullable;

/**
 * Attempts in transactions that a provider of the caller's begins and ends, a framework's for instance. What runs in them
 * stands on a savepoint, which notices what the provider does not: failures that were swallowed, time that is up.
 */
final class ProviderScope implements AttemptScope<Connection, SQLException> {
    private final Configuration configuration;
    private final TransactionProvider provider;
    private final ConnectionSource source;
    private final AttemptScope<Connection, SQLException> savepoints;
    /** Whether an open transaction is joined, or refused. */
    private final boolean joins;

    private ProviderScope(Configuration configuration, boolean joins) {
        this.configuration = configuration;
        this.provider = configuration.transactionProvider();
        this.source = Connections.of(configuration);
        this.savepoints = JdbcScope.savepoint(source);
        this.joins = joins;
    }

    static ProviderScope transaction(Configuration configuration) {
        return new ProviderScope(configuration, false);
    }

    static ProviderScope join(Configuration configuration) {
        return new ProviderScope(configuration, true);
    }

    /** jOOQ's default does what an attempt does itself. */
    static boolean isNeededFor(Configuration configuration) {
        TransactionProvider provider = configuration.transactionProvider();
        return !(provider instanceof DefaultTransactionProvider
                || provider instanceof NoTransactionProvider
                || provider instanceof NestedTransactions);
    }

    @Override
    public Reach reach() {
        return joins && isOpen() ? Reach.SAVEPOINT : Reach.CONNECTION;
    }

    @Override
    public Classifier classifier() {
        return savepoints.classifier();
    }

    @Override
    public Deadline deadline() {
        return joins && isOpen() ? savepoints.deadline() : Deadline.none();
    }

    @Override
    public @Nullable Database database() {
        return savepoints.database();
    }

    /** Whether the source gives the connection of an open transaction; one that gives none before it begins does not. */
    private boolean isOpen() {
        try {
            Connection connection = source.acquire();
            try {
                return JdbcScope.join(connection).reach() == Reach.SAVEPOINT;
            } finally {
                source.release(connection);
            }
        } catch (SQLException | RuntimeException none) {
            return false;
        }
    }

    @Override
    public Attempt<Connection, SQLException> open(AttemptContext context) throws SQLException {
        boolean open = isOpen();
        if (open && joins) {
            return savepoints.open(context);
        }
        if (open) {
            throw new IllegalStateException(
                    "a transaction is open on the connection, or autocommit is off: a transaction"
                            + " scope has the transaction provider begin its own; use JooqScope.savepoint or JooqScope.join, and a"
                            + " pool whose connections come in autocommit mode");
        }
        if (context.isolation() != null) {
            throw new IllegalStateException(
                    "isolation " + context.isolation() + " is asked of a transaction that " + provider
                            + " begins: jOOQ has no way to tell it the level; set it there, or use a configuration without the"
                            + " provider");
        }
        return begin(context);
    }

    private Attempt<Connection, SQLException> begin(AttemptContext context) throws SQLException {
        OwnTransactionContext transaction = new OwnTransactionContext(configuration.derive());
        try {
            provider.begin(transaction);
            ConnectionProvider bound = transaction.configuration().connectionProvider();
            Attempt<Connection, SQLException> savepoint =
                    JdbcScope.savepoint(Connections.within(bound, source)).open(context);
            return new ProviderAttempt(savepoint, provider, transaction);
        } catch (Throwable failure) {
            ProviderAttempt.rollback(provider, transaction, failure);
            throw failure;
        }
    }

    @Override
    public String toString() {
        return (joins ? "join" : "transaction") + " by " + provider;
    }
}
