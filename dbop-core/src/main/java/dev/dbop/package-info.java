/**
 * Runs one database operation so that it survives what databases do to it.
 *
 * <p>Other retry libraries ask one question of a failure: try again, yes or no? For a database three questions matter:
 * how much is already undone, how much must still be undone, and may it already have happened? A {@link
 * dev.dbop.Classifier} answers with a {@link dev.dbop.Verdict}, an {@link dev.dbop.AttemptScope} says how far it can
 * undo ({@link dev.dbop.Reach}), and the engine behind {@link dev.dbop.Dbop} and {@link dev.dbop.DbopRunner} tries
 * again only where the reach covers the verdict. Anything further goes up unchanged, so that an enclosing call with a
 * wider scope repeats the whole. What may have happened is never repeated blindly.
 *
 * <p>Values (policies, timeouts, runners) are immutable and may be shared by any number of threads.
 */
@NullMarked
package dev.dbop;

import org.jspecify.annotations.NullMarked;
