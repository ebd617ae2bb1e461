package dev.dbop.examples.twophase;

import dev.dbop.examples.support.Servers;
import dev.dbop.jdbc.InDoubt;
import dev.dbop.jdbc.Recovery;
import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.twophase.GroupReport;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** Kills the process that runs {@link MoveMoney}, at the two moments that matter; nothing to copy. */
public final class TwoPhaseExample {
    private final TestDatabase accounts;
    private final TestDatabase ledger;
    private final Recovery recovery;

    private TwoPhaseExample(TestDatabase accounts, TestDatabase ledger) throws SQLException {
        this.accounts = accounts;
        this.ledger = ledger;
        this.recovery = new MoveMoney(accounts.dataSource(), ledger.dataSource()).recovery();
    }

    /**
     * Runs the example.
     *
     * @param arguments none
     * @throws Exception if a server cannot be reached, or no process started
     */
    public static void main(String[] arguments) throws Exception {
        try (TestDatabase accounts = Servers.createDatabase(Database.POSTGRESQL);
                TestDatabase ledger = Servers.createDatabase(Database.MARIADB)) {
            MoveMoney.install(accounts.dataSource());
            for (TestDatabase database : List.of(accounts, ledger)) {
                database.execute("CREATE TABLE account (balance INT NOT NULL)", "INSERT INTO account VALUES (1000)");
            }
            TwoPhaseExample example = new TwoPhaseExample(accounts, ledger);
            example.show("at first");
            System.out.println("killed when the ledger is prepared, and PostgreSQL has not committed:");
            example.killAndRecover(accounts, "COMMIT");
            System.out.println("killed when PostgreSQL has committed, and the ledger is only prepared:");
            example.killAndRecover(ledger, "XA COMMIT");
        }
    }

    /** Holds a message of the mover's back, and kills the mover while it waits for the answer. */
    private void killAndRecover(TestDatabase before, String message) throws Exception {
        try (FaultProxy accountsProxy = FaultProxy.to(accounts);
                FaultProxy ledgerProxy = FaultProxy.to(ledger)) {
            FaultProxy proxy = before.equals(accounts) ? accountsProxy : ledgerProxy;
            PlannedFault held = proxy.holdBack(FaultProxy.containing(message));
            Process mover = start(accounts.url(accountsProxy.port()), ledger.url(ledgerProxy.port()));
            held.await();
            mover.destroyForcibly().waitFor();
            accountsProxy.cutAll();
            ledgerProxy.cutAll();
        }
        for (InDoubt doubt : recovery.status()) {
            System.out.println("  in doubt: a transaction prepared in " + doubt.branches());
        }
        show("after the kill");
        recover();
        show("after recovery");
    }

    private static Process start(String accounts, String ledger) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder mover =
                new ProcessBuilder(java, "-classpath", System.getProperty("java.class.path"), Mover.class.getName());
        mover.environment().put(Mover.ACCOUNTS, accounts);
        mover.environment().put(Mover.LEDGER, ledger);
        return mover.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** More than once if need be: a server notices a moment later that the process is gone. */
    private void recover() {
        while (!recovery.status().isEmpty()) {
            for (GroupReport group : recovery.recover().groups()) {
                if (group instanceof GroupReport.Committed) {
                    System.out.println("  recovery has committed it");
                } else if (group instanceof GroupReport.RolledBack) {
                    System.out.println("  recovery has rolled it back");
                }
            }
        }
    }

    private void show(String when) throws SQLException {
        long left = accounts.number("SELECT balance FROM account");
        long right = ledger.number("SELECT balance FROM account");
        System.out.printf("  %s: accounts %d, ledger %d, together %d%n", when, left, right, left + right);
    }
}
