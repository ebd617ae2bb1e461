package dev.dbop.examples.customscope;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.ScopeFeature;
import dev.dbop.testkit.TestDatabase;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.springframework.jdbc.support.JdbcTransactionManager;

@RealDatabase(Database.SQLITE)
@Tag("one-jdk")
final class SqliteSpringScopeContractTest extends SpringScopeContract {
    SqliteSpringScopeContractTest(TestDatabase database) {
        super(database);
    }

    /** SQLite's transaction outlives a COMMIT that is refused; Spring would go on to commit it by setting autocommit. */
    @Override
    JdbcTransactionManager manager(DataSource source) {
        JdbcTransactionManager manager = super.manager(source);
        manager.setRollbackOnCommitFailure(true);
        return manager;
    }

    /** The driver's BEGIN takes no lock that could be waited for, and a savepoint waits no longer than the session does. */
    @Override
    protected Set<ScopeFeature> unsupported() {
        return Set.of(ScopeFeature.READ_ONLY, ScopeFeature.ISOLATION, ScopeFeature.LOCK_TIMEOUT);
    }
}
