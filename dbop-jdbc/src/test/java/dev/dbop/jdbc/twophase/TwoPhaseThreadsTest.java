package dev.dbop.jdbc.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.ClientDriver;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** One branch beside the first ends in the calling thread, each further one in a thread of its own that is used again. */
class TwoPhaseThreadsTest {
    private static final String UPDATE = "UPDATE acct SET v = v + 1 WHERE id = 1";
    private static final int CALLS = 50;

    private final List<TestDatabase> databases;
    private final List<HikariDataSource> pools = new ArrayList<>();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    TwoPhaseThreadsTest(@RealDatabase(Database.POSTGRESQL) TestDatabase first) throws SQLException {
        databases = List.of(
                first,
                first.server().createDatabase(ClientDriver.OWN),
                first.server().createDatabase(ClientDriver.OWN));
    }

    @BeforeEach
    void createTables() throws SQLException {
        for (TestDatabase db : databases) {
            db.execute(
                    "DROP TABLE IF EXISTS acct, dbop_decision",
                    "CREATE TABLE acct (id INT PRIMARY KEY, v INT NOT NULL)",
                    "INSERT INTO acct VALUES (1, 0)");
        }
        databases.get(0).execute(DecisionTable.named("dbop_decision").create(Database.POSTGRESQL));
    }

    @AfterEach
    void close() throws SQLException {
        pools.forEach(HikariDataSource::close);
        databases.get(1).close();
        databases.get(2).close();
    }

    @Test
    void theOnlyOtherBranchEndsInTheCallingThread() throws SQLException {
        TwoPhase twoPhase = over(2);
        for (int i = 0; i < CALLS; i++) {
            update(twoPhase, 2);
        }

        assertThat(threads).containsExactly(Thread.currentThread());
        assertCalls(CALLS);
    }

    @Test
    void aFurtherBranchEndsInAThreadThatIsUsedAgain() throws SQLException {
        TwoPhase twoPhase = over(3);
        for (int i = 0; i < CALLS; i++) {
            update(twoPhase, 3);
        }

        // A thread that has just answered may not be free yet when the next is asked for.
        assertThat(threads).contains(Thread.currentThread()).hasSizeBetween(2, CALLS / 2);
        assertThat(threads)
                .filteredOn(thread -> !thread.equals(Thread.currentThread()))
                .allMatch(Thread::isDaemon);
        assertCalls(CALLS);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsMayCall() throws Exception {
        TwoPhase twoPhase = over(3);
        ExecutorService each = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        List<Future<?>> calls = new ArrayList<>();
        try {
            for (int i = 0; i < CALLS; i++) {
                calls.add(each.submit(() -> {
                    update(twoPhase, 3);
                    return null;
                }));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        } finally {
            each.shutdown();
        }

        assertCalls(CALLS);
    }

    private void assertCalls(int calls) throws SQLException {
        for (TestDatabase db : databases.subList(0, pools.size())) {
            assertThat(db.number("SELECT v FROM acct")).isEqualTo(calls);
            assertThat(db.preparedTransactions()).isEmpty();
        }
    }

    private TwoPhase over(int branches) throws SQLException {
        TwoPhase.Builder builder = TwoPhase.builder().runner(DbopRunner.create().listeners());
        for (int i = 0; i < branches; i++) {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(databases.get(i).url());
            config.setMaximumPoolSize(2);
            HikariDataSource pool = new HikariDataSource(config);
            pools.add(pool);
            builder = builder.branch("db" + i, heard(pool));
        }
        return builder.build();
    }

    /** The data source, with note taken of the threads that ask its connections for a statement. */
    private DataSource heard(DataSource source) {
        return heard(DataSource.class, source);
    }

    private <T> T heard(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            if (method.getName().equals("createStatement")) {
                threads.add(Thread.currentThread());
            }
            try {
                Object result = method.invoke(target, args);
                return result instanceof Connection connection && type == DataSource.class
                        ? heard(Connection.class, connection)
                        : result;
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        }));
    }

    private static void update(TwoPhase twoPhase, int branches) throws SQLException {
        twoPhase.call(tx -> {
            int updated = 0;
            for (int i = 0; i < branches; i++) {
                try (Statement statement = tx.connection("db" + i).createStatement()) {
                    updated += statement.executeUpdate(UPDATE);
                }
            }
            return updated;
        });
    }
}
