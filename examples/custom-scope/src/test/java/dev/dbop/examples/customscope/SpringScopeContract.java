package dev.dbop.examples.customscope;

import dev.dbop.AttemptScope;
import dev.dbop.testkit.AttemptScopeContract;
import dev.dbop.testkit.ScopeFeature;
import dev.dbop.testkit.TestDatabase;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** {@link SpringScope} under the contract; a subclass names the database. */
abstract class SpringScopeContract extends AttemptScopeContract<JdbcTemplate, RuntimeException> {
    private final TestDatabase database;

    SpringScopeContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    @Override
    protected AttemptScope<JdbcTemplate, RuntimeException> transaction(DataSource source) {
        return SpringScope.transaction(new TransactionTemplate(manager(source)), source);
    }

    JdbcTransactionManager manager(DataSource source) {
        return new JdbcTransactionManager(source);
    }

    @Override
    protected AttemptScope<JdbcTemplate, RuntimeException> savepoint(JdbcTemplate tx) {
        return SpringScope.savepoint(tx);
    }

    @Override
    protected JdbcTemplate openResource() throws Exception {
        return new JdbcTemplate(new SingleConnectionDataSource(database.connect(), true));
    }

    @Override
    protected void closeResource(JdbcTemplate own) {
        ((SingleConnectionDataSource) Objects.requireNonNull(own.getDataSource())).destroy();
    }

    @Override
    protected void execute(JdbcTemplate tx, String sql) {
        tx.execute(sql);
    }

    @Override
    protected List<String> query(JdbcTemplate tx, String sql) {
        return tx.queryForList(sql, String.class);
    }

    @Override
    protected Set<ScopeFeature> unsupported() {
        // The first two are the template's to say; limits are set by the savepoint in it, which undoes only a part.
        return Set.of(ScopeFeature.READ_ONLY, ScopeFeature.ISOLATION, ScopeFeature.GROWING_LOCK_TIMEOUT);
    }
}
