/** What dbop is measured against: the loop one writes by hand, and other libraries, each behind one small interface. */
@NullMarked
package dev.dbop.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
