/** The attempt: what runs one database operation again until it is done, or says why it cannot be. */
module dev.dbop.core {
    requires static org.jspecify;
    requires transitive org.slf4j;

    exports dev.dbop;
    exports dev.dbop.sql;
    exports dev.dbop.twophase;
}
