/** Attempts on JDBC connections and data sources. */
module dev.dbop.jdbc {
    requires transitive dev.dbop.core;
    requires org.slf4j;
    requires transitive java.sql;
    requires static org.jspecify;

    exports dev.dbop.jdbc;
    exports dev.dbop.jdbc.connect;
    exports dev.dbop.jdbc.tools;
}
