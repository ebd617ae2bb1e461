package dev.dbop.jdbc.connect;

import dev.dbop.connect.JdbcDriver;
import dev.dbop.sql.Database;

class ConnectionFactoryMySqlByMariaDbConnectorTest extends ConnectionFactoryReadOnlyServers {
    ConnectionFactoryMySqlByMariaDbConnectorTest() {
        super(Database.MYSQL, JdbcDriver.MARIADB);
    }
}
