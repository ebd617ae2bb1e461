/**
 * What databases say when they fail, and what to do about it: data, not code, and no driver.
 *
 * <p>A {@link dev.dbop.sql.FaultTable} holds one {@link dev.dbop.sql.Fault} per SQLSTATE or vendor code of a {@link
 * dev.dbop.sql.Database}: what the fault means, how much the server has already undone when it arrives, the {@link
 * dev.dbop.Verdict} it calls for, the reason, and the manual or measurement behind it. An adapter takes a {@link
 * dev.dbop.sql.ServerError} out of its client's exception and looks it up; no adapter repeats a row, and no row asks
 * for an exception class, since drivers disagree on classes and even on SQLSTATEs.
 *
 * <p>A row gives the mildest verdict its code allows. What only the attempt knows (isolation level, whether savepoint
 * and connection survived, whether a timeout was its own) raises it.
 */
@NullMarked
package dev.dbop.sql;

import org.jspecify.annotations.NullMarked;
