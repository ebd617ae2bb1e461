package dev.dbop.examples.hibernate;

import com.zaxxer.hikari.HikariDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.examples.support.Narrator;
import dev.dbop.examples.support.PostgresDeadlock;
import dev.dbop.examples.support.Servers;
import dev.dbop.examples.support.Task;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;

/** Makes the trouble that {@link Bank} survives; nothing to copy. */
public final class HibernateExample {
    private final TestDatabase database;
    private final FaultProxy proxy;
    private final Narrator narrator = new Narrator();
    private final Bank bank;

    private HibernateExample(TestDatabase database, FaultProxy proxy, SessionFactory factory) {
        this.database = database;
        this.proxy = proxy;
        this.bank = new Bank(DbopRunner.create().listeners(narrator), factory);
    }

    /**
     * Runs the example.
     *
     * @param arguments none
     * @throws SQLException if the database cannot be reached
     */
    public static void main(String[] arguments) throws SQLException {
        try (TestDatabase database = Servers.createDatabase(Database.POSTGRESQL);
                FaultProxy proxy = FaultProxy.to(database);
                HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(database.url(proxy.port()));
            try (SessionFactory factory = factory(pool)) {
                HibernateExample example = new HibernateExample(database, proxy, factory);
                example.deadlock();
                example.lockTimeoutInAStep();
                example.lostAnswer();
            }
        }
    }

    private static SessionFactory factory(HikariDataSource pool) {
        Configuration configuration = new Configuration().addAnnotatedClass(Account.class);
        configuration.getProperties().put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool);
        configuration.setProperty(AvailableSettings.HBM2DDL_AUTO, "create");
        SessionFactory factory = configuration.buildSessionFactory();
        factory.inTransaction(session -> {
            session.persist(new Account(1, 100));
            session.persist(new Account(2, 100));
            session.persist(new Account(Account.OF_THE_BANK, 0));
        });
        return factory;
    }

    private void deadlock() throws SQLException {
        System.out.println("a deadlock:");
        PostgresDeadlock.provoke(database, () -> Task.beside(() -> bank.transfer(1, 2, 10)));
        show();
    }

    /** The rival holds the bank's account until the step has failed once. */
    private void lockTimeoutInAStep() throws SQLException {
        System.out.println("an account that is not to be had, in a step:");
        try (TestSession rival = TestSession.open(database)) {
            rival.run("BEGIN", "UPDATE account SET balance = balance WHERE id = " + Account.OF_THE_BANK);
            narrator.afterFailureOf("fee", () -> rival.run("COMMIT"));
            bank.transfer(1, 2, 10);
        }
        show();
    }

    /** The connection is cut while the server answers. */
    private void lostAnswer() throws SQLException {
        System.out.println("a COMMIT whose answer is lost:");
        proxy.cutAfterForwarding(FaultProxy.commit());
        Account opened = bank.open(3);
        System.out.println("  account " + opened.id() + " is open, with " + opened.balance() + " on it");
        show();
    }

    private void show() throws SQLException {
        System.out.println("  balances " + database.query("SELECT id || ': ' || balance FROM account ORDER BY id"));
    }
}
