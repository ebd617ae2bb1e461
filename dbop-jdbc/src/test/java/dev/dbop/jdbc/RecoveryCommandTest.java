package dev.dbop.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dbop.DbopRunner;
import dev.dbop.sql.Database;
import dev.dbop.sql.DecisionTable;
import dev.dbop.testkit.Credentials;
import dev.dbop.testkit.FaultProxy;
import dev.dbop.testkit.PlannedFault;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import dev.dbop.twophase.TwoPhaseResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator runs from cron. */
class RecoveryCommandTest {
    private static final Predicate<byte[]> XA_COMMIT = FaultProxy.containing("xa commit");

    private final TestDatabase first;
    private final TestDatabase second;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder = Path.of("");

    RecoveryCommandTest(
            @RealDatabase(Database.POSTGRESQL) TestDatabase first,
            @RealDatabase(Database.MARIADB) TestDatabase second) {
        this.first = first;
        this.second = second;
    }

    @BeforeEach
    void createTables() throws SQLException {
        first.execute(
                "DROP TABLE IF EXISTS dbop_decision",
                DecisionTable.named("dbop_decision").create(Database.POSTGRESQL));
        second.execute("DROP TABLE IF EXISTS acct", "CREATE TABLE acct (id INT PRIMARY KEY)");
    }

    private Path file(String... lines) throws IOException {
        Credentials firstLogin = first.login();
        Credentials secondLogin = second.login();
        String common = String.join(
                "\n",
                "branches = first, second",
                "first.url = " + first.url(),
                "first.user = " + firstLogin.user(),
                "second.url = " + second.url(),
                "second.user = " + secondLogin.user(),
                "second.password = " + secondLogin.password());
        return Files.writeString(folder.resolve("recovery.properties"), common + "\n" + String.join("\n", lines));
    }

    private int run(String... arguments) {
        Map<String, String> environment = Map.of("FIRST_PASSWORD", first.login().password());
        out.reset();
        err.reset();
        return RecoveryCommand.run(
                List.of(arguments),
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private void leaveABranch(Consumer<FaultProxy> trouble) throws SQLException {
        try (FaultProxy proxy = FaultProxy.to(second)) {
            TwoPhase twoPhase = TwoPhase.builder()
                    .runner(DbopRunner.create().listeners())
                    .branch("first", first.dataSource())
                    .branch("second", second.dataSource(proxy))
                    .build();
            TwoPhaseResult<Integer> result = twoPhase.call(tx -> {
                try (Statement statement = tx.connection("second").createStatement()) {
                    statement.executeUpdate("INSERT INTO acct VALUES (1)");
                }
                trouble.accept(proxy);
                return 1;
            });
            assertThat(result.pending()).containsExactly("second");
        }
    }

    /** MariaDB lets nobody finish the branch before the session that prepared it has gone. */
    private void awaitEndOfSessions() {
        await().atMost(Duration.ofSeconds(20)).until(() -> second.sessions().isEmpty());
    }

    @Test
    void listsWhatIsInDoubtAndFinishesIt() throws Exception {
        leaveABranch(proxy -> {
            proxy.cutBeforeForwarding(XA_COMMIT);
            proxy.refuseNewConnections();
        });
        awaitEndOfSessions();
        String file = file().toString();

        assertThat(run("--status", file)).isEqualTo(1);
        assertThat(out()).contains("prepared in [second]", "1 in doubt");

        assertThat(run(file)).isZero();
        assertThat(out()).contains(" committed\n", "1 groups found, 0 decision rows deleted");
        assertThat(second.number("SELECT count(*) FROM acct")).isEqualTo(1);

        assertThat(run("--status", file)).isZero();
        assertThat(out()).isEqualTo("0 in doubt\n");
    }

    @Test
    void leavesABranchThatASessionHoldsToALaterRun() throws Exception {
        String file = file().toString();
        List<CompletableFuture<Integer>> early = new ArrayList<>();
        leaveABranch(proxy -> {
            PlannedFault held = proxy.holdBack(XA_COMMIT);
            early.add(CompletableFuture.supplyAsync(() -> {
                try {
                    held.await();
                    return run(file);
                } finally {
                    proxy.refuseNewConnections();
                    proxy.cutAll();
                    held.release();
                }
            }));
        });
        assertThat(early.get(0).join()).isEqualTo(1);
        assertThat(out()).contains(" left to a later run: BRANCH_UNFINISHED\n", "; something is left to a later run");

        awaitEndOfSessions();
        assertThat(run(file)).isZero();
        assertThat(out()).contains(" committed\n", "1 groups found");
        assertThat(second.number("SELECT count(*) FROM acct")).isEqualTo(1);
    }

    @Test
    void saysWhatIsWrongWithItsFile() throws Exception {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("usage: ");

        assertThat(run(folder.resolve("nowhere").toString())).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("nowhere: no such file");

        assertThat(run(file("first.pasword = secret").toString())).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("first.pasword is not a setting: must be one of", "first.password")
                .doesNotContain("secret");

        assertThat(run(file("prefix = Not").toString())).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("prefix is 'Not'");
    }
}
