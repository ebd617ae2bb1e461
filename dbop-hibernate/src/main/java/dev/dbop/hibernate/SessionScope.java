package dev.dbop.hibernate;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.LayeredAttempt;
import dev.dbop.LayeredScope;
import dev.dbop.sql.Database;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.HibernateException;
import org.hibernate.JDBCException;
import org.hibernate.SharedSessionContract;
import org.jspecify.annotations.Nullable;

/** Attempts with a session of their own on the connection of a JDBC attempt. */
abstract class SessionScope<S extends SharedSessionContract> extends LayeredScope<Connection, S, PersistenceException>
        implements RidingScope<S> {
    SessionScope(AttemptScope<Connection, SQLException> below) {
        super(below);
    }

    @Override
    public final Classifier classifier() {
        Database database = database();
        return database == null ? HibernateClassifier.standard() : HibernateClassifier.of(database);
    }

    @Override
    protected final PersistenceException translate(Exception failure) {
        return failure instanceof SQLException exception
                ? new JDBCException(String.valueOf(exception.getMessage()), exception)
                : new HibernateException(failure);
    }

    /** Opens a session on the connection of an attempt. */
    abstract S open(Connection connection);

    /** Makes the attempt around its session, whose transaction has begun. */
    abstract LayeredAttempt<Connection, S, PersistenceException> attempt(
            Attempt<Connection, ?> below, S session, SessionConnection connection);

    @Override
    protected final LayeredAttempt<Connection, S, PersistenceException> layer(
            Attempt<Connection, ?> below, AttemptContext context) {
        SessionConnection connection = new SessionConnection(below);
        S session = open(connection.connection());
        try {
            session.beginTransaction();
            return attempt(below, session, connection);
        } catch (RuntimeException failure) {
            close(session, failure);
            throw failure;
        }
    }

    static void close(SharedSessionContract session, @Nullable Throwable cause) {
        try {
            if (session.isOpen()) {
                session.close();
            }
        } catch (RuntimeException notClosed) {
            if (cause != null && !notClosed.equals(cause)) {
                cause.addSuppressed(notClosed);
            }
        }
    }
}
