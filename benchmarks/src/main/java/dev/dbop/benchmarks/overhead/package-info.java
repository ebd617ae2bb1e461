/** What a call costs in time and memory where the database costs nothing. */
@NullMarked
package dev.dbop.benchmarks.overhead;

import org.jspecify.annotations.NullMarked;
