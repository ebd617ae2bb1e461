/**
 * Two-phase commit across databases as pure logic: no connection, no thread, no clock. A blocking and an asynchronous
 * driver perform the same steps.
 *
 * <p>A <em>group</em> is one logical transaction, with one branch in each of n databases. Branch 0 is an ordinary
 * local transaction whose first statement inserts the group's <em>decision row</em>; the other branches are prepared,
 * branch 0 commits (the commit point: data and decision in one local transaction), the others commit. Whoever finds a
 * prepared branch later asks branch 0's database by inserting the same row under a short lock timeout and rolling that
 * back: a duplicate key means committed, success means that the group never can be, a lock timeout that its coordinator
 * lives. The open row is a lease that ends in one step with branch 0 itself.
 *
 * <p>A {@link dev.dbop.twophase.Coordinator} says which {@link dev.dbop.twophase.Step steps} end a group, a {@link
 * dev.dbop.twophase.RecoveryRun} which steps finish what others have left. Both are immutable: steps out, answers in, the
 * next state back. {@link dev.dbop.twophase.BranchId} names a branch on its server.
 */
@NullMarked
package dev.dbop.twophase;

import org.jspecify.annotations.NullMarked;
