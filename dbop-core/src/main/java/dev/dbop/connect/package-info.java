/** Where a server is and which of several will do: connection strings, hosts and the order they are tried in. */
@NullMarked
package dev.dbop.connect;

import org.jspecify.annotations.NullMarked;
