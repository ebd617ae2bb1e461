package dev.dbop.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbop.hibernate.HibernateRowWatchEntities.Job;
import dev.dbop.hibernate.HibernateRowWatchEntities.Owner;
import dev.dbop.hibernate.HibernateRowWatchEntities.Print;
import dev.dbop.hibernate.HibernateRowWatchEntities.State;
import dev.dbop.sql.Database;
import dev.dbop.testkit.RealDatabase;
import dev.dbop.testkit.TestDatabase;
import java.time.Duration;
import java.util.Map;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.Test;

/** The code of the guide on watching rows, for entities, run. */
@RealDatabase(Database.SQLITE)
class HibernateRowWatchGuideTest {
    private final TestDatabase db;

    HibernateRowWatchGuideTest(TestDatabase db) {
        this.db = db;
    }

    @Test
    void waitsForAnEntity() throws Exception {
        Map<String, Object> settings = Map.of("hibernate.hbm2ddl.auto", "create");
        try (SessionFactory factory =
                Factories.over(db.dataSource(), db.database(), settings, Owner.class, Job.class, Print.class)) {
            db.execute("INSERT INTO watched_job (id, version, state) VALUES (42, 1, 'D')");
            // snippet: entity
            Job job = HibernateRowWatch.of(factory, Job.class, 42)
                    .attributes("version") // or leave it out: every attribute counts
                    .within(Duration.ofMinutes(5))
                    .await(loaded -> loaded.state == State.DONE);
            // end snippet
            assertThat(job.id).isEqualTo(42);
        }
    }
}
