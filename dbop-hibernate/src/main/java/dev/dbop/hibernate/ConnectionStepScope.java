package dev.dbop.hibernate;

import dev.dbop.Attempt;
import dev.dbop.AttemptScope;
import dev.dbop.LayeredAttempt;
import dev.dbop.jdbc.JdbcScope;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/** Every attempt a savepoint in the transaction on a connection that is not a session's, with a session of its own on it. */
final class ConnectionStepScope extends SessionScope<Session> {
    private final SessionFactory factory;
    private final AttemptScope<Connection, SQLException> below;

    ConnectionStepScope(SessionFactory factory, Connection connection) {
        this(factory, JdbcScope.savepoint(connection));
    }

    private ConnectionStepScope(SessionFactory factory, AttemptScope<Connection, SQLException> below) {
        super(below);
        this.factory = factory;
        this.below = below;
    }

    @Override
    public ConnectionStepScope riding() {
        return new ConnectionStepScope(factory, JdbcScope.ridingPrologue(below));
    }

    @Override
    Session open(Connection connection) {
        return factory.withOptions().connection(connection).openSession();
    }

    /** Nobody tells when the transaction ends, so listeners hear of it with the step. */
    @Override
    LayeredAttempt<Connection, Session, PersistenceException> attempt(
            Attempt<Connection, ?> below, Session session, SessionConnection connection) {
        return new StepAttempt(this, below, session, connection, action -> action.accept(true), () -> {});
    }
}
