/** What a database that is ill gets to bear, and how it recovers. */
@NullMarked
package dev.dbop.benchmarks.sick;

import org.jspecify.annotations.NullMarked;
