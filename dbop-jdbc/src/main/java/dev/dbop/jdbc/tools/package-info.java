/** The small tools around a transaction. */
@NullMarked
package dev.dbop.jdbc.tools;

import org.jspecify.annotations.NullMarked;
