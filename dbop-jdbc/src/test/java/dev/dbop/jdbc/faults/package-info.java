/** Every fault of the tables, provoked on a real database and met by the JDBC scopes. */
@NullMarked
package dev.dbop.jdbc.faults;

import org.jspecify.annotations.NullMarked;
