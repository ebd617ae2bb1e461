/** Requires what it names and nothing else. */
module consumer {
    requires dev.dbop.hibernate;
    requires dev.dbop.jdbc;
    requires dev.dbop.jooq;
    requires dev.dbop.testkit;
    requires dev.dbop.vertx;
    requires io.vertx.sql.client.pg;
}
