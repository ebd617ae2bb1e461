package dev.dbop.benchmarks.turns;

import dev.dbop.benchmarks.peers.Contended;
import dev.dbop.benchmarks.peers.Pace;
import dev.dbop.benchmarks.peers.Peers;
import dev.dbop.benchmarks.peers.Policy;
import java.util.concurrent.Callable;

/** A way to run the cases, on one connection through a proxy. */
interface Client extends AutoCloseable {
    /** Everybody retries at once. */
    Policy POLICY = new Policy(3, Pace.NONE, Contended::is);

    /** Runs a transaction of one UPDATE. */
    void transaction(Case counted, Meter meter) throws Exception;

    /** Runs a step of one UPDATE in a transaction that has begun, and meters it alone. */
    void step(Case counted, Meter meter) throws Exception;

    /** Reads a row. */
    void read() throws Exception;

    @Override
    void close();

    /** Runs something again that has failed, as one writes it. */
    static void again(Callable<?> attempt) throws Exception {
        Peers.of(Peers.HAND, POLICY).decorate(attempt).call();
    }

    /** Runs a case. */
    default void run(Case counted, Meter meter) throws Exception {
        if (counted.isStep) {
            step(counted, meter);
            return;
        }
        meter.begin();
        if (counted == Case.D) {
            read();
        } else {
            transaction(counted, meter);
        }
        meter.end();
    }
}
