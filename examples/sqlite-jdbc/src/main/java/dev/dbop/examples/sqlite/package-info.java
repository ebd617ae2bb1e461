/** A stock in a SQLite file, whose writers collide. */
@NullMarked
package dev.dbop.examples.sqlite;

import org.jspecify.annotations.NullMarked;
