package dev.dbop.jooq;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Objects;
import org.jooq.Configuration;
import org.jooq.Transaction;
import org.jooq.TransactionContext;
import org.jooq.TransactionProvider;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DefaultTransactionProvider;

/**
 * What jOOQ's {@code transaction(...)} does inside an attempt: a savepoint on the attempt's connection, which says so when
 * the transaction around it is gone.
 *
 * @param nested false if the caller has switched nested transactions off: they are then part of what is around them
 */
record NestedTransactions(boolean nested) implements TransactionProvider {
    static NestedTransactions in(Configuration configuration) {
        TransactionProvider callers = configuration.transactionProvider();
        if (callers instanceof NestedTransactions outer) {
            return outer;
        }
        boolean off = callers instanceof DefaultTransactionProvider jooqs && !jooqs.nested();
        return new NestedTransactions(!off);
    }

    private record Nested(Savepoint savepoint) implements Transaction {}

    /** What is done on the attempt's connection. */
    @FunctionalInterface
    private interface Work {
        void run(Connection connection) throws SQLException;
    }

    @Override
    public void begin(TransactionContext context) {
        TransactionProperties.refuseIn(context);
        if (nested) {
            run(context, "set", connection -> context.transaction(new Nested(connection.setSavepoint())));
        }
    }

    @Override
    public void commit(TransactionContext context) {
        if (context.transaction() instanceof Nested open) {
            run(context, "release", connection -> connection.releaseSavepoint(open.savepoint()));
        }
    }

    @Override
    public void rollback(TransactionContext context) {
        if (context.transaction() instanceof Nested open) {
            run(context, "roll back to", connection -> connection.rollback(open.savepoint()));
        }
    }

    private static void run(TransactionContext context, String verb, Work work) {
        Connection connection = Objects.requireNonNull(
                context.configuration().connectionProvider().acquire(), "the attempt's connection");
        try {
            work.run(connection);
        } catch (SQLException failure) {
            throw new DataAccessException("Cannot " + verb + " savepoint; " + failure.getMessage(), failure);
        } finally {
            context.configuration().connectionProvider().release(connection);
        }
    }
}
