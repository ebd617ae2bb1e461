/** What every group ends with: a table on the terminal, the same as JSON, and a plot. */
@NullMarked
package dev.dbop.benchmarks.report;

import org.jspecify.annotations.NullMarked;
