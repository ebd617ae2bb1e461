package dev.dbop.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.AttemptScope;
import dev.dbop.CommitStatus;
import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.RunEvent;
import dev.dbop.jdbc.JdbcCommitProbe;
import dev.dbop.sql.TokenTable;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A COMMIT without an answer: the entity is persisted exactly once, and the call returns the operation's own result. */
abstract class HibernateCommitProbesTest {
    static final TokenTable TOKENS = TokenTable.named("dbop_token");

    private static final Predicate<byte[]> COMMIT = FaultProxy.commit();

    /** A row that says which attempt it is of. */
    @Entity(name = "Done")
    @Table(name = "done")
    static class Done {
        @Id
        int attempt;

        Done() {}

        Done(int attempt) {
            this.attempt = attempt;
        }
    }

    private final TestDatabase db;
    private final JdbcCommitProbe probe;
    private final List<CommitStatus> found = new CopyOnWriteArrayList<>();
    private final DbopRunner runner = DbopRunner.create()
            .named("probed")
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(20)).build())
            .listeners(event -> {
                if (event instanceof RunEvent.Probed probed) {
                    found.add(probed.status());
                }
            });
    private final FaultProxy proxy;
    private final HikariDataSource pool;
    private final SessionFactory factory;
    private final AtomicInteger attempts = new AtomicInteger();

    HibernateCommitProbesTest(TestDatabase db, JdbcCommitProbe probe) {
        this.db = db;
        this.probe = probe;
        this.proxy = FaultProxy.to(db);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(db.url(proxy.port()));
        config.setMaximumPoolSize(2);
        this.pool = new HikariDataSource(config);
        this.factory = Factories.over(pool, db.database(), Done.class);
    }

    @BeforeEach
    void createTables() throws SQLException {
        db.execute(
                "DROP TABLE IF EXISTS dbop_token",
                TOKENS.create(db.database()),
                "DROP TABLE IF EXISTS done",
                "CREATE TABLE done (attempt INT PRIMARY KEY)");
    }

    @AfterEach
    void close() throws SQLException {
        factory.close();
        pool.close();
        proxy.close();
        assertThat(db.preparedTransactions()).isEmpty();
    }

    /** Persists the number of the attempt and returns it; the first attempt is in trouble when it commits. */
    private <S> int persist(
            AttemptScope<S, PersistenceException> scope, BiConsumer<S, Done> persisting, Runnable trouble) {
        return runner.call(scope, session -> {
            int attempt = attempts.incrementAndGet();
            persisting.accept(session, new Done(attempt));
            if (attempt == 1) {
                trouble.run();
            }
            return attempt;
        });
    }

    private int persist(Runnable trouble) {
        return persist(HibernateScope.transaction(factory, probe), Session::persist, trouble);
    }

    private int insert(Runnable trouble) {
        return persist(HibernateScope.stateless(factory, probe), StatelessSession::insert, trouble);
    }

    private void assertDone(CommitStatus status, int attempt) throws SQLException {
        assertThat(found).last().isEqualTo(status);
        assertThat(db.query("SELECT attempt FROM done")).containsExactly(Integer.toString(attempt));
    }

    @Test
    void aCommitThatWasExecutedReturnsTheOperationsOwnResult() throws SQLException {
        assertThat(persist(() -> proxy.cutAfterForwarding(COMMIT))).isEqualTo(1);
        assertDone(CommitStatus.COMMITTED, 1);
    }

    @Test
    void aCommitThatNeverArrivedIsRunAgain() throws SQLException {
        assertThat(persist(() -> proxy.cutBeforeForwarding(COMMIT))).isEqualTo(2);
        assertDone(CommitStatus.ABORTED, 2);
    }

    @Test
    void aCommitOfAStatelessSessionThatWasExecutedReturnsTheOperationsOwnResult() throws SQLException {
        assertThat(insert(() -> proxy.cutAfterForwarding(COMMIT))).isEqualTo(1);
        assertDone(CommitStatus.COMMITTED, 1);
    }

    @Test
    void aCommitOfAStatelessSessionThatNeverArrivedIsRunAgain() throws SQLException {
        assertThat(insert(() -> proxy.cutBeforeForwarding(COMMIT))).isEqualTo(2);
        assertDone(CommitStatus.ABORTED, 2);
    }

    @Test
    void aCommitThatIsAnsweredIsNotAskedAbout() throws SQLException {
        assertThat(persist(() -> {})).isEqualTo(1);
        assertThat(found).isEmpty();
        assertThat(db.query("SELECT attempt FROM done")).containsExactly("1");
    }

    @Test
    void everyCommitThatIsCutSomewhereEndsDoneOnce() throws SQLException {
        AtomicInteger key = new AtomicInteger();
        for (int call = 0; call < 10; call++) {
            boolean arrives = call % 2 == 0;
            boolean[] first = {true};
            runner.run(HibernateScope.transaction(factory, probe), session -> {
                session.persist(new Done(key.incrementAndGet()));
                if (first[0]) {
                    first[0] = false;
                    if (arrives) {
                        proxy.orphan(COMMIT);
                    } else {
                        proxy.cutBeforeForwarding(COMMIT);
                    }
                }
            });
        }
        assertThat(db.number("SELECT count(*) FROM done")).isEqualTo(10);
    }
}
