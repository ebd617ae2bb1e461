package dev.dbop.jdbc;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.Reach;
import dev.dbop.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Every attempt on a connection of its own. */
final class DataSourceScope implements AttemptScope<Connection, SQLException> {
    private final DataSource source;
    private final boolean transaction;
    private final @Nullable JdbcCommitProbe probe;

    DataSourceScope(DataSource source, boolean transaction, @Nullable JdbcCommitProbe probe) {
        this.source = Objects.requireNonNull(source, "source");
        this.transaction = transaction;
        this.probe = probe;
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
        return Server.known(source);
    }

    @Override
    public Attempt<Connection, SQLException> open(AttemptContext context) throws SQLException {
        if (!transaction) {
            ConnectionScope.refuseIsolation(context);
        }
        Lease lease = Lease.from(source);
        return transaction
                ? TransactionAttempt.open(lease, null, context, probe)
                : AutocommitAttempt.open(lease, null, context);
    }

    @Override
    public String toString() {
        return transaction ? "transaction on a data source" : "autocommit on a data source";
    }
}
