package dev.dbop.hibernate.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.hibernate.Version;
import org.junit.jupiter.api.Test;

/** The tests run on what the build says: one version to compile with, several to run on. */
class HibernateVersionTest {
    @Test
    void isTheOneTheBuildSays() {
        String running = Version.getVersionString();
        assertThat(System.getProperty("dbop.test.hibernate", running)).isEqualTo(running);
    }
}
