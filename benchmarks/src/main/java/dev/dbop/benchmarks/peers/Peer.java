package dev.dbop.benchmarks.peers;

import java.util.concurrent.Callable;

/** Somebody who calls something again when it fails, as a {@link Policy} says. Thread-safe. */
public interface Peer {
    /**
     * Returns the name.
     *
     * @return as in tables
     */
    String name();

    /**
     * Wraps an operation, once; what is returned is called often.
     *
     * @param <T> the result
     * @param operation fails with a failure of its own
     * @return throws the operation's last failure, as it is or wrapped
     */
    <T> Callable<T> decorate(Callable<T> operation);
}
