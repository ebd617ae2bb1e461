package dev.dbop.vertx;

import dev.dbop.AsyncAttempt;
import dev.dbop.AsyncAttemptScope;
import dev.dbop.AttemptContext;
import dev.dbop.Classifier;
import dev.dbop.Deadline;
import dev.dbop.Reach;
import dev.dbop.sql.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.DatabaseException;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Attempts on the caller's connection. */
final class ConnectionScope implements AsyncAttemptScope<SqlConnection> {
    enum Mode {
        TRANSACTION,
        SAVEPOINT,
        JOIN,
        AUTOCOMMIT
    }

    private final SqlConnection connection;
    private final Mode mode;
    private final @Nullable VertxAttempt enclosing;
    private final Lease lease;

    ConnectionScope(SqlConnection connection, Mode mode) {
        this.connection = Objects.requireNonNull(connection, "connection");
        this.mode = mode;
        this.enclosing = AttemptConnection.enclosing(connection);
        this.lease = enclosing == null ? Lease.ofCaller(connection) : enclosing.lease.shared();
    }

    private boolean joins() {
        return mode == Mode.SAVEPOINT || (mode == Mode.JOIN && enclosing != null && enclosing.controlled());
    }

    @Override
    public Reach reach() {
        return joins() ? Reach.SAVEPOINT : Reach.TRANSACTION;
    }

    @Override
    public Classifier classifier() {
        return VertxClassifier.of(lease.session().database);
    }

    @Override
    public Deadline deadline() {
        return enclosing == null ? Deadline.none() : enclosing.deadline();
    }

    @Override
    public Database database() {
        return lease.session().database;
    }

    @Override
    public CompletionStage<? extends AsyncAttempt<SqlConnection>> open(AttemptContext context) {
        if (enclosing != null) {
            enclosing.checkOpen();
        }
        refuseClientsTransaction();
        return (joins() ? savepoint(context) : begin(context)).toCompletionStage();
    }

    private void refuseClientsTransaction() {
        if (connection.transaction() != null) {
            throw wrongState(
                    "the client's own Transaction is open on the connection",
                    "after any error it rolls back whatever a savepoint has healed",
                    "let VertxScope.transaction begin, or send BEGIN as SQL");
        }
    }

    private Future<? extends VertxAttempt> savepoint(AttemptContext context) {
        if (context.isolation() != null) {
            throw wrongState(
                    "isolation " + context.isolation() + " is asked of a savepoint",
                    "it is the transaction's and cannot change inside it",
                    "set it on the enclosing call");
        }
        if (enclosing == null) {
            return SavepointAttempt.on(lease, context)
                    .recover(failure -> Future.failedFuture(saysNoTransaction(failure) ? noTransaction() : failure));
        }
        if (!enclosing.controlled()) {
            throw noTransaction();
        }
        return Future.succeededFuture(SavepointAttempt.inside(enclosing, context));
    }

    private static boolean saysNoTransaction(Throwable failure) {
        return failure instanceof DatabaseException refused
                && ("25P01".equals(refused.getSqlState()) || refused.getErrorCode() == 1305);
    }

    private static IllegalStateException noTransaction() {
        return wrongState(
                "no transaction is open on the connection",
                "a savepoint exists only inside one",
                "begin one, or use VertxScope.transaction or VertxScope.join");
    }

    private Future<? extends VertxAttempt> begin(AttemptContext context) {
        if (mode == Mode.AUTOCOMMIT) {
            refuseIsolation(context);
        }
        if (enclosing != null && enclosing.controlled()) {
            throw transactionIsOpen();
        }
        return enclosing != null
                ? Future.succeededFuture(opened(context))
                : isInTransaction().map(open -> {
                    if (open) {
                        throw transactionIsOpen();
                    }
                    return opened(context);
                });
    }

    private VertxAttempt opened(AttemptContext context) {
        return mode == Mode.AUTOCOMMIT
                ? AutocommitAttempt.open(lease, context, enclosing)
                : TransactionAttempt.open(lease, context, enclosing, null);
    }

    private Future<Boolean> isInTransaction() {
        Session session = lease.session();
        Work work = Work.of(session.database, 0);
        return session.send(work.asksForTransaction()).transform((rows, failure) -> {
            if (failure != null && !(failure instanceof DatabaseException)) {
                return Future.failedFuture(failure);
            }
            VertxFaults.Found found = failure == null ? null : VertxFaults.find(session.database, failure);
            List<@Nullable String> row = failure == null ? Rows.firstRow(rows) : List.of();
            return Future.succeededFuture(work.saysTransactionIsOpen(row, found));
        });
    }

    private IllegalStateException transactionIsOpen() {
        return mode == Mode.AUTOCOMMIT
                ? wrongState(
                        "a transaction is open on the connection",
                        "an autocommit scope runs statements that commit on their own",
                        "end it, or use VertxScope.savepoint")
                : wrongState(
                        "a transaction is open on the connection",
                        "a transaction scope begins its own",
                        "end the open one, or use VertxScope.savepoint");
    }

    static void refuseIsolation(AttemptContext context) {
        if (context.isolation() != null) {
            throw wrongState(
                    "isolation " + context.isolation() + " is asked of an autocommit scope",
                    "only a transaction has an isolation level",
                    "use VertxScope.transaction");
        }
    }

    private static IllegalStateException wrongState(String value, String rule, String remedy) {
        return new IllegalStateException(value + ": " + rule + "; " + remedy);
    }

    @Override
    public String toString() {
        return mode.name().toLowerCase(Locale.ROOT) + " on a Vert.x connection";
    }
}
