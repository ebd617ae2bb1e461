package dev.dbop.hibernate.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbop.DbopRunner;
import dev.dbop.RetryPolicy;
import dev.dbop.Verdict;
import dev.dbop.hibernate.Factories;
import dev.dbop.hibernate.HibernateScope;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Entities in the branches of a two-phase commit, on two servers. */
class BranchesTest {
    private static final DecisionTable DECISIONS = DecisionTable.named("dbop_decision");

    private static final Map<String, Object> NO_CACHE = Map.of("hibernate.cache.use_second_level_cache", false);

    private final TestDatabase accounts;
    private final TestDatabase ledger;
    private final SessionFactory accountsFactory;
    private final SessionFactory ledgerFactory;
    private final DbopRunner runner = DbopRunner.create()
            .named("branches")
            .policy(RetryPolicy.builder().initialDelay(Duration.ofMillis(1)).build())
            .listeners();

    BranchesTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase accounts,
            @RealDatabase(Database.MARIADB) TestDatabase ledger) {
        this.accounts = accounts;
        this.ledger = ledger;
        this.accountsFactory = Factories.over(accounts.dataSource(), Database.POSTGRESQL, NO_CACHE, Project.class);
        this.ledgerFactory = Factories.over(ledger.dataSource(), Database.MARIADB, NO_CACHE, Project.class);
    }

    @BeforeEach
    void createTables() throws SQLException {
        for (TestDatabase db : List.of(accounts, ledger)) {
            db.execute(
                    "DROP TABLE IF EXISTS Project_tasks",
                    "DROP TABLE IF EXISTS Project",
                    "CREATE TABLE Project (id INT PRIMARY KEY, version INT NOT NULL, name VARCHAR(40) NOT NULL)",
                    "CREATE TABLE Project_tasks (Project_id INT NOT NULL, tasks VARCHAR(40))",
                    "INSERT INTO Project VALUES (1, 0, 'one')");
        }
        accounts.execute("DROP TABLE IF EXISTS dbop_decision", DECISIONS.create(accounts.database()));
    }

    @AfterEach
    void closeFactories() {
        accountsFactory.close();
        ledgerFactory.close();
    }

    private TwoPhase twoPhase() throws SQLException {
        return TwoPhase.builder()
                .runner(runner)
                .branch("accounts", accounts.dataSource())
                .branch("ledger", ledger.dataSource())
                .build();
    }

    private static List<String> projects(TestDatabase db) throws SQLException {
        return db.query("SELECT name FROM Project ORDER BY id");
    }

    @Test
    void areCommittedTogether() throws SQLException {
        AtomicInteger steps = new AtomicInteger();
        DbopRunner patient = runner.classifier(
                (failure, phase) -> failure instanceof IllegalStateException ? Verdict.RETRY_SAVEPOINT : null);
        twoPhase().call(tx -> {
            runner.run(HibernateScope.savepoint(accountsFactory, tx.connection("accounts")), session -> {
                Objects.requireNonNull(session.find(Project.class, 1)).rename("paid");
            });
            patient.run(HibernateScope.savepoint(ledgerFactory, tx.connection("ledger")), session -> {
                session.persist(new Project(10 + steps.get(), "entry"));
                if (steps.incrementAndGet() == 1) {
                    session.flush();
                    throw new IllegalStateException("once more");
                }
            });
            return true;
        });

        assertThat(steps).hasValue(2);
        assertThat(projects(accounts)).containsExactly("paid");
        assertThat(ledger.query("SELECT id FROM Project ORDER BY id")).containsExactly("1", "11");
    }

    @Test
    void areUndoneTogether() throws SQLException {
        TwoPhase twoPhase = twoPhase();
        assertThatThrownBy(() -> twoPhase.call(tx -> {
                    runner.run(HibernateScope.savepoint(accountsFactory, tx.connection("accounts")), session -> {
                        Objects.requireNonNull(session.find(Project.class, 1)).rename("paid");
                    });
                    runner.run(HibernateScope.savepoint(ledgerFactory, tx.connection("ledger")), session -> {
                        session.persist(new Project(1, "exists"));
                    });
                    return true;
                }))
                .hasMessageContaining("Duplicate entry");

        assertThat(projects(accounts)).containsExactly("one");
        assertThat(projects(ledger)).containsExactly("one");
    }

    @Test
    void areRefusedWhereACacheWouldNotLearnOfTheEnd() throws SQLException {
        try (SessionFactory cached = Factories.over(
                        accounts.dataSource(),
                        Database.POSTGRESQL,
                        Map.of(
                                "hibernate.cache.region.factory_class",
                                MapRegionFactory.class.getName(),
                                "hibernate.cache.use_second_level_cache",
                                true),
                        Project.class);
                Connection connection = accounts.connect()) {
            assertThatThrownBy(() -> HibernateScope.savepoint(cached, connection))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("second-level cache");
        }
    }
}
