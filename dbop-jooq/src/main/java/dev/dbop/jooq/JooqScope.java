package dev.dbop.jooq;

import dev.dbop.AttemptScope;
import dev.dbop.Reach;
import dev.dbop.jdbc.ConnectionSource;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.jdbc.JdbcScope;
import java.sql.Connection;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/**
 * The scopes for jOOQ, on whatever JDBC connections its {@link Configuration} gives: a data source, a connection, the one a
 * framework has bound to the current thread, or that of jOOQ's own {@code transaction(...)}.
 *
 * <p>The operation gets a {@link DSLContext} that belongs to its attempt and has everything else from the caller's
 * configuration: dialect, settings, listeners, mappers. jOOQ's {@code transaction(...)} on it is a savepoint of the
 * attempt; the transaction listeners hear of the attempt's own transaction or savepoint as of any other, except that their
 * {@code beginStart} is called right after it has begun, and that what {@code commitEnd} throws is logged, since the work is
 * durable by then. Records and queries stay attached to it, and fail once the attempt has ended: attach them anew to what
 * they are used with then.
 *
 * <p>Nothing checked is thrown: what JDBC throws outside of a statement comes as {@link DataAccessException}, the
 * {@link java.sql.SQLException} being its cause.
 *
 * <p>If the configuration has a {@link org.jooq.TransactionProvider} that is not jOOQ's default, transactions are begun and
 * ended by it. Its COMMIT is not stopped when the time of the attempt is up, and cannot be probed; if it fails without an
 * answer of the server, the outcome is unknown.
 *
 * <p>All the rest is as {@link JdbcScope} says, which these scopes stand on. Scopes may be kept and shared by threads if the
 * connections of the configuration may.
 */
public final class JooqScope {
    private JooqScope() {}

    /**
     * Returns a scope in which every attempt is a transaction: on a fresh connection, given back before a retry is waited
     * for, or on the configuration's only one.
     *
     * @param dsl whose configuration gives the connections; with no transaction open
     * @return a scope of reach {@link Reach#CONNECTION}, or {@link Reach#TRANSACTION} on a configuration with one
     *     connection; opening it throws {@link IllegalStateException} if a transaction is open, or if an isolation level
     *     is asked for and a transaction provider of the configuration begins the transaction
     * @throws IllegalArgumentException if the configuration has no JDBC connections, or its transaction provider properties
     *     (isolation, read-only; from jOOQ 3.21), which are the runner's to set
     * @throws IllegalStateException if the configuration is that of jOOQ's own {@code transaction(...)}
     */
    public static AttemptScope<DSLContext, DataAccessException> transaction(DSLContext dsl) {
        Configuration configuration = dsl.configuration();
        if (ProviderScope.isNeededFor(configuration)) {
            return DslScope.controlled(ProviderScope.transaction(configuration), configuration);
        }
        TransactionProperties.refuseIn(configuration);
        Connections.refuseInTransaction(configuration);
        Connection only = Connections.onlyOne(configuration);
        return DslScope.controlled(
                only != null ? JdbcScope.transaction(only) : JdbcScope.transaction(Connections.of(configuration)),
                configuration);
    }

    /**
     * Returns a scope as {@link #transaction(DSLContext)}, that finds out whether a COMMIT whose answer never came was
     * executed: the call then returns the operation's own result, or runs the operation again.
     *
     * @param dsl whose configuration gives a connection for each attempt, and one more for the probe
     * @param probe how to find out
     * @return a scope of reach {@link Reach#CONNECTION}; opening it throws {@link IllegalStateException} if the probe does
     *     not fit the database
     * @throws IllegalArgumentException if the configuration has no JDBC connections, or only one, or a transaction provider
     *     that commits by itself or has properties
     */
    public static AttemptScope<DSLContext, DataAccessException> transaction(DSLContext dsl, JdbcCommitProbe probe) {
        Configuration configuration = dsl.configuration();
        if (ProviderScope.isNeededFor(configuration)) {
            throw new IllegalArgumentException(
                    "transactionProvider is " + configuration.transactionProvider() + ": a probe has to know the"
                            + " transaction that is committed, and this provider commits by itself; use JooqScope.transaction"
                            + " without a probe, or a configuration without the provider");
        }
        if (Connections.onlyOne(configuration) != null) {
            throw new IllegalArgumentException(
                    "connectionProvider is " + configuration.connectionProvider()
                            + ": a probe asks on a connection of its own, and there is only one; use a configuration on a DataSource");
        }
        TransactionProperties.refuseIn(configuration);
        ConnectionSource source = Connections.of(configuration);
        return DslScope.controlled(JdbcScope.transaction(source, probe), configuration);
    }

