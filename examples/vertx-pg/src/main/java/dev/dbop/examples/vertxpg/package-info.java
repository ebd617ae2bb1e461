/** Transfers by Vert.x's PostgreSQL client that survive a deadlock and a COMMIT without an answer. */
@NullMarked
package dev.dbop.examples.vertxpg;

import org.jspecify.annotations.NullMarked;
