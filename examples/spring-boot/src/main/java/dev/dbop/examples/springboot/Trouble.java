package dev.dbop.examples.springboot;

import dev.dbop.testkit.TestDatabase;
import dev.dbop.testkit.TestSession;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What happens to the service, and what its clients hear of it. */
final class Trouble {
    private static final int CROWD = 20;
    private static final String ROW_OF_2 = "UPDATE account SET balance = balance WHERE id = 2";
    private static final String KILL_WHO_WAITS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND wait_event_type = 'Lock'";

    private final TestDatabase database;
    private final Bank bank;
    private final Client client;

    Trouble(TestDatabase database, Bank bank, Client client) {
        this.database = database;
        this.bank = bank;
        this.client = client;
    }

    void make() throws Exception {
        crowd();
        killedSession();
        sameAgain();
        rowHeldForTooLong();
        metrics();
    }

    /** Half of them go one way, half the other: they meet in the middle. */
    private void crowd() {
        System.out.println(CROWD + " transfers at once, both ways between two accounts:");
        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, CROWD)
                .mapToObj(i -> client.send("crowd-" + i, 1 + i % 2, 2 - i % 2, 1 + i / 10))
                .toList();
        System.out.println("  answers "
                + sent.stream()
                        .map(CompletableFuture::join)
                        .collect(Collectors.groupingBy(HttpResponse::statusCode, Collectors.counting())));
        show();
    }

    private void killedSession() throws Exception {
        System.out.println("a session that is killed:");
        try (TestSession rival = TestSession.open(database)) {
            rival.run("BEGIN", ROW_OF_2);
            var transfer = client.send("killed", 1, 2, 5);
            killWhoWaits();
            rival.run("COMMIT");
            tell(transfer);
        }
        show();
    }

    /** In one statement: after 200 ms the transfer waits no longer, and whom one has seen waiting is idle. */
    private void killWhoWaits() throws SQLException {
        do {
            database.awaitBlocked();
        } while (database.query(KILL_WHO_WAITS).isEmpty());
    }

    private void sameAgain() {
        System.out.println("the same transfer again, as by a client who never got the answer:");
        tell(client.send("killed", 1, 2, 5));
        show();
    }

    private void rowHeldForTooLong() throws Exception {
        System.out.println("a row that somebody holds for longer than a call may take:");
        try (TestSession rival = TestSession.open(database)) {
            rival.run("BEGIN", ROW_OF_2);
            tell(client.send("late", 1, 2, 100));
            rival.run("COMMIT");
        }
        tell(client.send("late", 1, 2, 100));
        show();
    }

    private static void tell(CompletableFuture<HttpResponse<String>> answer) {
        HttpResponse<String> got = answer.join();
        Function<String, String> header = name -> got.headers().firstValue(name).orElse("none");
        System.out.println("  " + got.statusCode() + " " + header.apply("Content-Type") + ", Retry-After "
                + header.apply("Retry-After"));
        if (got.statusCode() != 200) {
            System.out.println("  " + got.body());
        }
    }

    private void show() {
        List<Integer> balances = bank.balances();
        int together = balances.stream().mapToInt(Integer::intValue).sum();
        System.out.println("  balances " + balances + ", together " + together);
    }

    private void metrics() throws Exception {
        System.out.println("from /actuator/prometheus:");
        client.metrics()
                .lines()
                .filter(line -> line.matches("dbop_\\w+_(total|count)\\{.*"))
                .sorted()
                .forEach(line -> System.out.println("  " + line));
    }
}
