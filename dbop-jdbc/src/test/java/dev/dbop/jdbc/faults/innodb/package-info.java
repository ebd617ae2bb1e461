/** The faults of MySQL and MariaDB, provoked on real servers and met by the JDBC scopes. */
@NullMarked
package dev.dbop.jdbc.faults.innodb;

import org.jspecify.annotations.NullMarked;
