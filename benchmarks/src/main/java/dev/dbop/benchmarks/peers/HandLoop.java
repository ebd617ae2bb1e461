package dev.dbop.benchmarks.peers;

import java.util.concurrent.Callable;

/** What one writes without a library. */
record HandLoop(Policy policy) implements Peer {
    @Override
    public String name() {
        return Peers.HAND;
    }

    @Override
    public <T> Callable<T> decorate(Callable<T> operation) {
        return () -> call(operation);
    }

    private <T> T call(Callable<T> operation) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return operation.call();
            } catch (Exception failure) {
                if (attempt == policy.attempts() || !policy.again().test(failure)) {
                    throw failure;
                }
            }
            policy.pace().sleepBefore(attempt);
        }
    }
}
