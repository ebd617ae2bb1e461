package dev.dbop.jdbc.twophase;

import com.zaxxer.hikari.util.DriverDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.jdbc.TwoPhaseResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Properties;

/** Moves money in one transaction over several databases, in a JVM of its own that is there to be killed. */
final class TransferMain {
    /** Between the URLs in the first line of its input. */
    static final String SEPARATOR = "\t";

    static final String UP = "up";
    static final String BUILT = "built";
    static final String RETURNED = "returned";

    private TransferMain() {}

    public static void main(String[] args) throws IOException, SQLException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        say(UP);
        String[] urls = Objects.requireNonNull(orders.readLine(), "the URLs").split(SEPARATOR, -1);
        TwoPhase.Builder builder = TwoPhase.builder().runner(DbopRunner.create().listeners());
        for (int i = 0; i < urls.length; i++) {
            builder.branch(name(i), new DriverDataSource(urls[i], null, new Properties(), null, null));
        }
        TwoPhase twoPhase = builder.build();
        say(BUILT);
        Objects.requireNonNull(orders.readLine(), "the order to begin");
        TwoPhaseResult<Integer> result = twoPhase.call(tx -> {
            for (int i = 0; i < urls.length; i++) {
                add(tx.connection(name(i)), i == 0 ? 1 - urls.length : 1);
            }
            return urls.length;
        });
        say(RETURNED + " " + result.pending());
        // Until it is killed; the input ends if the parent dies first.
        orders.readLine();
    }

    static String name(int index) {
        return "db" + index;
    }

    private static void add(Connection connection, int amount) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE acct SET v = v + " + amount + " WHERE id = 1");
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
