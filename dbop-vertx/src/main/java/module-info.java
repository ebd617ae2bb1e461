/** Attempts on connections of the Vert.x SQL clients. */
module dev.dbop.vertx {
    requires transitive dev.dbop.core;
    requires org.slf4j;
    requires transitive io.vertx.core;
    requires transitive io.vertx.sql.client;
    requires static io.vertx.sql.client.mysql;
    requires static io.vertx.sql.client.pg;
    requires static org.jspecify;

    exports dev.dbop.vertx;
}
