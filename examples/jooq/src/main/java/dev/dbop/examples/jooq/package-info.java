/** Transfers by jOOQ that survive a deadlock and a lost connection. */
@NullMarked
package dev.dbop.examples.jooq;

import org.jspecify.annotations.NullMarked;
