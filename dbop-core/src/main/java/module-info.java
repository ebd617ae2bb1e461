/** The attempt: what runs one database operation again until it is done, or says why it cannot be. */
module dev.dbop.core {
    // wanted by dev.dbop.observe alone: whoever uses it brings them
    requires static io.opentelemetry.api;
    requires static io.opentelemetry.context;
    requires static micrometer.core;
    requires static org.jspecify;
    requires transitive org.slf4j;

    exports dev.dbop;
    exports dev.dbop.connect;
    exports dev.dbop.observe;
    exports dev.dbop.sql;
    exports dev.dbop.twophase;
    exports dev.dbop.watch;
}
