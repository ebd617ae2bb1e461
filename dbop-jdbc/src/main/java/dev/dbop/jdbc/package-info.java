/**
 * Attempts on plain JDBC: {@link dev.dbop.jdbc.JdbcScope} opens transactions, savepoints and single statements on a
 * {@link javax.sql.DataSource} or {@link java.sql.Connection}, {@link dev.dbop.jdbc.JdbcClassifier} reads what drivers
 * throw, {@link dev.dbop.jdbc.JdbcTimeouts} sets server timeouts in a scope of your own.
 *
 * <p>PostgreSQL, MySQL, MariaDB and SQLite are recognised from the connection, once per data source. No driver is needed
 * at compile time; what only a driver's own interface can do is called reflectively where that driver is present.
 */
@NullMarked
package dev.dbop.jdbc;

import org.jspecify.annotations.NullMarked;
