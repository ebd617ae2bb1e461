/** Payments on PostgreSQL that survive a deadlock, a lock timeout, write skew and a COMMIT without an answer. */
@NullMarked
package dev.dbop.examples.postgres;

import org.jspecify.annotations.NullMarked;
