/**
 * Real databases, a fault proxy and second sessions for tests of code that must survive what databases do.
 *
 * <p>A test asks for a database with {@link dev.dbop.testkit.RealDatabase @RealDatabase} and gets a
 * {@link dev.dbop.testkit.TestDatabase}: a fresh database on a server that is started once per JVM. After each test
 * the kit checks that nothing was left behind: no connection, no transaction, no prepared transaction, no interrupt.
 * {@link dev.dbop.testkit.FaultProxy} stands between client and server to count, delay, hold back and cut;
 * {@link dev.dbop.testkit.TestSession} is the other party of a lock conflict. Nothing here sleeps to synchronise: every
 * wait is for a condition that the server or the proxy reports, with a limit.
 */
@NullMarked
package dev.dbop.testkit;

import org.jspecify.annotations.NullMarked;
