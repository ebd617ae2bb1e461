/** A scope of one's own: attempts in transactions of Spring's. */
@NullMarked
package dev.dbop.examples.customscope;

import org.jspecify.annotations.NullMarked;
