package dev.dbop.benchmarks.sick;

/**
 * One call that has ended.
 *
 * @param arrived when it was wanted, in nanoseconds since the run began
 * @param nanos it took, the wait for a connection included
 * @param succeeded whether it did
 */
record Call(long arrived, long nanos, boolean succeeded) {}
