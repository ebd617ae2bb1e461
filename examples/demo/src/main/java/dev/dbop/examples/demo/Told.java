package dev.dbop.examples.demo;

/**
 * What a worker believes of a transfer.
 *
 * @param transfer the transfer
 * @param belief what its teller said
 * @param from when it was ordered, nanoseconds since the way began
 * @param to when the teller answered
 */
record Told(Transfer transfer, Belief belief, long from, long to) {

    /** A teller's answer. */
    enum Belief {
        DONE,
        FAILED,
        UNKNOWN
    }
}
