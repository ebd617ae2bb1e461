package dev.dbop.jdbc.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link Databases#create}; a subclass names the server. */
abstract class CreateDatabaseTest {
    final TestDatabase db;
    final DataSource server;
    /** Nothing but a name, in every quotation. */
    private final String name;

    CreateDatabaseTest(TestDatabase db) {
        this.db = db;
        this.server = db.dataSource();
        this.name = db.name() + "'\"`.; --é";
    }

    @AfterEach
    void drop() throws SQLException {
        db.execute("DROP DATABASE IF EXISTS " + db.database().quote(name));
    }

    private List<String> found() throws SQLException {
        return db.database() == Database.POSTGRESQL
                ? db.query("SELECT datname FROM pg_database WHERE datname LIKE ?", db.name() + "_%")
                : db.query(
                        "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE ?",
                        db.name() + "_%");
    }

    @Test
    void createsADatabaseThatIsNotThere() throws SQLException {
        assertThat(Databases.create(server, name)).isTrue();
        assertThat(Databases.create(server, name)).isFalse();
        try (Connection connection = server.getConnection()) {
            assertThat(Databases.create(connection, name)).isFalse();
            assertThat(connection.getAutoCommit()).isTrue();
        }

        assertThat(found()).containsExactly(name);
    }

    @Test
    void oneOfManyAtOnceCreatesIt() throws SQLException {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<CompletableFuture<Boolean>> all = Stream.generate(
                            () -> CompletableFuture.supplyAsync(this::create, threads))
                    .limit(6)
                    .toList();

            assertThat(all.stream().map(CompletableFuture::join)).containsOnlyOnce(true);
        } finally {
            threads.shutdown();
        }
        assertThat(found()).containsExactly(name);
    }

    private boolean create() {
        try {
            return Databases.create(server, name);
        } catch (SQLException failure) {
            throw new CompletionException(failure);
        }
    }

    @Test
    void refusesToCreateOneInATransaction() throws SQLException {
        try (Connection connection = server.getConnection()) {
            connection.setAutoCommit(false);
            assertThatIllegalStateException()
                    .isThrownBy(() -> Databases.create(connection, name))
                    .withMessageContaining("autocommit");
        }
        assertThat(found()).isEmpty();
    }

    @Test
    void refusesNamesThatCannotBe() {
        for (String bad : new String[] {"", "a\0b"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Databases.create(server, bad));
        }
    }
}
