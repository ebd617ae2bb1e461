package dev.dbop.benchmarks.peers;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.SerializableTransactionRunner;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Everybody who can run transactions again: those of {@link Peers} around one made by hand, and those with one of their own. */
public final class Transactions {
    /** Spring's retry around Spring's transaction. */
    public static final String SPRING = "spring-core+tx";
    /** Jdbi's transaction runner. */
    public static final String JDBI = "jdbi";

    private Transactions() {}

    /**
     * Returns who there is.
     *
     * @return the names, in the order of tables
     */
    public static List<String> names() {
        List<String> names = new ArrayList<>(Peers.NAMES);
        names.remove("spring-core");
        names.add(SPRING);
        names.add(JDBI);
        return names;
    }

    /**
     * Wraps work into a transaction and retries; not dbop, which its settings make.
     *
     * @param <T> the result
     * @param name one of {@link #names}, but for dbop
     * @param source gives a connection for each attempt
     * @param policy what to do
     * @param work done in each attempt
     * @return called often
     */
    public static <T> Callable<T> decorate(String name, DataSource source, Policy policy, SqlWork<T> work) {
        return switch (name) {
            case SPRING -> spring(source, policy, work);
            case JDBI -> jdbi(source, policy, work);
            default -> Peers.of(name, policy).decorate(() -> byHand(source, work));
        };
    }

    /**
     * Runs a transaction as one writes it.
     *
     * @param <T> the result
     * @param source gives the connection
     * @param work done in the transaction
     * @return what the work returned
     * @throws SQLException if the database fails
     */
    public static <T> T byHand(DataSource source, SqlWork<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    private static <T> Callable<T> spring(DataSource source, Policy policy, SqlWork<T> work) {
        TransactionTemplate template = new TransactionTemplate(new JdbcTransactionManager(source));
        return Peers.of("spring-core", policy).decorate(() -> template.<T>execute(status -> inSpring(source, work)));
    }

    private static <T> T inSpring(DataSource source, SqlWork<T> work) {
        try {
            return work.run(DataSourceUtils.getConnection(source));
        } catch (SQLException failure) {
            throw new UncheckedSqlException(failure);
        }
    }

    /** Spring rolls back what fails with an unchecked exception. */
    static final class UncheckedSqlException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UncheckedSqlException(SQLException cause) {
            super(null, cause, false, false);
        }
    }

    /** Retries what has one SQLSTATE only, so the work's failures are translated; waits where it lets somebody know. */
    private static <T> Callable<T> jdbi(DataSource source, Policy policy, SqlWork<T> work) {
        Jdbi jdbi = Jdbi.create(source);
        jdbi.setTransactionHandler(new SerializableTransactionRunner());
        jdbi.getConfig(SerializableTransactionRunner.Configuration.class)
                .setMaxRetries(policy.attempts() - 1)
                .setOnFailure(failures -> waitAfter(failures.size(), policy));
        return () -> jdbi.inTransaction(handle -> {
            try {
                return work.run(handle.getConnection());
            } catch (SQLException failure) {
                throw policy.again().test(failure) ? new SQLException("again", "40001", failure) : failure;
            }
        });
    }

    private static void waitAfter(int failures, Policy policy) {
        try {
            policy.pace().sleepBefore(failures);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
