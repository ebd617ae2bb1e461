/** What the examples make their trouble with, and show it by; nothing to copy. */
@NullMarked
package dev.dbop.examples.support;

import org.jspecify.annotations.NullMarked;
