package dev.dbop.examples.twophase;

import dev.dbop.jdbc.InDoubt;
import dev.dbop.jdbc.Recovery;
import dev.dbop.jdbc.RecoveryReport;
import dev.dbop.sql.Database;
import dev.dbop.testkit.Driver;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestServer;
import dev.dbop.testkit.TestServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Kills a process that moves money between PostgreSQL and MariaDB until it leaves something half done, shows what is in
 * doubt, and lets recovery finish it.
 */
public final class TwoPhaseExample {
    private static final int MOST_KILLS = 20;
    private static final long MOVING_MILLIS = 700;

    private TwoPhaseExample() {}

    /**
     * Runs the example.
     *
     * @param arguments none
     * @throws Exception if a server cannot be started
     */
    public static void main(String[] arguments) throws Exception {
        System.out.println("starting PostgreSQL and MariaDB ...");
        try (TestServer postgres = TestServers.start(Database.POSTGRESQL);
                TestServer maria = TestServers.start(Database.MARIADB);
                TestDatabase accounts = postgres.createDatabase(Driver.OWN);
                TestDatabase ledger = maria.createDatabase(Driver.OWN);
                Bank bank = new Bank(accounts.url(), ledger.url())) {
            bank.open();
            show("before", bank);
            Recovery recovery = bank.twoPhase().recovery();
            List<InDoubt> doubts = killUntilSomethingIsInDoubt(accounts.url(), ledger.url(), recovery);
            show("after the kill", bank);
            System.out.println("in doubt:");
            doubts.forEach(doubt -> System.out.println("  " + doubt.group() + " prepared in " + doubt.branches()));

            RecoveryReport report = recovery.recover();
            report.groups().forEach(group -> System.out.println("recovery: " + group));
            while (!recovery.status().isEmpty()) {
                recovery.recover();
            }
            show("after recovery", bank);
        }
        System.exit(0);
    }

    private static List<InDoubt> killUntilSomethingIsInDoubt(String accounts, String ledger, Recovery recovery)
            throws IOException, InterruptedException {
        for (int kill = 1; kill <= MOST_KILLS; kill++) {
            Process teller = start(accounts, ledger);
            awaitMoving(teller);
            boolean ended = teller.waitFor(MOVING_MILLIS, TimeUnit.MILLISECONDS);
            teller.destroyForcibly().waitFor();
            System.out.println("kill -9 of the teller, number " + kill + (ended ? " (it had ended by itself)" : ""));
            List<InDoubt> doubts = recovery.status();
            if (!doubts.isEmpty()) {
                return doubts;
            }
        }
        System.out.println("nothing was left half done; run it again");
        return List.of();
    }

    private static Process start(String accounts, String ledger) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(
                        java.toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        Teller.class.getName(),
                        accounts,
                        ledger)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void awaitMoving(Process teller) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(teller.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.equals("moving")) {
            line = output.readLine();
        }
    }

    private static void show(String when, Bank bank) throws SQLException {
        int[] sums = bank.sums();
        int expected = 2 * Bank.ACCOUNTS * Bank.BALANCE;
        int together = sums[0] + sums[1];
        System.out.printf(
                "%s: accounts %d + ledger %d = %d%s%n",
                when,
                sums[0],
                sums[1],
                together,
                together == expected ? "" : " (" + (expected - together) + " on the way)");
    }
}
