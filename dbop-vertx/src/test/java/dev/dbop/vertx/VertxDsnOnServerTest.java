package dev.dbop.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.connect.Dsn;
import dev.dbop.connect.HostAddress;
import dev.dbop.sql.Database;
import dev.dbop.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections of the Vert.x clients to what a {@link Dsn} says. */
@Timeout(60)
abstract class VertxDsnOnServerTest {
    private static final String ODD = "o:d/d@ %4?&=+#\"";

    private final TestDatabase db;
    private final boolean postgres;
    private final Dsn dsn;

    VertxDsnOnServerTest(TestDatabase db, String uri) {
        this.db = db;
        this.postgres = db.database() == Database.POSTGRESQL;
        this.dsn = Dsn.parse(uri)
                .withHosts(
                        List.of(new HostAddress(db.server().host(), db.server().port())))
                .withUser(db.login().user())
                .withPassword(db.login().password());
    }

    private String currentDatabase(Dsn of) {
        Future<? extends SqlConnection> connecting = postgres
                ? PgConnection.connect(Clients.VERTX, VertxDsn.pgOptions(of).get(0))
                : MySQLConnection.connect(
                        Clients.VERTX, VertxDsn.mySqlOptions(of).get(0));
        SqlConnection connection = Clients.await(connecting);
        try {
            String question = postgres ? "SELECT current_database()" : "SELECT DATABASE()";
            return Clients.await(connection.query(question).execute())
                    .iterator()
                    .next()
                    .getString(0);
        } finally {
            Clients.await(connection.close());
        }
    }

    @Test
    void reachTheDatabase() {
        assertThat(currentDatabase(dsn.withDatabase(db.name()))).isEqualTo(db.name());
    }

    @Test
    void reachADatabaseWithAnOddName() throws SQLException {
        String quote = postgres ? "\"" : "`";
        String quoted = quote + ODD.replace(quote, quote + quote) + quote;
        db.execute("CREATE DATABASE " + quoted);
        try {
            assertThat(currentDatabase(Dsn.parse(dsn.withDatabase(ODD).toUri())))
                    .isEqualTo(ODD);
        } finally {
            db.execute("DROP DATABASE " + quoted + (postgres ? " WITH (FORCE)" : ""));
        }
    }
}
