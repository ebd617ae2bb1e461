package dev.dbop.jdbc.tools;

import dev.dbop.Operation;
import dev.dbop.VoidOperation;
import dev.dbop.jdbc.JdbcScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One connection with a transaction for a piece of work, such as a request or a task, which all code below it on the same
 * thread finds by {@link #current}. When the work ends well the transaction is committed; otherwise it is rolled back. The
 * connection is given back in any case.
 *
 * <pre>{@code
 * try (SessionContext context = SessionContext.open(dataSource)) {
 *     handle(request);
 *     context.succeeded();
 * }
 * }</pre>
 *
 * <p>The connection is taken, and the transaction begun, when it is first asked for: work that asks for none costs nothing.
 * Nothing is retried, and a commit whose answer never arrives is a failure like any other. A step inside may be retried, in a
 * call with {@link JdbcScope#savepoint} or {@link JdbcScope#join} on the connection.
 *
 * <p>Belongs to the thread that opened it, as the connection does. A context within one of the same source is refused: it
 * would not see what the outer one has written, and commit apart from it.
 */
public final class SessionContext implements AutoCloseable {
    private static final ThreadLocal<@Nullable SessionContext> INNERMOST = new ThreadLocal<>();

    private final DataSource source;
    private final Thread thread = Thread.currentThread();
    private final @Nullable SessionContext outer;
    private @Nullable Transaction transaction;
    private boolean succeeded;
    private boolean closed;

    private SessionContext(DataSource source, @Nullable SessionContext outer) {
        this.source = source;
        this.outer = outer;
    }

    /**
     * Opens a context, which takes a connection only when one is asked for.
     *
     * @param source gives the connection; what tells contexts of one thread apart
     * @return the context, to be closed by this thread
     * @throws IllegalStateException if this thread has a context of the source
     */
    public static SessionContext open(DataSource source) {
        Objects.requireNonNull(source, "source");
        if (find(source) != null) {
            throw new IllegalStateException("thread \"" + Thread.currentThread().getName()
                    + "\" has a session context of this source already: must have one at most; use"
                    + " SessionContext.current(source), or close the other first");
        }
        SessionContext context = new SessionContext(source, INNERMOST.get());
        INNERMOST.set(context);
        return context;
    }

    /**
     * Runs work in a context of its own.
     *
     * @param source gives the connection
     * @param work is handed the connection, in a transaction
     * @param <T> the result
     * @param <X> what the work may throw
     * @return the work's result, once what it has done is committed
     * @throws X if the work does; what it has done is rolled back
     * @throws SQLException if the transaction does not begin, or is not committed, as {@link Transaction#commit} tells
     * @throws IllegalStateException if this thread has a context of the source
     */
    public static <T extends @Nullable Object, X extends Exception> T call(
            DataSource source, Operation<? super Connection, T, X> work) throws X, SQLException {
        try (SessionContext context = open(source)) {
            T result = work.run(context.connection());
            context.succeeded();
            return result;
        }
    }

    /**
     * Runs work without a result, as {@link #call}.
     *
     * @param source gives the connection
     * @param work is handed the connection, in a transaction
     * @param <X> what the work may throw
     * @throws X if the work does; what it has done is rolled back
     * @throws SQLException if the transaction does not begin, or is not committed, as {@link Transaction#commit} tells
     * @throws IllegalStateException if this thread has a context of the source
     */
    public static <X extends Exception> void run(DataSource source, VoidOperation<? super Connection, X> work)
            throws X, SQLException {
        try (SessionContext context = open(source)) {
            work.run(context.connection());
            context.succeeded();
        }
    }

    /**
     * Returns the connection of the context this thread is in.
     *
     * @param source the context's
     * @return the connection, in a transaction, as {@link #connection()} gives it
     * @throws SQLException if it is the first to ask, and the transaction does not begin
     * @throws IllegalStateException if this thread is in no context of the source
     */
    public static Connection current(DataSource source) throws SQLException {
        SessionContext context = find(source);
        if (context == null) {
            throw new IllegalStateException("thread \"" + Thread.currentThread().getName()
                    + "\" is in no session context of this source: must be; run the work in SessionContext.call, or"
                    + " between SessionContext.open and close");
        }
        return context.connection();
    }

    private static @Nullable SessionContext find(DataSource source) {
        SessionContext at = INNERMOST.get();
        while (at != null && (at.closed || !at.source.equals(source))) {
            at = at.outer;
        }
        return at;
    }

    /**
     * Returns the connection, taking it and beginning the transaction if nobody has yet.
     *
     * @return not to be committed or rolled back by the work, which is refused; closing it does nothing
     * @throws SQLException if the transaction does not begin
     * @throws IllegalStateException if the context is closed
     */
    public Connection connection() throws SQLException {
        if (closed) {
            throw new IllegalStateException("the session context is closed: must be open; open another one");
        }
        Transaction open = transaction;
        if (open == null) {
            open = Transaction.begin(source);
            transaction = open;
        }
        return open.connection();
    }

    /**
     * Says that the work has ended well. The last thing it does: what fails after it is committed all the same.
     */
    public void succeeded() {
        succeeded = true;
    }

    /**
     * Ends the context. If the work has ended well, commits the transaction, if one was begun; rolls it back otherwise, and
     * does not throw then, so that the work's own failure is not hidden. A second call does nothing.
     *
     * @throws SQLException if the work has ended well, but the transaction is not committed, as {@link Transaction#commit}
     *     tells
     * @throws IllegalStateException if the work has ended well, but another thread calls; nothing is committed then
     */
    @Override
    public void close() throws SQLException {
        if (closed) {
            return;
        }
        closed = true;
        leave();
        if (!succeeded) {
            rollback(null);
            return;
        }
        if (!thread.equals(Thread.currentThread())) {
            IllegalStateException refused = new IllegalStateException("the session context of thread \""
                    + thread.getName() + "\" is closed by thread \""
                    + Thread.currentThread().getName() + "\": must be closed by its own; nothing was committed");
            rollback(refused);
            throw refused;
        }
        Transaction open = transaction;
        if (open != null) {
            open.commit();
        }
    }

    /** Never throws; the cause, if there is one, has what goes wrong with it. */
    private void rollback(@Nullable Throwable cause) {
        Transaction open = transaction;
        try {
            if (open != null) {
                open.close();
            }
        } catch (SQLException failure) {
            if (cause == null) {
                LoggerFactory.getLogger(SessionContext.class)
                        .warn("the work of a session context has failed, and so has the rollback", failure);
            } else {
                cause.addSuppressed(failure);
            }
        }
    }

    /** On a thread that is not its own there is nothing to leave; closed contexts are passed over where they are. */
    private static void leave() {
        SessionContext at = INNERMOST.get();
        while (at != null && at.closed) {
            at = at.outer;
        }
        if (at == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(at);
        }
    }
}
