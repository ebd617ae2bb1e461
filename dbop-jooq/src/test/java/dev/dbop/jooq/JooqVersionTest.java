package dev.dbop.jooq;

import static org.assertj.core.api.Assertions.assertThat;

import org.jooq.Constants;
import org.junit.jupiter.api.Test;

/** The tests have run with the version they were meant to run with. */
class JooqVersionTest {
    @Test
    void isTheOneTheBuildAskedFor() throws ReflectiveOperationException {
        // The compiler would put in the value of the version it compiles against.
        Object version = Constants.class.getField("FULL_VERSION").get(null);
        System.out.println("jOOQ " + version + " on Java " + Runtime.version());
        assertThat(version).isEqualTo(System.getProperty("dbop.test.jooq", String.valueOf(version)));
    }
}
