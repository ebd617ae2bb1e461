package dev.dbop.vertx;

import dev.dbop.AsyncAttempt;
import dev.dbop.AsyncAttemptScope;
import dev.dbop.AttemptContext;
import dev.dbop.Classifier;
import dev.dbop.Reach;
import dev.dbop.sql.Database;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Every attempt on a connection of its own. */
final class PoolScope implements AsyncAttemptScope<SqlConnection> {
    private final Pool pool;
    private final boolean transaction;
    private final @Nullable VertxCommitProbe probe;
    private volatile @Nullable Database database;

    PoolScope(Pool pool, boolean transaction, @Nullable VertxCommitProbe probe) {
        this.pool = Objects.requireNonNull(pool, "pool");
        this.transaction = transaction;
        this.probe = probe;
    }

    @Override
    public Reach reach() {
        return Reach.CONNECTION;
    }

    @Override
    public Classifier classifier() {
        Database known = database;
        return known == null ? VertxClassifier.standard() : VertxClassifier.of(known);
    }

    @Override
    public @Nullable Database database() {
        return database;
    }

    @Override
    public CompletionStage<? extends AsyncAttempt<SqlConnection>> open(AttemptContext context) {
        if (!transaction) {
            ConnectionScope.refuseIsolation(context);
        }
        return Lease.from(pool, context.deadline())
                .compose(lease -> {
                    database = lease.session().database;
                    Lease earlier = context.previousAttempt() instanceof VertxAttempt previous ? previous.lease : null;
                    return lease.endGhostOf(earlier).map(ended -> begin(lease, context));
                })
                .toCompletionStage();
    }

    private VertxAttempt begin(Lease lease, AttemptContext context) {
        try {
            return transaction
                    ? TransactionAttempt.open(lease, context, null, probe)
                    : AutocommitAttempt.open(lease, context, null);
        } catch (RuntimeException refused) {
            lease.giveBack(true);
            throw refused;
        }
    }

    @Override
    public String toString() {
        return (transaction ? "transaction" : "autocommit") + " on a Vert.x pool";
    }
}
