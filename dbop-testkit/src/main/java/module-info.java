/** Real databases, a fault proxy and second sessions for JUnit tests. */
module dev.dbop.testkit {
    requires transitive dev.dbop.core;
    requires transitive java.sql;
    requires transitive org.junit.jupiter.api;
    requires transitive org.opentest4j;
    requires static org.jspecify;
    requires static org.xerial.sqlitejdbc;
    requires static embedded.postgres;
    requires static testcontainers;

    exports dev.dbop.testkit;

    opens dev.dbop.testkit to
            org.junit.platform.commons;
}
