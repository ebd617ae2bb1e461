/** What an operator sees of a deadlock: traces, metrics, a dashboard. */
@NullMarked
package dev.dbop.examples.observability;

import org.jspecify.annotations.NullMarked;
