/** Entities that survive a deadlock, a lock timeout in a step and a COMMIT without an answer. */
@NullMarked
package dev.dbop.examples.hibernate;

import org.jspecify.annotations.NullMarked;
