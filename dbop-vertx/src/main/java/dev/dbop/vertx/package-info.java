/**
 * Attempts on connections of the Vert.x SQL clients for PostgreSQL and MySQL (and so MariaDB), without a blocked thread:
 * {@link dev.dbop.vertx.VertxScope} says what an attempt is, {@link dev.dbop.vertx.VertxRunner} runs operations that return
 * a {@code Future}.
 */
@NullMarked
package dev.dbop.vertx;

import org.jspecify.annotations.NullMarked;
