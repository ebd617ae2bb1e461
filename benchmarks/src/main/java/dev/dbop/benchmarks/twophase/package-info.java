/** What a transaction over several databases costs. */
@NullMarked
package dev.dbop.benchmarks.twophase;

import org.jspecify.annotations.NullMarked;
