package dev.dbop.examples.sqlite;

import dev.dbop.DbopRunner;
import dev.dbop.examples.support.Narrator;
import dev.dbop.examples.support.Task;
import dev.dbop.jdbc.JdbcScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.sqlite.SQLiteDataSource;

/** Makes the trouble that {@link Stock} survives; nothing to copy. */
public final class SqliteExample {
    private final SQLiteDataSource file = new SQLiteDataSource();
    private final Narrator narrator = new Narrator();
    private final DbopRunner runner = DbopRunner.create().listeners(narrator);

    private SqliteExample(String url) {
        file.setUrl(url);
    }

    /**
     * Runs the example.
     *
     * @param arguments none
     * @throws SQLException if the file cannot be used
     * @throws IOException if there is no place for a file
     */
    public static void main(String[] arguments) throws SQLException, IOException {
        String own = System.getenv("DBOP_TEST_SQLITE_URL");
        if (own != null && !own.isBlank()) {
            new SqliteExample(own).run();
            return;
        }
        Path folder = Files.createTempDirectory("dbop-example");
        try {
            new SqliteExample("jdbc:sqlite:" + folder.resolve("stock.db") + "?journal_mode=wal").run();
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                files.forEach(path -> path.toFile().delete());
            }
            Files.delete(folder);
        }
    }

    private void run() throws SQLException {
        try (Connection connection = file.getConnection()) {
            System.out.println("on SQLite " + connection.getMetaData().getDatabaseProductVersion());
            execute(connection, "CREATE TABLE dbop_example_stock (pieces INTEGER NOT NULL)");
            execute(connection, "INSERT INTO dbop_example_stock VALUES (110)");
        }
        try {
            busy();
            manyWriters();
            staleSnapshot();
            noStaleSnapshot();
        } finally {
            try (Connection connection = file.getConnection()) {
                execute(connection, "DROP TABLE dbop_example_stock");
            }
        }
    }

    /** The rival is the one writer that there can be, until the call has failed once. */
    private void busy() throws SQLException {
        System.out.println("a file that somebody else writes to:");
        try (Connection rival = file.getConnection()) {
            execute(rival, "BEGIN IMMEDIATE");
            narrator.afterFailureOf("take", () -> execute(rival, "COMMIT"));
            new Stock(runner, file).take(5);
        }
        show();
    }

    private void manyWriters() throws SQLException {
        System.out.println("four writers at once, 25 times each:");
        Stock quiet = new Stock(runner.listeners(), file);
        CompletableFuture<?>[] writers = new CompletableFuture<?>[4];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = Task.beside(() -> {
                for (int times = 0; times < 25; times++) {
                    quiet.take(1);
                }
            });
        }
        CompletableFuture.allOf(writers).join();
        show();
    }

    /** A transaction of the driver's begins without a lock. When it comes to write, what it has read is of yesterday. */
    private void staleSnapshot() throws SQLException {
        System.out.println("read, then write, in a transaction of the driver's:");
        try (Connection plain = file.getConnection()) {
            plain.setAutoCommit(false);
            int pieces = Stock.pieces(plain);
            new Stock(runner, file).take(1);
            try {
                Stock.remove(plain, pieces);
            } catch (SQLException stale) {
                System.out.println("  refused: " + stale.getMessage());
            }
            plain.rollback();
        }
        show();
    }

    /** A transaction of dbop's begins as the writer: others have to wait, here no time at all. */
    private void noStaleSnapshot() throws SQLException {
        System.out.println("the same in a transaction of dbop's:");
        try (Connection rival = file.getConnection()) {
            execute(rival, "PRAGMA busy_timeout = 0");
            runner.named("take all").run(JdbcScope.transaction(file), tx -> {
                int pieces = Stock.pieces(tx);
                try {
                    Stock.remove(rival, 1);
                } catch (SQLException busy) {
                    System.out.println("  the other is refused: " + busy.getMessage());
                }
                Stock.remove(tx, pieces);
            });
        }
        show();
    }

    private void show() throws SQLException {
        System.out.println("  pieces left " + new Stock(runner.listeners(), file).pieces());
    }

    private static void execute(Connection on, String sql) throws SQLException {
        try (Statement statement = on.createStatement()) {
            statement.execute(sql);
        }
    }
}
