package dev.dbop.examples.postgres;

import dev.dbop.DbopRunner;
import dev.dbop.examples.support.Narrator;
import dev.dbop.examples.support.PostgresDeadlock;
import dev.dbop.examples.support.Servers;
import dev.dbop.examples.support.Task;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** Makes the trouble that {@link Payments} survives; nothing to copy. */
public final class PostgresExample {
    private final TestDatabase database;
    private final FaultProxy proxy;
    private final Narrator narrator = new Narrator();
    private final Payments payments;

    private PostgresExample(TestDatabase database, FaultProxy proxy) {
        this.database = database;
        this.proxy = proxy;
        this.payments = new Payments(DbopRunner.create().listeners(narrator), database.dataSource(proxy));
    }

    /**
     * Runs the example.
     *
     * @param arguments none
     * @throws SQLException if the database cannot be reached
     */
    public static void main(String[] arguments) throws SQLException {
        try (TestDatabase database = Servers.createDatabase(Database.POSTGRESQL);
                FaultProxy proxy = FaultProxy.to(database)) {
            database.execute(
                    "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)",
                    "INSERT INTO account VALUES (1, 100), (2, 100)",
                    "CREATE TABLE turnover (paid int NOT NULL)",
                    "INSERT INTO turnover VALUES (0)");
            PostgresExample example = new PostgresExample(database, proxy);
            example.deadlock();
            example.lockTimeoutInAStep();
            example.lostAnswer();
            example.writeSkew();
        }
    }

    private void deadlock() throws SQLException {
        System.out.println("a deadlock:");
        PostgresDeadlock.provoke(database, () -> Task.beside(() -> payments.pay(1, 2, 10)));
        show();
    }

    /** The rival holds the row that everybody wants until the step has failed once. */
    private void lockTimeoutInAStep() throws SQLException {
        System.out.println("a row that is not to be had, in a step:");
        try (TestSession rival = TestSession.open(database)) {
            rival.run("BEGIN", "UPDATE turnover SET paid = paid");
            narrator.afterFailureOf("count", () -> rival.run("COMMIT"));
            payments.pay(1, 2, 10);
        }
        show();
    }

    /** The connection is cut while the server answers. */
    private void lostAnswer() throws SQLException {
        System.out.println("a COMMIT whose answer is lost:");
        proxy.cutAfterForwarding(FaultProxy.commit());
        payments.pay(1, 2, 10);
        show();
    }

    /** The rival withdraws from the other account after ours has looked, and before it has withdrawn. */
    private void writeSkew() throws SQLException {
        System.out.println("two who withdraw 150 each, when 200 are left:");
        PlannedFault withdrawal = proxy.holdBack(FaultProxy.containing("UPDATE account"));
        CompletableFuture<Void> ours = Task.beside(() -> payments.withdraw(1, 150));
        withdrawal.await();
        try (TestSession rival = TestSession.open(database)) {
            rival.run(
                    "BEGIN ISOLATION LEVEL SERIALIZABLE",
                    "SELECT sum(balance) FROM account",
                    "UPDATE account SET balance = balance - 150 WHERE id = 2",
                    "COMMIT");
        }
        withdrawal.release();
        ours.handle((done, refused) -> refused != null).join();
        show();
    }

    private void show() throws SQLException {
        System.out.println("  balances " + database.query("SELECT balance FROM account ORDER BY id") + ", turnover "
                + database.number("SELECT paid FROM turnover"));
    }
}
