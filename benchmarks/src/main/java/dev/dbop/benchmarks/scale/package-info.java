/** What thousands of calls at once cost. */
@NullMarked
package dev.dbop.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