    /**
     * Returns a scope in which every attempt is a savepoint in the open transaction. Faults that end the transaction are not
     * retried here; they go up, to whoever can repeat the whole.
     *
     * @param dsl what an enclosing operation, or jOOQ's own {@code transaction(...)}, was handed; or one whose
     *     configuration gives the connection of the transaction that a framework has begun
     * @return a scope of reach {@link Reach#SAVEPOINT}; opening it throws {@link IllegalStateException} if no transaction is
     *     open
     * @throws IllegalArgumentException if the configuration has no JDBC connections
     */
    public static AttemptScope<DSLContext, DataAccessException> savepoint(DSLContext dsl) {
        Configuration configuration = dsl.configuration();
        Connection only = Connections.onlyOne(configuration);
        return DslScope.controlled(
                only != null ? JdbcScope.savepoint(only) : JdbcScope.savepoint(Connections.of(configuration)),
                configuration);
    }

    /**
     * Returns a scope in which every attempt is a savepoint if a transaction is open, and a transaction otherwise.
     *
     * @param dsl with a transaction open or not
     * @return a scope of reach {@link Reach#SAVEPOINT}, or that of {@link #transaction(DSLContext)}
     * @throws IllegalArgumentException if the configuration has no JDBC connections
     */
    public static AttemptScope<DSLContext, DataAccessException> join(DSLContext dsl) {
        Configuration configuration = dsl.configuration();
        if (ProviderScope.isNeededFor(configuration)) {
            return DslScope.controlled(ProviderScope.join(configuration), configuration);
        }
        Connection only = Connections.onlyOne(configuration);
        if (only == null) {
            TransactionProperties.refuseIn(configuration);
        }
        return DslScope.controlled(
                only != null ? JdbcScope.join(only) : JdbcScope.join(Connections.of(configuration)), configuration);
    }

    /**
     * Returns a scope as the given one, whose attempts save a round trip where they can, as {@link
     * JdbcScope#ridingPrologue} says: what has to be sent before the operation travels with its first statement.
     *
     * @param scope one of this class's transaction, savepoint or join scopes
     * @return a scope of the same reach
     * @throws IllegalArgumentException if the scope is none of this class's, an autocommit scope, or one whose transactions
     *     a provider of the configuration begins
     */
    public static AttemptScope<DSLContext, DataAccessException> ridingPrologue(
            AttemptScope<DSLContext, DataAccessException> scope) {
        if (scope instanceof DslScope own) {
            return own.riding();
        }
        throw new IllegalArgumentException(
                "scope is \"" + scope
                        + "\": its attempts are not begun by dbop on JDBC; pass a transaction, savepoint or join scope of JooqScope");
    }

    /**
     * Returns a scope without a transaction: every statement commits on its own. As {@link
     * JdbcScope#autocommit(ConnectionSource)} says, it is meant for a single statement.
     *
     * @param dsl with no transaction open
     * @return a scope of reach {@link Reach#CONNECTION}, or {@link Reach#TRANSACTION} on a configuration with one
     *     connection; opening it throws {@link IllegalStateException} if a transaction is open
     * @throws IllegalArgumentException if the configuration has no JDBC connections
     */
    public static AttemptScope<DSLContext, DataAccessException> autocommit(DSLContext dsl) {
        Configuration configuration = dsl.configuration();
        Connection only = Connections.onlyOne(configuration);
        return DslScope.autocommit(
                only != null ? JdbcScope.autocommit(only) : JdbcScope.autocommit(Connections.of(configuration)),
                configuration);
    }
}
