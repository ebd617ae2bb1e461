package dev.dbop.testkit;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.Classifier;
import dev.dbop.Phase;
import dev.dbop.Reach;
import dev.dbop.Timeouts;
import dev.dbop.Verdict;
import dev.dbop.sql.Database;
import dev.dbop.sql.Fault;
import dev.dbop.sql.PostgresSql;
import dev.dbop.sql.ServerError;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A plain scope for PostgreSQL, right but for one flaw: what the contract suites are there to find. */
final class FlawedScope implements AttemptScope<Connection, SQLException> {

    /** One mistake each. */
    enum Flaw {
        NONE,
        NEVER_COMMITS,
        COMMITS_WHAT_FAILED,
        KEEPS_THE_CONNECTION,
        LEAVES_AUTOCOMMIT_OFF,
        LEAVES_TIMEOUTS,
        LEAVES_READ_ONLY,
        LEAVES_ISOLATION,
        IGNORES_TIMEOUTS,
        IGNORES_READ_ONLY,
        IGNORES_ISOLATION,
        BELIEVES_COMMIT,
        CALLS_A_LOST_COMMIT_FAILED,
        LENGTHENS_OUTER_LIMITS,
        LEAKS_LIMITS_OF_A_STEP,
        UNDOES_TOO_MUCH,
        RETRIES_A_STALE_SNAPSHOT,
        RETRIES_A_DEADLOCK_FOR_EVER,
        TAKES_ANY_STATE,
        CLAIMS_TO_CANCEL,
        CLAIMS_LIMITS_THAT_GROW,
        CLAIMS_RESOURCES_OF_ITS_OWN
    }

    private final Flaw flaw;
    private final @Nullable DataSource source;
    private final @Nullable Connection outer;

    private FlawedScope(Flaw flaw, @Nullable DataSource source, @Nullable Connection outer) {
        this.flaw = flaw;
        this.source = source;
        this.outer = outer;
    }

    static FlawedScope transaction(Flaw flaw, DataSource source) {
        return new FlawedScope(flaw, source, null);
    }

    static FlawedScope savepoint(Flaw flaw, Connection outer) {
        return new FlawedScope(flaw, null, outer);
    }

    @Override
    public Reach reach() {
        return source == null ? Reach.SAVEPOINT : Reach.CONNECTION;
    }

    @Override
    public Classifier classifier() {
        return (failure, phase) -> verdict(flaw, failure, phase);
    }

