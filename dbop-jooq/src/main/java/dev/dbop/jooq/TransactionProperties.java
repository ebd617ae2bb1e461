package dev.dbop.jooq;

import java.lang.reflect.Method;
import java.util.Set;
import org.jooq.Configuration;
import org.jooq.TransactionContext;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DefaultTransactionProvider;
import org.jspecify.annotations.Nullable;

/** Isolation and read-only mode as jOOQ has them from version 3.21: an attempt has its own, from the runner. */
final class TransactionProperties {
    private static final @Nullable Method OF_PROVIDER = method(DefaultTransactionProvider.class);
    private static final @Nullable Method OF_CONTEXT = method(TransactionContext.class);

    private TransactionProperties() {}

    private static @Nullable Method method(Class<?> type) {
        try {
            return type.getMethod("properties");
        } catch (NoSuchMethodException earlierVersion) {
            return null;
        }
    }

    private static Set<?> of(@Nullable Method method, Object holder) {
        try {
            return method != null && method.invoke(holder) instanceof Set<?> properties ? properties : Set.of();
        } catch (ReflectiveOperationException unreadable) {
            return Set.of();
        }
    }

    /** Refuses a configuration whose transactions have properties, before one begins without them. */
    static void refuseIn(Configuration configuration) {
        if (configuration.transactionProvider() instanceof DefaultTransactionProvider provider) {
            Set<?> properties = of(OF_PROVIDER, provider);
            if (!properties.isEmpty()) {
                throw new IllegalArgumentException("the transaction provider has the properties " + properties
                        + ": an attempt begins its transaction itself; set isolation and read-only on the runner");
            }
        }
    }

    /** Refuses a nested transaction with properties, since a savepoint has none. */
    static void refuseIn(TransactionContext context) {
        Set<?> properties = of(OF_CONTEXT, context);
        if (!properties.isEmpty()) {
            throw new DataAccessException(
                    "a transaction inside an attempt is asked for with the properties " + properties
                            + ": it is a savepoint, which has none; set isolation and read-only on the runner of the call");
        }
    }
}
