package dev.dbop.jooq;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.LayeredAttempt;
import dev.dbop.LayeredScope;
import dev.dbop.jdbc.JdbcScope;
import dev.dbop.sql.Database;
import java.sql.Connection;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DefaultConnectionProvider;

/** jOOQ laid over the attempts of a JDBC scope. */
final class DslScope extends LayeredScope<Connection, DSLContext, DataAccessException> {
    private final AttemptScope<Connection, ?> below;
    private final Configuration configuration;
    /** Whether an attempt is a transaction or a savepoint. */
    private final boolean controlled;

    private DslScope(AttemptScope<Connection, ?> below, Configuration configuration, boolean controlled) {
        super(below);
        this.below = below;
        this.configuration = configuration;
        this.controlled = controlled;
    }

    static DslScope controlled(AttemptScope<Connection, ?> below, Configuration configuration) {
        return new DslScope(below, configuration, true);
    }

    static DslScope autocommit(AttemptScope<Connection, ?> below, Configuration configuration) {
        return new DslScope(below, configuration, false);
    }

    /** The same over attempts with riding prologues. */
    DslScope riding() {
        return new DslScope(JdbcScope.ridingPrologue(below), configuration, controlled);
    }

    @Override
    public Classifier classifier() {
        Database database = database();
        return database == null ? JooqClassifier.standard() : JooqClassifier.of(database);
    }

    @Override
    protected LayeredAttempt<Connection, DSLContext, DataAccessException> layer(
            Attempt<Connection, ?> attempt, AttemptContext context) {
        Configuration own = bind(attempt.resource());
        return controlled ? DslAttempt.open(this, attempt, own) : new LayeredAttempt<>(this, attempt, own.dsl());
    }

    /** The caller's configuration in everything but where connections come from and what a transaction is. */
    private Configuration bind(Connection connection) {
        Configuration own = configuration.derive();
        // Inside jOOQ's own transaction the data hold its connection, which would go before the provider's.
        own.data().values().removeIf(DefaultConnectionProvider.class::isInstance);
        own.set(NestedTransactions.in(configuration));
        own.set(new DefaultConnectionProvider(connection));
        return own;
    }

    @Override
    protected DataAccessException translate(Exception failure) {
        return new DataAccessException("Cannot begin or end an attempt; " + failure.getMessage(), failure);
    }
}
