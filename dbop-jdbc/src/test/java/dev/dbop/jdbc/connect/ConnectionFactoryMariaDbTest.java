package dev.dbop.jdbc.connect;

import dev.dbop.connect.JdbcDriver;
import dev.dbop.sql.Database;

class ConnectionFactoryMariaDbTest extends ConnectionFactoryReadOnlyServers {
    ConnectionFactoryMariaDbTest() {
        super(Database.MARIADB, JdbcDriver.MARIADB);
    }
}
