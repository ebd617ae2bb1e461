/**
 * Waiting until a row changes, without a client: what a watch looks at, how two looks at it compare, when the next one is
 * due and when it is over. {@link dev.dbop.watch.RowWait} says what to do, an adapter does it and tells what it saw, so
 * that blocking and asynchronous clients follow the same rules.
 *
 * <p>A watch sees states, not events: what changes and changes back between two looks was never there for it. A column
 * that only grows, such as a version, makes every change one that stays.
 */
@NullMarked
package dev.dbop.watch;

import org.jspecify.annotations.NullMarked;
