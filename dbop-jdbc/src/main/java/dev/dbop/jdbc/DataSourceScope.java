package dev.dbop.jdbc;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.Classifier;
import dev.dbop.Reach;
import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Every attempt on a connection of its own. */
final class DataSourceScope implements RidingScope {
    private final ConnectionSource source;
    private final boolean transaction;
    private final @Nullable JdbcCommitProbe probe;
    private final boolean riding;

    DataSourceScope(ConnectionSource source, boolean transaction, @Nullable JdbcCommitProbe probe) {
        this(source, transaction, probe, false);
    }

    private DataSourceScope(
            ConnectionSource source, boolean transaction, @Nullable JdbcCommitProbe probe, boolean riding) {
        this.source = Objects.requireNonNull(source, "source");
        this.transaction = transaction;
        this.probe = probe;
        this.riding = riding;
    }

    @Override
    public boolean hasPrologue() {
        return transaction;
    }

    @Override
    public DataSourceScope riding() {
        return new DataSourceScope(source, transaction, probe, true);
    }

    @Override
    public Reach reach() {
        return Reach.CONNECTION;
    }

    @Override
    public Classifier classifier() {
        Database database = database();
        return database == null ? JdbcClassifier.standard() : JdbcClassifier.of(database);
    }

    @Override
    public @Nullable Database database() {
        return Server.known(source.identity());
    }

    @Override
    public Attempt<Connection, SQLException> open(AttemptContext context) throws SQLException {
        if (!transaction) {
            ConnectionScope.refuseIsolation(context);
        }
        Lease lease = Lease.from(source);
        refuseForeignTransaction(lease);
        return transaction
                ? TransactionAttempt.open(lease, null, context, probe, riding)
                : AutocommitAttempt.open(lease, null, context);
    }

    /**
     * A framework may hand out the connection bound to a transaction of its own, which ours would commit. Only asked out of
     * autocommit, where such a connection always is, and of the driver, which knows.
     */
    private static void refuseForeignTransaction(Lease lease) throws SQLException {
        Connection connection = lease.connection();
        try {
            if (!connection.getAutoCommit()
                    && lease.server().driver.transactionState(connection) == DriverMethods.TransactionState.OPEN) {
                throw new IllegalStateException(
                        "the source gave a connection with a transaction open: an attempt would commit what others have"
                                + " done in it; use a savepoint or join scope with ConnectionSource.of(source),"
                                + " or have the pool end transactions before it hands connections out");
            }
        } catch (SQLException | RuntimeException refused) {
            lease.giveBackAfter(refused, true);
            throw refused;
        }
    }

    @Override
    public String toString() {
        return transaction ? "transaction on connections of its own" : "autocommit on connections of its own";
    }
}
