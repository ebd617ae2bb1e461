/** The code of the documentation, compiled and run. */
@NullMarked
package dev.dbop.jooq.guide;

import org.jspecify.annotations.NullMarked;
