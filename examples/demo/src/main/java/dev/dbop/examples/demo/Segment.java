package dev.dbop.examples.demo;

/**
 * One attempt on a worker's lane of the timeline.
 *
 * @param from nanoseconds since the way began
 * @param to nanoseconds since the way began
 * @param mark how it ended
 */
record Segment(long from, long to, Mark mark) {}
