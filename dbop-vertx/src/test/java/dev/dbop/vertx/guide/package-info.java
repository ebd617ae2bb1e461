/** The code of the guide. */
@NullMarked
package dev.dbop.vertx.guide;

import org.jspecify.annotations.NullMarked;
