package dev.dbop.jooq;

import dev.dbop.Classifier;
import dev.dbop.testkit.ClassifierContract;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** {@link JooqClassifier} under the contract; a subclass names the database. */
abstract class JooqClassifierContract extends ClassifierContract {
    private final TestDatabase database;

    JooqClassifierContract(TestDatabase database) {
        super(database);
        this.database = database;
    }

    @Override
    protected Classifier classifier() {
        return JooqClassifier.of(database.database());
    }

    @Override
    protected Client connect(@Nullable FaultProxy proxy) throws SQLException {
        return new JooqClient(Jooq.using(
                database,
                proxy == null ? database.connect() : database.dataSource(proxy).getConnection()));
    }

    private record JooqClient(DSLContext dsl) implements Client {
        @Override
        public void execute(String sql) {
            dsl.execute(sql);
        }

        @Override
        public List<String> query(String sql) {
            return Jooq.firstColumn(dsl, sql);
        }

        @Override
        public void close() {
            dsl.connection(Connection::close);
        }
    }
}
