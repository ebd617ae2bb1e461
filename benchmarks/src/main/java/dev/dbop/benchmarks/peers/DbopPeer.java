package dev.dbop.benchmarks.peers;

import dev.dbop.DbopRunner;
import dev.dbop.Operation;
import dev.dbop.RunListener;
import java.util.concurrent.Callable;

/** dbop on a scope that does nothing: the whole call, with context, scope and commit, which the others know nothing of. */
public final class DbopPeer implements Peer {
    private final DbopRunner runner;
    private final EmptyScope scope;

    /**
     * Makes the peer.
     *
     * @param policy what to do
     * @param listeners who listens, nobody if none
     */
    public DbopPeer(Policy policy, RunListener... listeners) {
        runner =
                DbopRunner.create().listeners(listeners).policy(policy.forDbop().build());
        scope = new EmptyScope(policy.again());
    }

    @Override
    public String name() {
        return Peers.DBOP;
    }

    @Override
    public <T> Callable<T> decorate(Callable<T> operation) {
        Operation<Object, T, Exception> once = nothing -> operation.call();
        return () -> runner.<Object, T, Exception>call(scope, once);
    }
}
