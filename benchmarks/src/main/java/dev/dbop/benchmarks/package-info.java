/** The benchmark programs: one group each, started by name. */
@NullMarked
package dev.dbop.benchmarks;

import org.jspecify.annotations.NullMarked;