    private static @Nullable Verdict verdict(Flaw flaw, Throwable failure, Phase phase) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException exception && !"25P02".equals(exception.getSQLState())) {
                ServerError error = new ServerError(exception.getSQLState(), 0, exception.getMessage(), null);
                Fault fault = Database.POSTGRESQL.faults().find(error);
                boolean blind = flaw == Flaw.CALLS_A_LOST_COMMIT_FAILED;
                return fault == null ? null : fault.verdict(blind ? Phase.OPERATION : phase);
            }
        }
        return null;
    }

    @Override
    public Attempt<Connection, SQLException> open(AttemptContext context) throws SQLException {
        return source != null ? begin(source.getConnection(), context) : set(outer, context);
    }

    private Attempt<Connection, SQLException> begin(Connection connection, AttemptContext context) throws SQLException {
        try {
            connection.setAutoCommit(false);
            int isolation = connection.getTransactionIsolation();
            connection.rollback();
            if (context.isolation() != null && flaw != Flaw.IGNORES_ISOLATION) {
                connection.setTransactionIsolation(context.isolation().jdbcLevel());
            }
            if (context.readOnly() && flaw != Flaw.IGNORES_READ_ONLY) {
                connection.setReadOnly(true);
            }
            boolean session = flaw == Flaw.LEAVES_TIMEOUTS;
            limit(connection, context, session);
            return new Transaction(flaw, connection, isolation);
        } catch (SQLException failure) {
            connection.abort(Runnable::run);
            connection.close();
            throw failure;
        }
    }

    private void limit(Connection connection, AttemptContext context, boolean session) throws SQLException {
        Timeouts timeouts = flaw == Flaw.IGNORES_TIMEOUTS ? Timeouts.none() : context.timeouts();
        List<String> set = session ? PostgresSql.setSession(timeouts) : PostgresSql.setLocal(timeouts);
        Dialect.execute(connection, set.toArray(new String[0]));
    }

    private Attempt<Connection, SQLException> set(@Nullable Connection connection, AttemptContext context)
            throws SQLException {
        if (connection == null || (connection.getAutoCommit() && flaw != Flaw.TAKES_ANY_STATE)) {
            throw new IllegalStateException(
                    "the connection is in autocommit mode: a savepoint needs a transaction; begin" + " one around it");
        }
        if (context.isolation() != null) {
            throw new IllegalStateException(
                    "an isolation level is asked of a savepoint: it is the transaction's; ask the"
                            + " enclosing call for it");
        }
        if (connection.getAutoCommit()) {
            connection.setAutoCommit(false);
        }
        Savepoint savepoint = connection.setSavepoint();
        List<String> before = Dialect.query(
                connection,
                row -> row.getString(1),
                "select setting from pg_settings where name in ('lock_timeout', 'statement_timeout') order by name");
        limit(connection, context, false);
        if (flaw != Flaw.LENGTHENS_OUTER_LIMITS) {
            shorten(connection, before);
        }
        return new Step(flaw, connection, savepoint, before, context.previousAttempt());
    }

    /** Puts the outer limit back where it is the shorter one. */
    private static void shorten(Connection connection, List<String> before) throws SQLException {
        String[] names = {"lock_timeout", "statement_timeout"};
        for (int i = 0; i < names.length; i++) {
            Dialect.execute(
                    connection,
                    "select set_config('" + names[i] + "', '" + before.get(i) + "', true) where " + before.get(i)
                            + " > 0 and (select setting::bigint from pg_settings where name = '" + names[i]
                            + "') not between 1 and " + before.get(i));
        }
    }

    private record Transaction(Flaw flaw, Connection resource, int isolation)
            implements Attempt<Connection, SQLException> {

        @Override
        public void beforeCommit() throws SQLException {
            if (flaw != Flaw.BELIEVES_COMMIT) {
                Dialect.execute(resource, "select 1");
            }
        }

        @Override
        public void commit() throws SQLException {
            if (flaw == Flaw.NEVER_COMMITS) {
                resource.rollback();
            } else {
                resource.commit();
            }
            giveBack();
        }

        @Override
        public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            boolean lost = verdict == Verdict.RETRY_CONNECTION || verdict == Verdict.OUTCOME_UNKNOWN;
            try {
                if (lost) {
                    resource.abort(Runnable::run);
                    resource.close();
                    return verdict;
                }
                if (flaw == Flaw.COMMITS_WHAT_FAILED) {
                    resource.commit();
                } else {
                    resource.rollback();
                }
                giveBack();
                return verdict;
            } catch (SQLException failure) {
                cause.addSuppressed(failure);
                return verdict.atLeast(Verdict.RETRY_CONNECTION);
            }
        }

        private void giveBack() throws SQLException {
            if (flaw != Flaw.LEAVES_ISOLATION) {
                resource.setTransactionIsolation(isolation);
            }
            if (flaw != Flaw.LEAVES_READ_ONLY) {
                resource.setReadOnly(false);
            }
            resource.rollback();
            if (flaw != Flaw.LEAVES_AUTOCOMMIT_OFF) {
                resource.setAutoCommit(true);
            }
            if (flaw != Flaw.KEEPS_THE_CONNECTION) {
                resource.close();
            }
        }
    }

    private record Step(
            Flaw flaw,
            Connection resource,
            Savepoint savepoint,
            List<String> before,
            @Nullable Object previous) implements Attempt<Connection, SQLException> {

        @Override
        public void commit() throws SQLException {
            if (flaw != Flaw.LEAKS_LIMITS_OF_A_STEP) {
                Dialect.execute(
                        resource,
                        "set local lock_timeout = " + before.get(0),
                        "set local statement_timeout = " + before.get(1));
            }
            resource.releaseSavepoint(savepoint);
        }

        @Override
        public Verdict rollback(Throwable cause, Phase phase, Verdict verdict) {
            try {
                if (flaw == Flaw.UNDOES_TOO_MUCH) {
                    resource.rollback();
                    return verdict;
                }
                resource.rollback(savepoint);
                resource.releaseSavepoint(savepoint);
                String level = Dialect.query(resource, row -> row.getString(1), "show transaction_isolation")
                        .get(0);
                boolean stale = !level.equals("read committed") && flaw != Flaw.RETRIES_A_STALE_SNAPSHOT;
                boolean again = previous != null && flaw != Flaw.RETRIES_A_DEADLOCK_FOR_EVER;
                return stale || again ? verdict.atLeast(Verdict.RETRY_TRANSACTION) : verdict;
            } catch (SQLException failure) {
                cause.addSuppressed(failure);
                return verdict.atLeast(Verdict.RETRY_CONNECTION);
            }
        }
    }
}
