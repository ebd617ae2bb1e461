/** How many transactions get through where they are in each other's way. */
@NullMarked
package dev.dbop.benchmarks.contention;

import org.jspecify.annotations.NullMarked;
