/** Coordinators of two-phase commit that are killed: for dbop's own adapters, not exported. */
@NullMarked
package dev.dbop.testkit.twophase;

import org.jspecify.annotations.NullMarked;
