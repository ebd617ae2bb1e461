package dev.dbop.jdbc.connect;

import dev.dbop.connect.JdbcDriver;
import dev.dbop.sql.Database;

class ConnectionFactoryMySqlTest extends ConnectionFactoryReadOnlyServers {
    ConnectionFactoryMySqlTest() {
        super(Database.MYSQL, JdbcDriver.MYSQL);
    }
}
