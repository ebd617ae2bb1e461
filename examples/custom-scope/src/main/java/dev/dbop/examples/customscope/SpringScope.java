package dev.dbop.examples.customscope;

import dev.dbop.Attempt;
import dev.dbop.AttemptContext;
import dev.dbop.AttemptScope;
import dev.dbop.LayeredAttempt;
import dev.dbop.LayeredScope;
import dev.dbop.jdbc.ConnectionSource;
import dev.dbop.jdbc.JdbcScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Attempts in Spring's transactions, so that whatever takes part in those takes part in an attempt: {@code JdbcTemplate},
 * JPA, {@code @Transactional} methods. The operation gets a {@link JdbcTemplate} of its own besides, dead when the attempt
 * has ended. What is thrown is unchecked, and Spring's.
 */
public final class SpringScope extends LayeredScope<Connection, JdbcTemplate, RuntimeException> {
    private SpringScope(AttemptScope<Connection, SQLException> below) {
        super(below);
    }

    /**
     * Returns the scope whose attempts are transactions, on connections of their own.
     *
     * @param template says how its manager begins them: isolation level, read-only
     * @param source the data source whose connections the manager manages
     * @return a scope for calls that are made outside of any transaction of Spring's; elsewhere it refuses
     */
    public static SpringScope transaction(TransactionTemplate template, DataSource source) {
        return new SpringScope(new SpringTransactions(template, savepoints(source)));
    }

    /**
     * Returns the scope whose attempts are savepoints in the transaction that Spring has open on the calling thread: a step
     * of a {@code @Transactional} method.
     *
     * @param source the data source whose connections the transaction manager manages
     * @return a scope that refuses where no transaction is open
     */
    public static SpringScope savepoint(DataSource source) {
        return new SpringScope(savepoints(source));
    }

    /**
     * Returns the scope whose attempts are savepoints in another attempt.
     *
     * @param tx what the other attempt's operation was handed
     * @return a scope that keeps to the other attempt's time
     */
    public static SpringScope savepoint(JdbcTemplate tx) {
        return savepoint(Objects.requireNonNull(tx.getDataSource(), "the template's data source"));
    }

    private static AttemptScope<Connection, SQLException> savepoints(DataSource source) {
        return JdbcScope.savepoint(new BoundToThread(source));
    }

    @Override
    protected LayeredAttempt<Connection, JdbcTemplate, RuntimeException> layer(
            Attempt<Connection, ?> attempt, AttemptContext context) {
        var own = new SingleConnectionDataSource(attempt.resource(), true);
        return new LayeredAttempt<>(this, attempt, new JdbcTemplate(own));
    }

    @Override
    protected RuntimeException translate(Exception failure) {
        String task = "begin or end of an attempt";
        if (!(failure instanceof SQLException thrown)) {
            return new IllegalStateException(task, failure);
        }
        DataAccessException known = new SQLExceptionSubclassTranslator().translate(task, null, thrown);
        return known == null ? new UncategorizedSQLException(task, null, thrown) : known;
    }

    /** The connection that Spring has bound to the thread, if it has. */
    private record BoundToThread(DataSource source) implements ConnectionSource {
        @Override
        public Connection acquire() throws SQLException {
            return DataSourceUtils.doGetConnection(source);
        }

        @Override
        public void release(Connection connection) throws SQLException {
            DataSourceUtils.doReleaseConnection(connection, source);
        }

        @Override
        public Object identity() {
            return source;
        }
    }
}
