/** What a call costs: nanoseconds and bytes, against the loop one would write by hand and other libraries. */
@NullMarked
package dev.dbop.benchmarks;

import org.jspecify.annotations.NullMarked;
