/** Real databases, a fault proxy, second sessions and contract suites for JUnit tests. */
module dev.dbop.testkit {
    requires transitive dev.dbop.core;
    requires transitive java.sql;
    requires transitive org.junit.jupiter.api;
    requires transitive org.opentest4j;
    requires org.assertj.core;
    requires static org.jspecify;
    requires static org.xerial.sqlitejdbc;
    requires static embedded.postgres;
    requires static testcontainers;

    exports dev.dbop.testkit;

    opens dev.dbop.testkit to
            org.junit.platform.commons;
}
