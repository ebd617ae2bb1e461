package dev.dbop.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.AttemptScope;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.testkit.AttemptScopeContract;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.Test;

/** {@link JooqScope} under the contract; a subclass names the database. */
abstract class JooqAttemptScopeContract extends AttemptScopeContract<DSLContext, DataAccessException> {
    private final TestDatabase database;

    JooqAttemptScopeContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    @Override
    protected AttemptScope<DSLContext, DataAccessException> transaction(DataSource source) {
        return JooqScope.transaction(Jooq.using(database, source));
    }

    @Override
    protected AttemptScope<DSLContext, DataAccessException> autocommit(DataSource source) {
        return JooqScope.autocommit(Jooq.using(database, source));
    }

    @Override
    protected DSLContext openResource() throws SQLException {
        return Jooq.using(database, database.connect());
    }

    @Override
    protected void closeResource(DSLContext dsl) {
        dsl.connection(Connection::close);
    }

    @Override
    protected AttemptScope<DSLContext, DataAccessException> transactionOn(DSLContext dsl) {
        return JooqScope.transaction(dsl);
    }

    @Override
    protected AttemptScope<DSLContext, DataAccessException> savepoint(DSLContext dsl) {
        return JooqScope.savepoint(dsl);
    }

    @Override
    protected AttemptScope<DSLContext, DataAccessException> join(DSLContext dsl) {
        return JooqScope.join(dsl);
    }

    @Override
    protected AttemptScope<DSLContext, DataAccessException> autocommitOn(DSLContext dsl) {
        return JooqScope.autocommit(dsl);
    }

    @Override
    protected void execute(DSLContext dsl, String sql) {
        dsl.execute(sql);
    }

    @Override
    protected List<String> query(DSLContext dsl, String sql) {
        return Jooq.firstColumn(dsl, sql);
    }

    @Test
    void namesValueRuleAndRemedyWhenItRefuses() throws SQLException {
        try (Connection connection = database.connect()) {
            DSLContext dsl = Jooq.using(database, connection);
            assertThatThrownBy(() -> DbopRunner.create().listeners().run(JooqScope.savepoint(dsl), inside -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching("[^:;]+: [^:;]+; [^:;]+");
        }
    }

    @Test
    void throwsTheFailureThatTheOperationSwallowed() throws SQLException {
        try (Connection connection = database.connect()) {
            List<Throwable> swallowed = new ArrayList<>();
            DbopRunner once = DbopRunner.create().listeners().policy(RetryPolicy.noRetries());
            DSLContext dsl = Jooq.using(database, connection);
            assertThatThrownBy(() -> once.run(JooqScope.transaction(dsl), inside -> {
                        try {
                            inside.execute(losesTheTransaction());
                        } catch (DataAccessException loss) {
                            swallowed.add(loss.getCause());
                        }
                    }))
                    .isInstanceOf(DataAccessException.class)
                    .satisfies(thrown -> assertThat(causesOf(thrown)).containsAnyElementsOf(swallowed));
        }
    }

    private static List<Throwable> causesOf(Throwable thrown) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable at = thrown.getCause(); at != null; at = at.getCause()) {
            causes.add(at);
        }
        return causes;
    }

    private String losesTheTransaction() {
        return switch (database.database().family()) {
            case POSTGRESQL -> "insert into counter values (1, 0)";
            case MYSQL -> "signal sqlstate '40001' set mysql_errno = 1213, message_text = 'as if in a deadlock'";
            case SQLITE -> "insert or rollback into counter values (1, 0)";
        };
    }
}
