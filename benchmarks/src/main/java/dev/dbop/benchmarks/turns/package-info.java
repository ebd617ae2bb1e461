/** What a call costs in turns on the network. */
@NullMarked
package dev.dbop.benchmarks.turns;

import org.jspecify.annotations.NullMarked;
