/** Votes by Vert.x's MySQL client, each counted once, whatever happens to it. */
@NullMarked
package dev.dbop.examples.vertxmysql;

import org.jspecify.annotations.NullMarked;
