/** The code of the documentation, compiled and run. */
@NullMarked
package dev.dbop.jdbc.guide;

import org.jspecify.annotations.NullMarked;
