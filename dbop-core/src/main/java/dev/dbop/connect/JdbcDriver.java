package dev.dbop.connect;

/** The JDBC drivers a {@link Dsn} can be written for: they spell one thing in different ways. */
public enum JdbcDriver {
    /** The PostgreSQL JDBC driver, pgjdbc. */
    POSTGRESQL,
    /** MySQL Connector/J. */
    MYSQL,
    /** MariaDB Connector/J, which speaks to MariaDB and to MySQL. */
    MARIADB
}
