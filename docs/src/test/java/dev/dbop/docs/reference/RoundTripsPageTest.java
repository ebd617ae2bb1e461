package dev.dbop.docs.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundTripsPageTest {
    private static final String JDBC = "dbop-jdbc/src/test/java/dev/dbop/jdbc";

    @Test
    void thePageIsUpToDate() throws IOException {
        Pages.check("round-trips.md", RoundTripsPage.render());
    }

    @Test
    void jooqAndHibernateCostWhatJdbcCosts() {
        List<RoundTripsPage.Row> jdbc = RoundTripsPage.jdbc(JDBC, "RoundTripsTest");

        assertThat(jdbc).hasSizeGreaterThan(4);
        assertThat(RoundTripsPage.jdbc("dbop-jooq/src/test/java/dev/dbop/jooq", "RoundTripsTest"))
                .containsExactlyElementsOf(jdbc);
        // a step of a Hibernate session does not ride
        assertThat(RoundTripsPage.jdbc("dbop-hibernate/src/test/java/dev/dbop/hibernate", "HibernateRoundTripsTest"))
                .filteredOn(row -> !isRiding(row))
                .containsExactlyElementsOf(
                        jdbc.stream().filter(row -> !isRiding(row)).toList());
    }

    private static boolean isRiding(RoundTripsPage.Row row) {
        return row.client().contains("ridingPrologue");
    }

    @Test
    void theTestsOfVertxAreAllThere() {
        assertThat(RoundTripsPage.vertx()).hasSize(4);
    }
}
