/** Tickets sold on MySQL, once each, whatever happens to sessions, COMMITs and statements. */
@NullMarked
package dev.dbop.examples.mysql;

import org.jspecify.annotations.NullMarked;
