package dev.dbop.jdbc;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.Classifier;
import dev.dbop.Deadline;
import dev.dbop.Reach;
import dev.dbop.jdbc.DriverMethods.TransactionState;
import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Attempts on the caller's connection. */
final class ConnectionScope implements RidingScope {
    private enum Mode {
        TRANSACTION,
        SAVEPOINT,
        JOIN,
        AUTOCOMMIT
    }

    private final Connection connection;
    private final Mode mode;
    private final boolean riding;
    private volatile @Nullable Server server;

    private ConnectionScope(Connection connection, Mode mode) {
        this(connection, mode, false, null);
    }

    private ConnectionScope(Connection connection, Mode mode, boolean riding, @Nullable Server server) {
        this.connection = Objects.requireNonNull(connection, "connection");
        this.mode = mode;
        this.riding = riding;
        this.server = server;
    }

    static ConnectionScope transaction(Connection connection) {
        return new ConnectionScope(connection, Mode.TRANSACTION);
    }

    static ConnectionScope savepoint(Connection connection) {
        return new ConnectionScope(connection, Mode.SAVEPOINT);
    }

    static ConnectionScope join(Connection connection) {
        return new ConnectionScope(connection, Mode.JOIN);
    }

    static ConnectionScope autocommit(Connection connection) {
        return new ConnectionScope(connection, Mode.AUTOCOMMIT);
    }

    @Override
    public boolean hasPrologue() {
        return mode != Mode.AUTOCOMMIT;
    }

    @Override
    public ConnectionScope riding() {
        return new ConnectionScope(connection, mode, true, server);
    }

    /** The scope on a server that is known, so that the connection need not be asked which it is. */
    ConnectionScope on(Server known) {
        return new ConnectionScope(connection, mode, riding, known);
    }

    @Override
    public Reach reach() {
        if (mode != Mode.JOIN) {
            return mode == Mode.SAVEPOINT ? Reach.SAVEPOINT : Reach.TRANSACTION;
        }
        try {
            return joins() ? Reach.SAVEPOINT : Reach.TRANSACTION;
        } catch (SQLException | RuntimeException cannotTell) {
            // The narrower reach never undoes, or repeats, too much.
            return Reach.SAVEPOINT;
        }
    }

    @Override
    public Classifier classifier() {
        Database database = database();
        return database == null ? JdbcClassifier.standard() : JdbcClassifier.of(database);
    }

    @Override
    public Deadline deadline() {
        try {
            JdbcAttempt enclosing = enclosing();
            return enclosing == null ? Deadline.none() : enclosing.deadline();
        } catch (SQLException closed) {
            return Deadline.none();
        }
    }

    @Override
    public @Nullable Database database() {
        Server known = server;
        return known == null ? null : known.database;
    }

    private @Nullable JdbcAttempt enclosing() throws SQLException {
        return AttemptConnection.enclosing(connection);
    }

    private boolean joins() throws SQLException {
        JdbcAttempt enclosing = enclosing();
        return inTransaction(server(enclosing), enclosing);
    }

    private Server server(@Nullable JdbcAttempt enclosing) throws SQLException {
        Server known = server;
        if (known == null) {
            known = enclosing == null ? Server.of(connection) : enclosing.server;
            server = known;
        }
        return known;
    }

    @Override
    public Attempt<Connection, SQLException> open(AttemptContext context) throws SQLException {
        JdbcAttempt enclosing = enclosing();
        Server at = server(enclosing);
        return switch (mode) {
            case TRANSACTION -> transaction(at, enclosing, context);
            case SAVEPOINT -> savepoint(at, enclosing, context);
            case JOIN ->
                inTransaction(at, enclosing) ? savepoint(at, enclosing, context) : transaction(at, enclosing, context);
            case AUTOCOMMIT -> autocommit(at, enclosing, context);
        };
    }

    private Attempt<Connection, SQLException> transaction(
            Server at, @Nullable JdbcAttempt enclosing, AttemptContext context) throws SQLException {
        if (inTransaction(at, enclosing)) {
            throw wrongState(
                    "a transaction is open on the connection",
                    "a transaction scope begins its own",
                    "end the open one, or use a savepoint or join scope");
        }
        return TransactionAttempt.open(lease(at, enclosing), enclosing, context, null, riding);
    }

    /** Inside another attempt its own connection is used, from which nothing is kept. */
    private Lease lease(Server at, @Nullable JdbcAttempt enclosing) throws SQLException {
        if (enclosing == null) {
            return Lease.ofCaller(connection, at);
        }
        enclosing.checkOpen();
        return Lease.ofCaller(enclosing.raw, at);
    }

    private Attempt<Connection, SQLException> savepoint(
            Server at, @Nullable JdbcAttempt enclosing, AttemptContext context) throws SQLException {
        if (!inTransaction(at, enclosing)) {
            throw wrongState(
                    "no transaction is open on the connection",
                    "a savepoint exists only inside one",
                    "begin one (setAutoCommit(false)), or use a transaction or join scope");
        }
        if (context.isolation() != null) {
            throw wrongState(
                    "isolation " + context.isolation() + " is asked of a savepoint",
                    "it is the transaction's and cannot change inside it",
                    "set it on the enclosing call");
        }
        Connection raw = enclosing == null ? connection : enclosing.raw;
        return SavepointAttempt.open(at, raw, context, enclosing, riding);
    }

    private Attempt<Connection, SQLException> autocommit(
            Server at, @Nullable JdbcAttempt enclosing, AttemptContext context) throws SQLException {
        refuseIsolation(context);
        if (inTransaction(at, enclosing)) {
            throw wrongState(
                    "a transaction is open on the connection, or autocommit is off",
                    "an autocommit scope runs statements that commit on their own",
                    "switch autocommit on, or use a savepoint or join scope");
        }
        return AutocommitAttempt.open(lease(at, enclosing), enclosing, context);
    }

    static void refuseIsolation(AttemptContext context) {
        if (context.isolation() != null) {
            throw wrongState(
                    "isolation " + context.isolation() + " is asked of an autocommit scope",
                    "only a transaction has an isolation level",
                    "use a transaction scope");
        }
    }

    private static IllegalStateException wrongState(String value, String rule, String remedy) {
        return new IllegalStateException(value + ": " + rule + "; " + remedy);
    }

    /** What the driver knows counts; where it knows nothing, a connection out of autocommit may have one open. */
    private boolean inTransaction(Server at, @Nullable JdbcAttempt enclosing) throws SQLException {
        if (enclosing != null) {
            return enclosing.controlled();
        }
        if (!connection.getAutoCommit()) {
            boolean none = at.driver.transactionState(connection) == TransactionState.NONE;
            return !(none && mode == Mode.TRANSACTION);
        }
        // BEGIN sent as SQL leaves the driver in autocommit mode.
        return at.hasTransactionOpen(connection, Work.of(at, connection, new Control(connection, at, null)));
    }

    @Override
    public String toString() {
        return mode.name().toLowerCase(Locale.ROOT) + " on a connection";
    }
}
