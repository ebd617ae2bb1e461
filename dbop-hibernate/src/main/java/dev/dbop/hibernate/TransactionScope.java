package dev.dbop.hibernate;

import dev.dbop.Attempt;
import dev.dbop.AttemptScope;
import dev.dbop.LayeredAttempt;
import dev.dbop.jdbc.JdbcScope;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import org.hibernate.SharedSessionContract;

/** Every attempt a transaction in a session of its own. */
final class TransactionScope<S extends SharedSessionContract> extends SessionScope<S> {
    private final AttemptScope<Connection, SQLException> below;
    private final Function<Connection, S> opener;

    TransactionScope(AttemptScope<Connection, SQLException> below, Function<Connection, S> opener) {
        super(below);
        this.below = below;
        this.opener = opener;
    }

    @Override
    public TransactionScope<S> riding() {
        return new TransactionScope<>(JdbcScope.ridingPrologue(below), opener);
    }

    @Override
    S open(Connection connection) {
        return opener.apply(connection);
    }

    @Override
    LayeredAttempt<Connection, S, PersistenceException> attempt(
            Attempt<Connection, ?> below, S session, SessionConnection connection) {
        return new TransactionAttempt<>(this, below, session, connection);
    }
}
