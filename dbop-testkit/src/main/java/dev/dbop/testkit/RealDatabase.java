package dev.dbop.testkit;

import dev.dbop.sql.Database;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class, or a parameter of one of its methods, a fresh {@link TestDatabase} on a real server.
 *
 * <p>On a class: every parameter of type {@link TestDatabase} of its constructor, life cycle and test methods is that
 * database. On a parameter: that parameter alone is. The database is made when first asked for, kept for all tests of
 * the class (equal annotations give the same one) and dropped after the last. How a server is found, and what happens
 * where there is none, is told at {@link TestServers}.
 *
 * <p>After each test, {@code @AfterEach} methods included, the test fails if it left behind a session on the database
 * that was not there before it, an open transaction, a prepared transaction or a set interrupt flag; what it left is
 * then cleared away. Sessions get 20 seconds to end ({@code dbop.test.leakGraceMillis}), since servers close them a moment
 * after the client.
 *
 * <p>Tests of one class must not run in parallel: a leak could not be told to be whose.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.PARAMETER})
@ExtendWith(RealDatabaseExtension.class)
public @interface RealDatabase {

    /**
     * The kind of database.
     *
     * @return the kind
     */
    Database value();

    /**
     * The driver that connections are opened with.
     *
     * @return the driver
     */
    ClientDriver driver() default ClientDriver.OWN;

    /**
     * The settings of the server, {@code name=value}, as {@link TestServers} tells; tests with the same settings share
     * a server.
     *
     * @return the settings
     */
    String[] options() default {};

    /**
     * Whether the class keeps a pool open over several tests: then an idle session outside a transaction is no leak.
     *
     * @return whether idle sessions may stay
     */
    boolean pooled() default false;
}
