/** Connections to one of several servers. */
@NullMarked
package dev.dbop.jdbc.connect;

import org.jspecify.annotations.NullMarked;
