package dev.dbop.jdbc.twophase;

import com.zaxxer.hikari.util.DriverDataSource;
import dev.dbop.DbopRunner;
import dev.dbop.jdbc.TwoPhase;
import dev.dbop.testkit.twophase.CoordinatorProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Moves money in one transaction over several databases, in a JVM of its own that is there to be killed. */
final class TransferMain {
    private TransferMain() {}

    public static void main(String[] args) throws Exception {
        CoordinatorProcess.serve(urls -> {
            TwoPhase.Builder builder =
                    TwoPhase.builder().runner(DbopRunner.create().listeners());
            for (int i = 0; i < urls.size(); i++) {
                builder.branch(name(i), new DriverDataSource(urls.get(i), null, new Properties(), null, null));
            }
            TwoPhase twoPhase = builder.build();
            return () -> twoPhase.call(tx -> {
                        for (int i = 0; i < urls.size(); i++) {
                            add(tx.connection(name(i)), i == 0 ? 1 - urls.size() : 1);
                        }
                        return urls.size();
                    })
                    .pending();
        });
    }

    static String name(int index) {
        return "db" + index;
    }

    private static void add(Connection connection, int amount) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE acct SET v = v + " + amount + " WHERE id = 1");
        }
    }
}
