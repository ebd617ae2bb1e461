package dev.dbop.hibernate.faults;

import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Nested;

@RealDatabase(Database.MARIADB)
class MariaDbFaultsTest {
    @Nested
    class OfEveryServer extends InnoDbFaultsTest {
        OfEveryServer(TestDatabase db) throws SQLException {
            super(
                    db,
                    new Codes(
                            "1213",
                            "RETRY_TRANSACTION",
                            "1205",
                            "1205",
                            List.of("1969", "cancelled"),
                            "1317",
                            "1062",
                            "1452",
                            "1792"));
        }
    }

    @Nested
    class Versions extends StaleVersionTest {
        Versions(TestDatabase db) throws SQLException {
            super(db);
        }
    }
}
